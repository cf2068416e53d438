/** What a module gives away under a name, and of which other module it takes it. */
import type { AnyNode } from 'acorn';
import type { ModuleModel } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import type { Assigned, Items } from '../version/forms/items.ts';
import { memberName } from '../version/program/member-name.ts';
import { requiredBy } from '../version/program/ran.ts';
import { says } from '../version/objects/reads.ts';
import { sideFor } from '../version/side.ts';
import type { Side } from '../version/side.ts';

export interface Given {
  readonly source: string;
  readonly name: string;
}

interface GivenFrom {
  /** The module has it itself, or may have. */
  readonly own: boolean;
  readonly from: Given | null;
  /** Where it gives it away. */
  readonly node: AnyNode | null;
  /** The modules all of whose names it gives away. */
  readonly all: readonly string[];
}

const EXPORT = /^(?:module\.)?exports\.([^.]+)$/;

export function givenFrom(model: ModuleModel, name: string): GivenFrom {
  const side = sideFor(model);
  const items = itemsOf(side, model.root);
  const all = [...items.stars.keys(), ...items.copies.keys()];
  if (model.format === 'module') {
    const exported = items.exported.get(name);
    if (!exported) return { own: false, from: null, node: null, all };
    const { source, local, node } = exported;
    const from = source === null ? importedAs(items, local) : { source, name: local };
    return { own: from === null, from, node, all };
  }
  const given = valueGiven(items, name);
  // Of an object that something makes the text does not tell the names.
  if (given === null) return { own: isUnknown(items) && says(model.text, name), from: null, node: null, all };
  const from = takenFrom(given.value, given.getter, side);
  return { own: from === null, from, node: given.node, all };
}

function importedAs({ named }: Items, local: string): Given | null {
  const item = named.get(local);
  return item?.kind === 'import' && item.source !== null ? { source: item.source, name: item.imported } : null;
}

function valueGiven({ assigned }: Items, name: string): Pick<Assigned, 'value' | 'node' | 'getter'> | null {
  for (const { key, value, node, getter } of assigned) {
    if (EXPORT.exec(key)?.[1] === name) return { value, node, getter };
    if (!isWhole(key) || value.type !== 'ObjectExpression') continue;
    for (const property of value.properties)
      if (property.type === 'Property' && !property.computed && keyName(property.key, false) === name)
        return { value: property.value as AnyNode, node, getter: false };
  }
  return null;
}

const isWhole = (key: string): boolean => key === 'module.exports' || key === 'exports';

const isUnknown = ({ assigned }: Items): boolean =>
  assigned.some(
    ({ key, value }) =>
      isWhole(key) && (value.type !== 'ObjectExpression' || value.properties.some((own) => own.type !== 'Property' || own.computed)),
  );

/** `require('./a').name`, or a member of what has been required, as a getter gives it as well. */
function takenFrom(value: AnyNode, getter: boolean, side: Side): Given | null {
  const node = getter ? returnedBy(value) : value;
  const name = node?.type === 'MemberExpression' ? memberName(node) : null;
  if (node?.type !== 'MemberExpression' || name === null) return null;
  const object = node.object as AnyNode;
  const id = object.type === 'Identifier' ? side.refAt(object)?.binding?.declarations[0] : undefined;
  const source = requiredBy(object) ?? requiredBy((id && side.valueOf(id)) ?? object);
  return source === null ? null : { source, name };
}

/** What a getter returns that does nothing else. */
function returnedBy(value: AnyNode): AnyNode | null {
  if (value.type !== 'FunctionExpression' && value.type !== 'ArrowFunctionExpression') return null;
  if (value.body.type !== 'BlockStatement') return value.body as AnyNode;
  const [only, ...more] = value.body.body;
  return only?.type === 'ReturnStatement' && more.length === 0 ? ((only.argument as AnyNode | null) ?? null) : null;
}
