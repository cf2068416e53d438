/**
 * One random program under one random schedule: tasks of both versions take turns on the same instances while the patch
 * comes, is turned round, and goes. Whatever a task reads must be what was written last, whichever version wrote it.
 */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { task } from '../../../src/index.ts';
import { currentRuntime } from '../../../src/node/current.ts';
import { build, program } from '../../build/harness.ts';
import { Random } from '../../build/fuzz/random.ts';
import { VERSIONS, randomEdit, sourcesOf } from './model.ts';
import type { Edit, Version } from './model.ts';

export interface Outcome {
  readonly seed: number;
  readonly edit: Edit;
  /** What could not be read, or was not what was written; empty when all is well. */
  readonly wrong: readonly string[];
  /** Reads and writes by the version of the task. */
  readonly acts: Readonly<Record<Version, number>>;
  /** Instances that tasks of both versions have met. */
  readonly shared: number;
  /** Instances that had the new shape at one time or another. */
  readonly migrated: number;
}

interface Op {
  readonly thing?: object;
  readonly name?: string;
  readonly set?: boolean;
  readonly value?: number;
  readonly make?: Readonly<Record<string, number>>;
  tell(result: unknown): void;
}

interface Worker {
  /** Gives what waits for something to do the next thing; null while it is busy, or held at a gate. */
  give: ((op: Op | null) => void) | null;
  version: Version;
  ended: boolean;
}

const LIMIT_MS = 60_000;
const STEPS = 80;
/** Instances that are not migrated, or taken back, in one slice. */
const MANY = 100;
/** Tasks that are begun here belong to no work that was begun before. */
const outside = AsyncLocalStorage.snapshot();

export async function trial(seed: number): Promise<Outcome> {
  const random = new Random(seed);
  const edit = randomEdit(random);
  const sources = sourcesOf(edit, seed);
  const { file, old } = sources;
  const [first, second] = sources.patches.map(({ text, hooks }) => ({
    files: { [file]: text },
    hook: hooks === null ? undefined : { name: 'migrate.mjs', text: hooks },
  }));
  const p = await program({ [file]: old }, first!.files, first!.hook);
  const reports = [p.report, ...(second ? [await build({ [file]: old }, second.files, second.hook)] : [])];
  const patches = reports.map((report) => report.patch ?? assert.fail(JSON.stringify(report.verdicts)));
  const run = new Run(random, edit, p.exports as unknown as Exports);
  const runtime = currentRuntime()!;
  /** How many of the patches are in force. */
  const state: { applied: number; moving: Promise<void> | null } = { applied: 0, moving: null };
  const begin = (by: 1 | -1): void => {
    const at = by === 1 ? state.applied : state.applied - 1;
    const options = { timeoutMs: LIMIT_MS, name: reports[at]!.name, replace: at === 0 };
    const outcome = by === 1 ? runtime.apply(patches[at]!, options) : runtime.revert(options.name, options);
    state.moving = outcome.then(
      ({ result }) => {
        if (result === 'complete') state.applied += by;
        state.moving = null;
      },
      (error: unknown) => {
        run.wrong.push(`${by === 1 ? 'apply' : 'revert'}: ${String(error)}`);
        state.moving = null;
      },
    );
  };
  const ended = async (): Promise<void> => {
    for (; state.moving !== null; await turn()) for (let i = random.below(20); i > 0; i--) run.direct();
  };
  try {
    for (let i = random.pick([3, 3, MANY]); i > 0; i--) {
      const values = run.values();
      run.made(run.exports.make(values), values);
    }
    const period = async (): Promise<void> => {
      for (let step = 0; step < STEPS; step++) {
        const choice = random.below(20);
        if (choice < 2) run.start();
        else if (choice < 4) run.end();
        else if (choice < 6 && state.moving === null && (state.applied === 0 || random.below(4) === 0))
          begin(state.applied === 0 || (state.applied < patches.length && random.below(2) === 0) ? 1 : -1);
        else if (choice < 7 && runtime.engine.transitioning && random.below(3) === 0) runtime.reverse();
        else if (choice < 9) run.direct();
        else if (choice < 11) await turn();
        else await run.step();
      }
      await run.endAll();
      await ended();
    };
    await period();
    // Each patch comes over what the one before has made, while tasks are under way.
    for (let tries = second ? patches.length : 0; tries > 0 && state.applied < patches.length; tries--) {
      for (let n = 0; n < 3; n++) run.start();
      begin(1);
      await period();
    }
    for (let tries = 0; state.applied > 0 && tries < patches.length; tries++) {
      begin(-1);
      await ended();
    }
    if (state.applied > 0) run.wrong.push('it was not reverted');
    run.checkOld();
  } finally {
    p.clean();
  }
  const { wrong, acts } = run;
  return { seed, edit, wrong, acts, shared: run.met.filter(({ versions }) => versions.size >= 2).length, migrated: run.migrated.size };
}

interface Exports {
  readonly all: object[];
  make(values: Readonly<Record<string, number>>): object;
  act(thing: object, op: Op): unknown;
  work(next: (version: Version) => Promise<Op | null>): Promise<void>;
}

interface Met {
  readonly thing: object;
  /** What each attribute may read as: what was written last; for one that only the new version has, anything that was written. */
  readonly values: Map<string, Set<number>>;
  readonly versions: Set<Version>;
}

class Run {
  readonly wrong: string[] = [];
  readonly acts = { old: 0, new: 0, newest: 0 };
  readonly met: Met[] = [];
  readonly migrated = new Set<object>();
  readonly exports: Exports;
  private readonly random: Random;
  private readonly edit: Edit;
  private readonly workers: Worker[] = [];
  private readonly common: readonly string[];

  constructor(random: Random, edit: Edit, exports: Exports) {
    this.random = random;
    this.edit = edit;
    this.exports = exports;
    const later = [edit.after, ...(edit.second === null ? [] : [edit.second.after])];
    this.common = edit.before.map(({ name }) => name).filter((name) => later.every((list) => list.some((a) => a.name === name)));
  }

  values(): Record<string, number> {
    return Object.fromEntries(this.common.map((name) => [name, this.random.below(1000)]));
  }

  private attributes(version: Version): Edit['before'] {
    const { before, after, second } = this.edit;
    return version === 'old' ? before : version === 'new' ? after : (second?.after ?? []);
  }

  /** `values` are those it was made with; what is not given is as the model says. */
  made(thing: object, values: Readonly<Record<string, number>>): void {
    const known = new Map<string, Set<number>>();
    for (const { name, initial } of VERSIONS.flatMap((version) => this.attributes(version)))
      known.set(name, new Set([values[name] ?? initial]));
    this.met.push({ thing, values: known, versions: new Set() });
  }

  start(): void {
    const worker: Worker = { give: null, version: 'old', ended: false };
    const next = (version: Version): Promise<Op | null> =>
      new Promise((resolve) => {
        worker.version = version;
        worker.give = resolve;
      });
    this.workers.push(worker);
    const ended = (): void => {
      worker.ended = true;
    };
    void outside(() => task('a task', () => this.exports.work(next))).then(ended, (error: unknown) => {
      this.wrong.push(`a ${worker.version} task ended with ${String(error)}`);
      ended();
    });
  }

  /** One task does one thing. */
  async step(): Promise<void> {
    const idle = this.workers.filter(({ give }) => give !== null);
    if (idle.length === 0) return this.start();
    const worker = this.random.pick(idle);
    this.give(worker, this.next(worker.version));
    for (let i = this.random.below(4); i > 0; i--) await Promise.resolve();
  }

  end(): void {
    const idle = this.workers.filter(({ give }) => give !== null);
    if (idle.length > 0) this.give(this.random.pick(idle), null);
  }

  async endAll(): Promise<void> {
    while (this.workers.some(({ ended }) => !ended)) {
      for (const worker of this.workers) if (worker.give !== null) this.give(worker, null);
      await turn();
    }
  }

  /** The driver itself, whose calls are of no task of the program's. */
  direct(): void {
    const next = this.next(null);
    if (next.thing === undefined) return;
    try {
      next.tell(this.exports.act(next.thing, next));
    } catch (error) {
      this.wrong.push(`a direct call: ${String(error)}`);
    }
  }

  checkOld(): void {
    const keys = (list: readonly string[]): string => list.toSorted().join();
    const expected = keys(this.edit.before.map(({ field }) => field));
    for (const thing of this.exports.all)
      if (keys(Object.keys(thing)) !== expected) this.wrong.push(`left as ${Object.keys(thing).join()}`);
    for (const met of this.met) for (const name of this.common) this.read(met, name, 'old');
  }

  private read(met: Met, name: string, by: string): void {
    try {
      this.check(met, name, this.exports.act(met.thing, op({ thing: met.thing, name })), by);
    } catch (error) {
      this.wrong.push(`${by} could not read ${name}: ${String(error)}`);
    }
  }

  private give(worker: Worker, next: Op | null): void {
    const { give } = worker;
    worker.give = null;
    give!(next);
  }

  /** `version` null: what both have. */
  private next(version: Version | null): Op {
    const { random } = this;
    if (version !== null && random.below(6) === 0) {
      const values = this.values();
      return op({ make: values, tell: (made) => this.made(made as object, values) });
    }
    const met = random.pick(this.met);
    const { thing } = met;
    const names = version === null ? this.common : this.attributes(version).map(({ name }) => name);
    if (names.length === 0) return op({});
    const name = random.pick(names);
    const set = random.below(2) === 0;
    const value = random.below(1000);
    const told = (result: unknown): void => {
      if (version !== null) {
        this.acts[version]++;
        met.versions.add(version);
      }
      const now = Object.keys(thing).toSorted().join();
      if (
        now !==
        this.edit.before
          .map(({ field }) => field)
          .toSorted()
          .join()
      )
        this.migrated.add(thing);
      if (!set) return this.check(met, name, result, version ?? 'direct');
      if (this.common.includes(name)) met.values.set(name, new Set([value]));
      else met.values.get(name)!.add(value);
    };
    return op({ thing, name, set, value, tell: told });
  }

  private check({ values }: Met, name: string, result: unknown, by: string): void {
    if (!values.get(name)!.has(result as number))
      this.wrong.push(`${by} read ${name} as ${String(result)}, not ${[...values.get(name)!].join(' or ')}`);
  }
}

function op({ tell = () => {}, ...rest }: Partial<Op>): Op {
  return { tell, ...rest } as Op;
}
