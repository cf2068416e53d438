/**
 * Whatever the builder accepts, applied to a running program, behaves as the new version started from scratch does, or
 * was flagged; taken back, as the old version did. Random edits of real packages, some as a minifier writes both versions.
 *
 *   npm run fuzz                 thousands of edits
 *   npm run fuzz -- --seed 123   that one
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/nodes.mjs';
import type { Trial } from './fuzz/child.ts';

const COUNT = Number(process.env['LIVEPATCH_FUZZ'] ?? 240);
const FROM = Number(process.env['LIVEPATCH_FUZZ_FROM'] ?? 1);
const ONE = process.env['LIVEPATCH_FUZZ_SEED'];
/** Edits make loops that do not end. */
const LIMIT_MS = 60_000;
const script = fileURLToPath(new URL('fuzz/child.ts', import.meta.url));

// What a process that was killed left behind.
after(() => {
  const modules = join(root, 'node_modules');
  for (const name of readdirSync(modules))
    if (name.startsWith(`.fuzz-${process.pid}-`)) rmSync(join(modules, name), { recursive: true, force: true });
});

type Answer = { readonly phase?: string; readonly done?: Trial };

/** One process after another: an edit that ends or blocks its process takes no other with it. */
class Worker {
  private child: ChildProcess | null = null;

  async run(seed: number): Promise<Trial> {
    const child = (this.child ??= fork(script, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--max-old-space-size=512', '--no-warnings'],
    }));
    let phase = 'start';
    return await new Promise<Trial>((resolve) => {
      const settle = (trial: Trial, keep: boolean): void => {
        clearTimeout(timer);
        child.removeAllListeners();
        if (!keep) {
          child.kill('SIGKILL');
          this.child = null;
        }
        resolve(trial);
      };
      const lost = (how: string): void =>
        settle({ seed, result: phase === 'fresh' ? 'skipped' : 'wrong', detail: `${how} in phase ${phase}` }, false);
      const timer = setTimeout(() => lost('no answer'), LIMIT_MS);
      child.on('exit', () => lost('ended'));
      child.on('message', (answer: Answer) => {
        if (answer.phase !== undefined) phase = answer.phase;
        if (answer.done) settle(answer.done, true);
      });
      child.send(seed);
    });
  }

  end(): void {
    this.child?.kill('SIGKILL');
  }
}

test('random edits of real packages', async (t) => {
  const seeds = ONE === undefined ? Array.from({ length: COUNT }, (_, i) => FROM + i) : [Number(ONE)];
  const trials: Trial[] = [];
  await Promise.all(
    [new Worker(), new Worker()].map(async (worker) => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) trials.push(await worker.run(seed));
      worker.end();
    }),
  );
  const count = (result: Trial['result']): number => trials.filter((trial) => trial.result === result).length;
  t.diagnostic(['same', 'flagged', 'refused', 'skipped', 'wrong'].map((r) => `${count(r as Trial['result'])} ${r}`).join(', '));
  t.diagnostic(
    `${trials.filter((trial) => trial.result === 'same' && trial.detail === 'true').length} of the same changed what the calls give`,
  );
  if (ONE !== undefined) t.diagnostic(JSON.stringify(trials[0]));
  assert.deepEqual(
    trials.filter((trial) => trial.result === 'wrong'),
    [],
  );
  if (ONE === undefined) assert.ok(trials.length - count('skipped') >= Math.min(100, COUNT / 2), 'too few edits could be tried');
});
