/** Functions that make objects: what the patch has to see to where they are called, and how code names what they make. */
import { namedBy } from '../../../instrument/forwarding.ts';
import { runsOnce } from '../../../instrument/plan.ts';
import type { HandleScope } from '../../../instrument/plan.ts';
import type { FunctionInfo, Reference } from '../../../source/model.ts';
import { definedMember } from '../forms/definitions.ts';
import type { Side } from '../side.ts';

/** By what JavaScript says, or for a plain function by the custom of its name, or by what code does with it. */
export function isConstructor(fn: FunctionInfo): boolean {
  if (fn.kind === 'constructor' || fn.kind === 'derived-constructor') return true;
  return fn.kind === 'function' && (/(^|[./])[A-Z]\w*$/.test(fn.path) || isUsedAsOne(fn));
}

const used = new WeakMap<FunctionInfo, boolean>();

/** Whether its prototype is named, or it is called with `new`: a minifier leaves nothing of the custom. */
function isUsedAsOne(fn: FunctionInfo): boolean {
  let known = used.get(fn);
  if (known === undefined) {
    const isUse = ({ node, parent }: Reference): boolean =>
      (parent.type === 'NewExpression' && parent.callee === node) ||
      (parent.type === 'MemberExpression' &&
        parent.object === node &&
        !parent.computed &&
        parent.property.type === 'Identifier' &&
        parent.property.name === 'prototype');
    used.set(fn, (known = namedBy(fn)?.references.some(isUse) === true));
  }
  return known;
}

/** The path of the class whose objects a function makes, or is called on; empty for any other. */
export function classPathOf(fn: FunctionInfo): string {
  if (fn.owner) return fn.owner.path;
  const defined = definedMember(fn);
  if (defined) return fn.parent!.kind === 'module' ? defined.of : `${fn.parent!.path}/${defined.of}`;
  return isConstructor(fn) ? fn.path : (/^(.+)\.prototype\.[\w$]+$/.exec(fn.path)?.[1] ?? '');
}

/** What code of the patch can call by a name, in a scope that runs once. */
export interface InScope {
  readonly handle: HandleScope;
  readonly name: string;
}

/** The class whose objects a function makes, or is called on; null where it has no name that lasts in the scope in which it stands. */
export function classNamed(side: Side, fn: FunctionInfo): InScope | null {
  const around = fn.owner?.parent ?? fn.parent;
  const handle = around ? side.plan.handleOf.get(around) : undefined;
  const path = classPathOf(fn);
  if (!around || !handle || path === '' || !runsOnce(handle.kind)) return null;
  const name = around.kind === 'module' ? path : path.slice(around.path.length + 1);
  const binding = handle.scope.lookup(name);
  if (!binding || binding.declarations.length !== 1) return null;
  // A bundler declares variables of a module around it, and that alone sets them.
  const isHoisted = side.hoisted.get(binding) === around;
  const own = isHoisted ? handle : side.plan.handleOf.get(binding.scope.fn);
  if (binding.reassigned || !own || !runsOnce(own.kind) || (own.scope !== binding.scope && !isHoisted)) return null;
  const made = fn.owner ?? (path === fn.path ? fn : null);
  return made === null || side.definitionNamed(binding) === made ? { handle: own, name } : null;
}
