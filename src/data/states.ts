/**
 * System states: the lasting side effects that a patch declares, with a version each, so that a later patch can tell
 * whether it may take them over. The rules are the kernel's.
 */
import type { Patch } from '../engine/index.ts';
import { LivepatchError } from '../errors/errors.ts';

export interface StateDeclaration {
  readonly id: string;
  readonly version: number;
}

/** One state of one applied patch. `data` belongs to the patch's callbacks, and to those of the patch that takes it over. */
export interface StateRecord extends StateDeclaration {
  data: unknown;
}

export class States {
  private readonly byPatch = new WeakMap<Patch, ReadonlyMap<string, StateRecord>>();
  private readonly warn: (what: string) => void;

  constructor(warn: (what: string) => void) {
    this.warn = warn;
  }

  define(patch: Patch, declared: readonly StateDeclaration[]): void {
    this.byPatch.set(patch, new Map(declared.map(({ id, version }) => [id, { id, version, data: undefined }])));
  }

  /**
   * Before any side effect: a patch may join, or take the place of, those that are installed. Throws
   * ERR_STATE_INCOMPATIBLE where it has an older version of a state, or would replace a patch whose state it does not know.
   */
  check(patch: Patch, declared: readonly StateDeclaration[], installed: readonly Patch[]): void {
    const own = new Map(declared.map((state) => [state.id, state.version]));
    for (const older of installed) {
      for (const state of this.byPatch.get(older)?.values() ?? []) {
        const version = own.get(state.id);
        if (version === undefined ? !patch.replaces(older) : version >= state.version) continue;
        throw new LivepatchError(
          'ERR_STATE_INCOMPATIBLE',
          { patch: patch.name, state: state.id, version: version ?? 'none', older: older.name, installed: state.version },
          { hint: `Nothing was changed. Revert "${older.name}" first, or build the patch so that it takes the state over.` },
        );
      }
    }
  }

  ids(patch: Patch): Iterable<string> {
    return this.byPatch.get(patch)?.keys() ?? [];
  }

  get(patch: Patch, id: string): StateRecord | undefined {
    return this.byPatch.get(patch)?.get(id);
  }

  /**
   * The record of the latest patch below `current`, the patch in transition. Outside a transition there is no such patch:
   * warns, and returns nothing.
   */
  previous(current: Patch | null, installed: readonly Patch[], id: string): StateRecord | undefined {
    if (current === null) {
      this.warn(`The previous state "${id}" was asked for outside a transition.`);
      return undefined;
    }
    let last: StateRecord | undefined;
    for (const patch of installed) {
      if (patch === current) break;
      last = this.get(patch, id) ?? last;
    }
    return last;
  }
}
