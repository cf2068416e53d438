/** What the code of a unit is given, as `$lp`: its way to the process, to the patch, and to the scopes around its own. */
import type { PatchUnit } from '../patch/format.ts';
import { describedFor } from './described.ts';
import { exportAll } from './export-all.ts';
import { holdTo, holderOf } from './holder.ts';
import { idleUnless } from './idle.ts';
import { goOn } from './iteration.ts';
import type { LinkEnvironment } from './link-environment.ts';
import type { LinkedMerge } from './linked.ts';
import { privateKey } from './private-fields.ts';
import type { ModuleScopes, ScopeInstance } from './scopes.ts';
import type { Shown } from './shown.ts';
import { takenOf } from './taken.ts';

type Bindings = Record<string, unknown>;

/** What is around one instance of the unit's scope. */
export interface UnitSurroundings {
  readonly environment: LinkEnvironment;
  readonly scopes: ModuleScopes;
  /** The new bindings of another unit, in the scope that encloses this one; null where that has yet to run. */
  outer(unit: number): Bindings | null;
  /** A table of the module's merges; null where there is none yet. */
  table(merge: number): Omit<LinkedMerge, 'after'> | null;
}

export function linkObject(unit: PatchUnit, instance: ScopeInstance, shown: Shown, surroundings: UnitSurroundings): object {
  const { environment, scopes } = surroundings;
  const known = new Map<number, Bindings>();
  const bindingsOf = (index: number): Bindings => {
    const there = known.get(index) ?? surroundings.outer(index);
    if (there === null) return unset(instance);
    known.set(index, there);
    return there;
  };
  return {
    in: (key: number) => environment.enter(key),
    loop: (key: number) => environment.enterLoop(key),
    on: (key: number) => environment.goOn(key, false),
    back: (key: number) => environment.goOn(key, true),
    again: goOn,
    require: (specifier: string) => environment.require(specifier),
    brought: (specifier: string) => environment.brought(specifier),
    key: (name: string) => `${name}?livepatch=${++keys}`,
    private: (name: string) => privateKey(instance, name),
    holder: holderOf,
    described: describedFor,
    is: holdTo,
    idle: (asks: () => unknown, text: string) => idleUnless(asks, text, environment.late),
    star: exportAll,
    taken: takenOf,
    put: (object: unknown, key: string, value: unknown) => shown.put(object, key, value),
    table: (index: number, ...after: readonly unknown[]) => {
      const table = surroundings.table(index);
      if (table) shown.add(() => environment.showTable(after.length > 0 ? { ...table, after: after[0] } : table));
    },
    touch: (value: unknown) => environment.touch(value),
    common: (name: string, make: () => unknown) => environment.common(instance, name, make),
    listening: (id: string, object: object) => environment.listening(id, object),
    bare: (table: unknown) => environment.bare(table),
    emptied: (cache: unknown) => environment.emptied(cache),
    m: (file: string) => environment.exportsOf(file),
    get meta() {
      return environment.meta();
    },
    get handle() {
      return scopes.handleFor(instance, unit);
    },
    get cls() {
      return instance.evaluate('this');
    },
    u: new Proxy([], { get: (_, index) => bindingsOf(Number(index)) }),
  };
}

/** The names of a module in a bundle that has yet to run: the variables around it that it is going to set. */
function unset({ evaluate }: ScopeInstance): Record<string, unknown> {
  return new Proxy({} as Record<string, unknown>, {
    get: (_, name) => evaluate(String(name)),
    set: (_, name, value) => {
      (evaluate(`$lp_v=>{${String(name)}=$lp_v}`) as (value: unknown) => void)(value);
      return true;
    },
  });
}

/** Modules that patches have put into bundles: what the loader keeps of one is not what another patch has under its name. */
let keys = 0;
