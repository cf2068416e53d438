/** Fields of a class that the new version has in another order: objects that are made from now on get theirs as the running class has it. */
import type { AnyNode, PropertyDefinition } from 'acorn';
import type { ClassInfo } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { isEffectFree } from '../../version/values/effects.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';

type Field = PropertyDefinition & AnyNode;

/** A field that is computed of others, or by what does more, where those around it have changed places. */
export function movedField({ next }: ModuleContext, base: ClassInfo, now: ClassInfo): Field | null {
  const [old, fields] = [fieldsOf(base), fieldsOf(now)];
  const names = (of: ReadonlyMap<string, Field>, other: ReadonlyMap<string, Field>): string[] =>
    [...of.keys()].filter((name) => other.has(name));
  const [before, after] = [names(old, fields), names(fields, old)];
  if (before.every((name, i) => after[i] === name)) return null;
  const depends = ({ value }: Field): boolean =>
    value != null && (readsThis(value as AnyNode) || !isEffectFree(value as AnyNode, next, next.model.root));
  return after.map((name) => fields.get(name)!).find(depends) ?? null;
}

function fieldsOf({ node }: ClassInfo): ReadonlyMap<string, Field> {
  const fields = node.body.body.filter(
    (member): member is Field => member.type === 'PropertyDefinition' && !member.static && !member.computed,
  );
  return new Map(fields.map((field) => [keyName(field.key, false), field]));
}

function readsThis(value: AnyNode): boolean {
  let found = false;
  walk(value, (node) => {
    if (isFunctionNode(node)) return false;
    found ||= node.type === 'ThisExpression';
    return !found;
  });
  return found;
}
