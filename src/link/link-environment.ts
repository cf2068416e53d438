import type { SourceLines } from '../patch/format.ts';
import type { LinkedMerge } from './linked.ts';
import type { Placed } from './placed.ts';

/** What the linked code gets from its surroundings. */
export interface LinkEnvironment {
  /** Name of the patch, for stack traces. */
  readonly patch: string;
  /** Where the module was loaded from, for stack traces and resolution. */
  readonly url: string;
  readonly file: string;
  /** The module was about to run when the patch was linked to it. */
  readonly late: boolean;
  /** What is put at the end of a unit's text, so that stack traces lead to the sources; null where the process does without. */
  readonly mapOf: ((unit: Placed, origins: SourceLines) => string) | null;
  /** Enters the activation of function `key` of the module, counting functions first, then private ones. */
  enter(key: number): unknown;
  /** The same, for a function that has safe points. */
  enterLoop(key: number): unknown;
  /** Enters what goes on in a loop, in the patch's version of the function or in the original one. */
  goOn(key: number, original: boolean): unknown;
  require(specifier: string): unknown;
  /** What the patch brings of a dependency in place of what the module has, in an array; null where that stays. */
  brought(specifier: string): readonly [unknown] | null;
  /** Migrates an instance that a patch has to; gives back what it is given. */
  touch(value: unknown): unknown;
  /** What new code tells objects by, under a name that `made` is known by: the same for each patch that has it, as long as one has. */
  common(scope: object, name: string, make: () => unknown): unknown;
  /** The object with an `on` that notes the listener under this name: see `listening.ts`. */
  listening(id: string, object: object): unknown;
  /** Takes the prototype from a table that closures hold, until the patch is taken back. */
  bare(table: unknown): unknown;
  /** What new code has in place of a cache that closures hold: one without what old code computed. */
  emptied(cache: unknown): unknown;
  /** `import.meta` of the module. */
  meta(): unknown;
  /** The new exports of another module of the patch, by its file in the source tree. */
  exportsOf(file: string): Record<string, unknown>;
  /** Has code see a table as it is going to be; gives what takes that back. */
  showTable(table: LinkedMerge): () => void;
  /** Runs `body` while what other modules of the patch set, and that it may read, is as it is going to be. */
  seeing<T>(body: () => T): T;
}
