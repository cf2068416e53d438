/** Functions that make objects: what the patch has to see to where they are called, and how code names what they make. */
import { runsOnce } from '../../instrument/plan.ts';
import type { HandleScope } from '../../instrument/plan.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { Side } from './side.ts';

/** By what JavaScript says, or for a plain function by the custom of its name. */
export function isConstructor(fn: FunctionInfo): boolean {
  if (fn.kind === 'constructor' || fn.kind === 'derived-constructor') return true;
  return fn.kind === 'function' && /(^|[./])[A-Z]\w*$/.test(fn.path);
}

/** The path of the class whose objects a function makes, or is called on; empty for any other. */
export function classPathOf(fn: FunctionInfo): string {
  if (fn.owner) return fn.owner.path;
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
  const made = fn.owner ?? (isConstructor(fn) ? fn : null);
  return made === null || side.definitionNamed(binding) === made ? { handle: own, name } : null;
}
