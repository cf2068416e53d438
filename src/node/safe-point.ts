/** From a safe point of one version to the same loop of another: finds where it goes on, and takes over what it holds there. */
import type { Activation, Engine, Version } from '../engine/index.ts';
import { captureFactory } from '../link/accessor.ts';
import type { Accessor } from '../link/accessor.ts';
import { Iteration, release } from '../link/iteration.ts';
import type { Callable, LinkedModule } from '../link/linked-module.ts';
import type { ScopeEval } from '../link/scopes.ts';
import type { LoopEntry, PatchLoop } from '../patch/format.ts';

/** Given what the function holds, tells how it goes on; undefined if it must go on as it is. */
type Take = (values: Record<string, unknown>, handle?: ScopeEval, accessor?: Accessor, cells?: readonly string[]) => Callable | undefined;

interface Followed {
  readonly loops: readonly PatchLoop[];
  readonly module: LinkedModule;
}

interface Way {
  readonly entry: LoopEntry;
  readonly module: LinkedModule;
}

const followed = new WeakMap<Version, Followed>();

/** A patch's version of a function whose loops its base has too. */
export function followLoops(version: Version, loops: readonly PatchLoop[], module: LinkedModule): void {
  followed.set(version, { loops, module });
}

/** What a function calls at the safe point of its loop `loop`. */
export function safePoint(engine: Engine, activation: Activation, loop: number): Take | null {
  const version = engine.versionAtSafePoint(activation);
  const way = version && wayTo(version, activation.version, loop);
  if (!way) return null;
  const { entry, module } = way;
  return (values, handle, accessor, names = []) => {
    const cells = cellsOf(entry, values, accessor, names);
    if (cells === null || !entry.values.every((name) => Object.hasOwn(values, name))) return undefined;
    const left: Iteration[] = [];
    for (let i = 0; values[i] instanceof Iteration; i++) left.push(values[i] as Iteration);
    if (left.length !== entry.iterations) return undefined;
    const implementation = module.loopEntry(entry)(handle);
    if (!release(left)) return undefined;
    engine.leaveAtSafePoint(activation);
    return function (this: unknown) {
      return Reflect.apply(implementation, this, [values, cells]);
    };
  };
}

/** Into the loop of `to` that is the loop number `loop` of `from`. */
function wayTo(to: Version, from: Version, loop: number): Way | null {
  const source = followed.get(from);
  const target = followed.get(to);
  const own = source?.loops.find(({ next }) => next === loop);
  // The original's loops are those of every base.
  const base = from.patch === null ? loop : own?.base;
  if (base === undefined) return null;
  if (to.patch === null) return own?.back ? { entry: own.back, module: source!.module } : null;
  const entry = target?.loops.find((other) => other.base === base)?.forth;
  return entry ? { entry, module: target!.module } : null;
}

/** What goes on may share with nobody what it was given as a value; null if something is missing. */
function cellsOf(
  entry: LoopEntry,
  values: Record<string, unknown>,
  accessor: Accessor | undefined,
  names: readonly string[],
): object | null {
  const cells: object = accessor === undefined ? (Object.create(null) as object) : captureFactory(names)(accessor, undefined);
  for (const name of entry.cells) {
    if (name in cells) continue;
    if (!Object.hasOwn(values, name)) return null;
    Object.defineProperty(cells, name, { value: values[name], writable: true });
  }
  return cells;
}
