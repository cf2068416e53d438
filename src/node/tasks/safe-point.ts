/** From a safe point of one version to the same loop of another: finds where it goes on, and takes over what it holds there. */
import type { Activation, Engine, Version } from '../../engine/index.ts';
import type { Accessor } from '../../link/accessor.ts';
import { addHanded, addNew, addOwn, noCells } from '../../link/cells.ts';
import type { Cells } from '../../link/cells.ts';
import { Iteration, release } from '../../link/iteration.ts';
import type { LinkedModule } from '../../link/linked-module.ts';
import type { Callable } from '../../link/linked.ts';
import type { ScopeEval } from '../../link/scopes.ts';
import type { LoopEntry, PatchLoop } from '../../patch/format.ts';

/** Variables that closures share: those of the function, and those that were handed to it. */
interface Shared {
  readonly own: readonly string[];
  readonly accessor?: Accessor;
  readonly handed: readonly string[];
  readonly captured?: Cells;
}

/** Given what the function holds, tells how it goes on; undefined if it must go on as it is. */
type Take = (
  values: Record<string, unknown>,
  handle?: ScopeEval,
  accessor?: Accessor,
  own?: readonly string[],
  captured?: Cells,
  handed?: readonly string[],
) => Callable | undefined;

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
  return (values, handle, accessor, own = [], captured, handed = []) => {
    const cells = cellsOf(entry, values, { own, handed, ...(accessor && { accessor }), ...(captured && { captured }) });
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
function cellsOf(entry: LoopEntry, values: Record<string, unknown>, { own, accessor, handed, captured }: Shared): Cells | null {
  const cells = noCells();
  if (captured) addHanded(cells, handed, captured);
  if (accessor) addOwn(cells, own, accessor);
  for (const name of entry.cells) {
    if (name in cells) continue;
    if (!Object.hasOwn(values, name)) return null;
    addNew(cells, name, values[name]);
  }
  return cells;
}
