/**
 * `livepatch/data`: what code and patches use when data changes its shape. In a program that runs without
 * `livepatch/register` all of it works, and finds one version of everything.
 */
import { Shadows, Structures } from './data/index.ts';
import type { Constructor, MigrationOptions, ShadowPlace, ShadowVariable } from './data/index.ts';
import { currentRuntime } from './node/current.ts';
import { hasMark } from './node/apply/patch-data.ts';

export type { Constructor, MigrationOptions, ShadowConstructor, ShadowDestructor, ShadowPlace, ShadowVariable } from './data/index.ts';

const KEY = Symbol.for('livepatch.data');
const holder = globalThis as { [KEY]?: { readonly shadows: Shadows; readonly structures: Structures } };

/** Those of the runtime; else those of the process, which all copies of this package share. */
function kept(): { readonly shadows: Shadows; readonly structures: Structures } {
  const warn = (what: string): void => process.emitWarning(what, 'LivepatchWarning');
  return currentRuntime() ?? (holder[KEY] ??= { shadows: new Shadows(warn), structures: new Structures() });
}

const shadows = (): Shadows => kept().shadows;
const structures = (): Structures => kept().structures;

/**
 * The shadow variable of an id, with the type of what is attached to which objects:
 * `const lock = shadow<Mutex, Account>('bank.lock'); lock.getOrAlloc(account, () => new Mutex())`.
 */
export function shadow<T, O extends object = object>(id: string, options: { readonly place?: ShadowPlace } = {}): ShadowVariable<T, O> {
  return shadows().variable<T, O>(id, options.place);
}

/** The version of an object's structure: 1 until something marks it. */
export function version(object: object): number {
  return structures().asked(object);
}

/** `has(object, 'v2')`: whether its structure has reached a version. Any other mark is the id of a shadow variable. */
export function has(object: object, mark: string): boolean {
  return hasMark(structures(), shadows(), object, mark);
}

/**
 * Marks what has just been made in the shape of `version`, and says whether it did: not before `patchingComplete()`, for
 * then older code may meet the object. Call it first, and give the object the new shape only where it says true.
 */
export function markVersion(object: object, version: number): boolean {
  const complete = patchingComplete();
  if (complete) structures().mark(object, version);
  return complete;
}

/**
 * Whether all that runs can read what this code makes. In a patch that imports it anew: whether every task runs that patch.
 * Elsewhere: whether no patch is in transition.
 */
export function patchingComplete(): boolean {
  return currentRuntime()?.engine.inTransition == null;
}

/** In a patch: migrates an instance on this touch, where its class is migrated on access. Gives the object back. */
export function migrated<T>(object: T): T {
  return object;
}

/**
 * In the callbacks of a patch: how instances of a class that exist get the shape of the new code. With the path of a function
 * that makes objects without a class: how what it makes from now on gets its old shape back.
 */
export function migrate<O extends object>(_type: Constructor<O> | string, _options: MigrationOptions<O>): void {}

/** As `migrate`, for all live instances in one turn, at completion. */
export function transformWorld<O extends object>(
  _type: Constructor<O>,
  _up: NonNullable<MigrationOptions<O>['up']>,
  _options?: Omit<MigrationOptions<O>, 'up'>,
): void {}
