/**
 * What functions of a CommonJS module ask of their `this`, and an object of the module has from now on, as `exports.css` does with
 * `this._set(…)`. Programs put what such an object had on objects of theirs, and those have nothing under the new names.
 */
import type { AnyNode } from 'acorn';
import { keyName } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { functionAround } from '../../version/program/function-around.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import { propertyName } from '../../version/forms/own-properties.ts';
import { says } from '../../version/objects/reads.ts';
import type { Side } from '../../version/side.ts';
import { isThis } from '../../version/forms/this-names.ts';

/** Where new code says `this`: what it is there is completed before it is used. `log` says already what objects have anew. */
export function askedOfMixins({ base, next, log }: ModuleContext): readonly AnyNode[] {
  if (next.model.format !== 'commonjs') return [];
  const given = new Set(log.rows.flatMap(({ code, path }) => (code === 'export-added' || code === 'property-set' ? [path] : [])));
  const entries = log.rows.some(({ code }) => code === 'table-changed') ? keysOf(next) : null;
  const isGained = (name: string): boolean => given.has(name) || (entries?.has(name) === true && !says(base.model.text, name));
  if (given.size === 0 && entries === null) return [];
  return nodesOf(next.model.program, 'MemberExpression').flatMap((node) =>
    isOwn(node.object as AnyNode, next) && isGained(propertyName(node) ?? '') ? [node.object as AnyNode] : [],
  );
}

const keysOf = ({ model }: Side): ReadonlySet<string> =>
  new Set(nodesOf(model.program, 'Property').flatMap(({ key, computed }) => (computed ? [] : [keyName(key, false)])));

/** The `this` of a function that is no class's, or a variable that stands for it, also in functions within. */
function isOwn(object: AnyNode, side: Side): boolean {
  if (isThis(object)) return isFree(functionAround(side, object).thisOwner);
  const binding = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
  if (!binding || binding.reassigned || binding.declarations.length !== 1) return false;
  return side.valueOf(binding.declarations[0]!)?.type === 'ThisExpression' && isFree(binding.scope.fn.thisOwner);
}

const isFree = ({ kind, owner }: { readonly kind: string; readonly owner: unknown }): boolean => kind !== 'module' && owner === null;
