/** Each case prints the same with and without livepatch, and was really instrumented. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('./cases/', import.meta.url));
const register = fileURLToPath(new URL('../../dist/register.js', import.meta.url));
const report = fileURLToPath(new URL('./report.mjs', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'lp-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly report: string;
}

function run(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const { promise, resolve } = Promise.withResolvers<Run>();
  const child = spawn(process.execPath, [...args, file], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, LIVEPATCH_RUNTIME_DIR: scratch, LIVEPATCH_CACHE: join(scratch, 'cache'), ...env },
  });
  const out = ['', '', ''];
  [child.stdout, child.stderr, child.stdio[3]].forEach((stream, i) => stream!.on('data', (data: Buffer) => (out[i] += data.toString())));
  child.on('close', (code) => resolve({ stdout: out[0]!, stderr: out[1]!, code, report: out[2]! }));
  return promise;
}

for (const name of readdirSync(folder).filter((f) => /\.(cjs|mjs|ts)$/.test(f))) {
  test(name, async () => {
    const file = join(folder, name);
    const plain = await run(file, []);
    assert.equal(plain.code, 0, plain.stderr);
    const hooked = ['--import', register, '--import', report];
    for (const round of ['cold', 'cached', 'with source maps']) {
      const live = await run(file, round === 'with source maps' ? ['--enable-source-maps', ...hooked] : hooked);
      assert.equal(live.stdout, plain.stdout, round);
      assert.equal(live.code, plain.code, round);
      assert.equal(live.stderr, plain.stderr, round);
      const { modules, functions, untouched } = JSON.parse(live.report) as {
        modules: number;
        functions: number;
        untouched: { module: string }[];
      };
      assert.ok(modules > 0 && functions > 5, `${modules} modules, ${functions} functions instrumented`);
      assert.ok(!untouched.some((u) => u.module.endsWith(name)), 'the case itself was left untouched');
    }
  });
}
