/** Tries one edit after another, as it is told: builds the patch, applies it to what runs, and compares with a fresh start. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { root } from '../../../scripts/nodes.mjs';
import { buildPatch } from '../../../src/build/index.ts';
import { LivepatchError } from '../../../src/errors/errors.ts';
import { currentRuntime } from '../../../src/node/current.ts';
import { register } from '../../../src/node/register.ts';
import type { Exports } from '../harness.ts';
import { edited } from './edits.ts';
import { minified } from './minified.ts';
import { Random } from './random.ts';
import { installedSubjects } from './subjects.ts';
import type { Subject } from './subjects.ts';

const STEPS = 40;
/** One trial in as many is between two builds of a minifier, which names variables anew in each. */
const MINIFIED = 4;
/** In one in as many a patch to a version between the two is in force, of which the one that is tried takes the place. */
const REPLACING = 3;
register(process.env, { file: null, code: null });
const subjects = installedSubjects();

/** What became of one edit. */
export interface Trial {
  readonly seed: number;
  readonly result: 'same' | 'flagged' | 'refused' | 'skipped' | 'wrong';
  readonly package?: string;
  readonly edits?: readonly string[];
  readonly detail?: string;
}

/** V8 quotes the code that failed, and code of a patch reaches captured variables, and those of other scopes, in ways of its own. */
const asWritten = (message: string): string => message.replaceAll('$lp_c.', '').replace(/\(0 , \$lp\.u\[\d+\]\.([\w$]+)\)/g, '$1');

function observe(subject: Subject, lib: Exports, seed: number, unnamed: boolean): string[] {
  const random = new Random(seed);
  const made: unknown[] = [];
  return Array.from({ length: STEPS }, () => {
    try {
      const seen = inspect(subject.step(lib, made, random), { depth: 6, breakLength: Infinity });
      return unnamed ? seen.replaceAll(/\[(?:Function|class)[^\]]*\]|\w+ (?=\{)/g, '') : seen;
    } catch (error) {
      if (unnamed && error instanceof Error) return error.name;
      return error instanceof Error ? `${error.name}: ${asWritten(error.message)}` : String(error);
    }
  });
}

async function trial(seed: number): Promise<Trial> {
  const random = new Random(seed);
  const subject = random.pick(subjects);
  const file = random.pick(subject.files);
  // Its own text, so that no earlier trial's module is taken for it.
  const mark = (text: string): string => `${text}\n// ${seed}\n`;
  const change = edited(mark(subject.texts[file]!), random);
  const isMinified = seed % MINIFIED === 0;
  const base = { seed, package: `${isMinified ? 'minified ' : ''}${subject.package}/${file}` } as const;
  if (!change) return { ...base, result: 'skipped' };
  const more = seed % REPLACING === 0 ? edited(change.text, random) : null;
  const edits = more ? [...change.edits, 'and then', ...more.edits] : change.edits;
  const about = { ...base, edits };
  // Below the project, so that what the package depends on is found.
  const home = mkdtempSync(join(root, 'node_modules', `.fuzz-${process.ppid}-`));
  try {
    const write = (folder: string, edit: string): string => {
      for (const name of subject.files) {
        mkdirSync(dirname(join(home, folder, name)), { recursive: true });
        writeFileSync(join(home, folder, name), name === file ? edit : mark(subject.texts[name]!));
      }
      return join(home, folder);
    };
    const written = async (text: string): Promise<string> => (isMinified ? await minified(text, random) : text);
    const a = write('a', await written(mark(subject.texts[file]!)));
    const between = more ? write('between', await written(change.text)) : null;
    const b = write('b', await written((more ?? change).text));
    const load = (folder: string): Exports => createRequire(join(folder, 'x.js'))(`./${subject.files[0]}`) as Exports;
    const calls = random.below(2 ** 31);
    process.send!({ phase: 'fresh' });
    let wanted: string[];
    try {
      wanted = observe(subject, load(b), calls, isMinified);
    } catch {
      return { ...about, result: 'skipped', detail: 'the new version does not load' };
    }
    const lib = load(a);
    const before = observe(subject, lib, calls, isMinified);
    process.send!({ phase: 'patch' });
    const runtime = currentRuntime()!;
    const first = between === null ? null : await buildPatch({ kind: 'directories', from: a, to: between }, { name: `fuzz-${seed}-first` });
    if (first?.patch) {
      await runtime.apply(first.patch, { timeoutMs: 20_000 });
      observe(subject, lib, calls, isMinified);
    }
    const report = await buildPatch({ kind: 'directories', from: a, to: b }, { name: `fuzz-${seed}` });
    const flags = [...(first?.verdicts ?? []), ...report.verdicts].filter((v) => v.verdict !== 'carried').map((v) => `${v.code} ${v.line}`);
    if (report.patch === null) {
      if (first?.patch) await runtime.revert(first.name, { timeoutMs: 20_000 });
      return { ...about, result: 'refused', detail: flags.join(', ') };
    }
    await runtime.apply(report.patch, { timeoutMs: 20_000 });
    const got = observe(subject, lib, calls, isMinified);
    await runtime.revert(`fuzz-${seed}`, { timeoutMs: 20_000 });
    const after = observe(subject, lib, calls, isMinified);
    const differs = (x: readonly string[], y: readonly string[]): string | null => {
      const at = x.findIndex((text, i) => text !== y[i]);
      return at < 0 ? null : `call ${at}: ${x[at]} and not ${y[at]}`;
    };
    const patched = differs(got, wanted);
    const reverted = differs(after, before);
    if (patched === null && reverted === null) return { ...about, result: 'same', detail: String(before.join() !== wanted.join()) };
    const detail = `${patched ? `patched ${patched}` : `reverted ${reverted}`}; ${flags.join(', ')}`;
    return { ...about, result: flags.length > 0 && patched !== null ? 'flagged' : 'wrong', detail };
  } catch (error) {
    if (error instanceof LivepatchError && /EMPTY|LIVE_(?:CLOSURES|OBJECTS|DATA)/.test(error.code))
      return { ...about, result: 'refused', detail: error.code };
    return { ...about, result: 'wrong', detail: error instanceof Error ? error.stack! : String(error) };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

process.on('message', (seed: number) => void trial(seed).then((done) => process.send!({ done })));
