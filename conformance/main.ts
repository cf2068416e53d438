/** Runs every case against a real runtime in this process, and prints one table, or with --json one object. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setCurrentRuntime } from '../src/node/current.ts';
import { Runtime } from '../src/node/runtime.ts';
import { CASES } from './cases/index.ts';
import { Bench } from './support/bench.ts';
import type { Case, Result } from './support/case.ts';

const CASE_LIMIT_MS = 10_000;

const json = process.argv.includes('--json');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const root = mkdtempSync(join(tmpdir(), 'livepatch-conformance-')).replaceAll('\\', '/');
const runtime = new Runtime();
setCurrentRuntime(runtime);
runtime.install({ LIVEPATCH_INCLUDE: root.slice(1) }, { file: null, code: null });

async function run(one: Case): Promise<Result> {
  const started = performance.now();
  const { id, what } = one;
  const result = (status: Result['status'], reason: string): Result => ({
    id,
    what,
    status,
    reason,
    ms: Math.round(performance.now() - started),
  });
  if (one.run === undefined) return result('not applicable', one.notApplicable ?? '');
  const bench = new Bench(runtime, root, id);
  try {
    await within(one.run(bench));
    return result('pass', '');
  } catch (error) {
    return result('fail', error instanceof Error ? error.message : String(error));
  } finally {
    await bench.end();
  }
}

/** Also keeps the process alive: what a case waits for may be a promise that nothing will settle. */
async function within(running: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${CASE_LIMIT_MS} ms`)), CASE_LIMIT_MS);
  });
  try {
    await Promise.race([running, late]);
  } finally {
    clearTimeout(timer);
  }
}

const results: Result[] = [];
for (const one of CASES) if (only.length === 0 || only.includes(one.id)) results.push(await run(one));
rmSync(root, { recursive: true, force: true });

const count = (status: Result['status']): number => results.filter((r) => r.status === status).length;
const summary = { passed: count('pass'), failed: count('fail') };
if (json) {
  const notApplicable = results.filter((r) => r.status === 'not applicable').map(({ id, reason }) => ({ case: id, reason }));
  process.stdout.write(`${JSON.stringify({ ...summary, notApplicable, node: process.version, cases: results }, null, 1)}\n`);
} else {
  const width = Math.max(...results.map((r) => r.id.length));
  for (const { id, what, status, reason } of results) {
    const mark = { pass: 'pass', fail: 'FAIL', 'not applicable': 'n/a ' }[status];
    process.stdout.write(`${mark}  ${id.padEnd(width)}  ${what}\n`);
    if (reason !== '') process.stdout.write(`${reason.replace(/^/gm, ' '.repeat(width + 8))}\n`);
  }
  process.stdout.write(
    `${summary.passed} passed, ${summary.failed} failed, ${count('not applicable')} not applicable (Node ${process.version})\n`,
  );
}
process.exit(summary.failed > 0 ? 1 : 0);
