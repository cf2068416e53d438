/** Constants of the new version whose values are written out, wherever in the package that is. */
import type { AnyNode } from 'acorn';
import { keyName } from '../source/paths.ts';
import type { ModuleModel } from '../source/model.ts';
import { eachGiven } from './hazards/at-load.ts';
import { askedOnce } from './version/program/asked-once.ts';
import type { WrittenConstant } from './version/objects/gains.ts';
import { importsOf } from './version/modules/imports.ts';
import { itemsOf } from './version/modules/item-reader.ts';
import { isUndefined } from './version/forms/nothing.ts';
import { Side } from './version/side.ts';
import { isWrittenOut, writtenOut } from './version/forms/written-out.ts';

/** The module of the new version that one asks for; null where it is not known. */
export type Asked = (model: ModuleModel, source: string) => ModuleModel | null;

const sideOf = askedOnce((model: ModuleModel) => new Side(model));

/** A constant takes its value from another, which is of a module that asks for this one, and so on. */
const MOST_STEPS = 8;

export function writtenConstant(model: ModuleModel, node: AnyNode, asked: Asked, steps = 0): WrittenConstant | null {
  if (isWrittenOut(node)) return { text: writtenOut(node, model.text), names: [] };
  const side = sideOf(model);
  const binding = node.type === 'Identifier' ? side.refAt(node)?.binding : null;
  const id = binding?.declarations[0];
  if (steps > MOST_STEPS || !binding || !id || binding.reassigned || binding.declarations.length > 1) return null;
  const known = importsOf(side).get(binding);
  if (!known) {
    const value = side.runsOnce(binding.scope.fn) ? side.valueOf(id) : null;
    return value ? writtenConstant(model, value, asked, steps + 1) : null;
  }
  const other = asked(model, known.source);
  const found = other && given(other, known.imported, asked, steps + 1);
  return found && { ...found, names: [...found.names, known.imported] };
}

/** What a module gives away by the name; compilers have it begin as nothing. */
function given(model: ModuleModel, name: string, asked: Asked, steps: number): WrittenConstant | null {
  const side = sideOf(model);
  const values = [...eachGiven(side, itemsOf(side, model.root))].flatMap(([own, value]) => {
    if (own === name) return isUndefined(value) ? [] : [value];
    if (own !== '' || value.type !== 'ObjectExpression') return [];
    return value.properties.flatMap((p) => (p.type === 'Property' && keyName(p.key, p.computed) === name ? [p.value as AnyNode] : []));
  });
  return values.length === 1 ? writtenConstant(model, values[0]!, asked, steps) : null;
}
