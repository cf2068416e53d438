/** Builds a patch from two versions of a small program, and applies it to the program running in this process. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPatch } from '../../src/build/index.ts';
import type { BuildReport, HookSource } from '../../src/build/index.ts';
import { currentRuntime } from '../../src/node/current.ts';
import { register } from '../../src/node/register.ts';
import { decodePatch } from '../../src/patch/format.ts';
import type { Patch } from '../../src/patch/format.ts';

export type Files = Readonly<Record<string, string>>;
/** A file that is null is gone. */
export type Edited = Readonly<Record<string, string | null>>;
// The programs under test are plain JavaScript: what they export has no type.
// oxlint-disable-next-line typescript/no-explicit-any
export type Exports = Record<string, any>;

let counter = 0;
// Programs go on loading files of theirs until the process ends.
const homes: string[] = [];
process.on('exit', () => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});
register(process.env, { file: null, code: null });

export class Program {
  readonly exports: Exports;
  readonly report: BuildReport;
  readonly root: string;

  constructor(root: string, exports: Exports, report: BuildReport) {
    this.root = root;
    this.exports = exports;
    this.report = report;
  }

  get patch(): Patch {
    if (this.report.patch === null) throw new Error(`refused: ${JSON.stringify(this.report.verdicts, null, 1)}`);
    return decodePatch(this.report.patch, 'test');
  }

  async apply(timeoutMs = 20_000): Promise<void> {
    const outcome = await currentRuntime()!.apply(this.report.patch ?? (this.patch, ''), { timeoutMs });
    if (outcome.result !== 'complete') throw new Error(`apply ended ${JSON.stringify(outcome)}`);
  }

  async revert(timeoutMs = 20_000): Promise<void> {
    const outcome = await currentRuntime()!.revert(this.report.name, { timeoutMs });
    if (outcome.result !== 'complete') throw new Error(`revert ended ${JSON.stringify(outcome)}`);
  }

  /** A file of the running program, as it would get it. */
  load(file: string): Exports {
    return createRequire(join(this.root, 'x.js'))(`./${file}`) as Exports;
  }

  codes(verdict?: string): string[] {
    return this.report.verdicts.filter((v) => verdict === undefined || v.verdict === verdict).map((v) => v.code);
  }

  clean(): void {
    rmSync(dirname(this.root), { recursive: true, force: true });
  }
}

function write(root: string, files: Edited): void {
  for (const [name, text] of Object.entries(files)) {
    if (text === null) continue;
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

function options(hooks: HookSource | undefined): { readonly name: string; readonly hooks?: HookSource } {
  return { name: `test-${++counter}`, ...(hooks ? { hooks } : {}) };
}

export async function build(before: Files, after: Files, hooks?: HookSource): Promise<BuildReport> {
  const home = mkdtempSync(join(tmpdir(), 'livepatch-build-'));
  try {
    write(join(home, 'a'), before);
    write(join(home, 'b'), after);
    return await buildPatch({ kind: 'directories', from: join(home, 'a'), to: join(home, 'b') }, options(hooks));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Loads the first file of `before` and builds the patch to `after`; what `after` leaves out is unchanged. */
export async function program(before: Files, after: Edited, hooks?: HookSource): Promise<Program> {
  const home = mkdtempSync(join(tmpdir(), 'livepatch-build-'));
  homes.push(home);
  const a = join(home, 'a');
  write(a, before);
  write(join(home, 'b'), { ...before, ...after });
  const entry = Object.keys(before)[0]!;
  const exports = (
    /\.m[jt]s$/.test(entry) ? await import(pathToFileURL(join(a, entry)).href) : createRequire(join(a, 'x.js'))(`./${entry}`)
  ) as Exports;
  const report = await buildPatch({ kind: 'directories', from: a, to: join(home, 'b') }, options(hooks));
  return new Program(a, exports, report);
}

/** What a CommonJS text gives away by itself, without a patch or a file. */
export function alone(text: string): Exports {
  const exports: Exports = {};
  // oxlint-disable-next-line typescript/no-implied-eval -- the same text without a patch
  new Function('exports', text)(exports);
  return exports;
}

/** One file in both versions: applies the patch and gives the running exports. */
export async function patched(before: string, after: string, file = 'index.js'): Promise<Program> {
  const p = await program({ [file]: before }, { [file]: after });
  await p.apply();
  return p;
}
