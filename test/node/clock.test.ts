/** A program that puts other clocks in the place of the global ones, as tests do that set the time: a patch goes by the real ones. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { program } from '../build/harness.ts';

const CLOCKS = ['Date', 'performance', 'setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] as const;

/** None of them says or does anything. */
function stopClocks(): () => void {
  const real = CLOCKS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)!] as const);
  for (const [name] of real) Object.defineProperty(globalThis, name, { configurable: true, value: () => ({ unref() {} }) });
  return () => {
    for (const [name, descriptor] of real) Object.defineProperty(globalThis, name, descriptor);
  };
}

test('the deadline of a patch, and what is said of it meanwhile', async (t) => {
  const source = (n: number): string => `exports.wait = async (until) => { await until; return ${n} };`;
  const p = await program({ 'index.js': source(1) }, { 'index.js': source(2) });
  let release = (): void => {};
  const held = p.exports['wait'](new Promise<void>((resolve) => void (release = resolve)));
  // What livepatch waits with keeps no process.
  const staying = setInterval(() => {}, 1000);
  const restart = stopClocks();
  t.after(() => {
    restart();
    clearInterval(staying);
  });
  const ended = currentRuntime()!.apply(p.report.patch!, { timeoutMs: 500 });
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
  const status = currentRuntime()!.status();
  assert.equal(status.transition?.pending, 1);
  assert.equal(typeof status.transition.elapsedMs, 'number');
  const outcome = await ended;
  restart();
  assert.equal(outcome.result, 'reversed');
  release();
  assert.equal(await held, 1);
});

test('a program that does without `performance` still does', () => {
  const asks = `console.log(process.moduleLoadList.filter((name) => /perf/.test(name)).join())`;
  const loadedWith = (...flags: string[]): string => execFileSync(process.execPath, [...flags, '--eval', asks], { encoding: 'utf8' });
  const register = new URL('../../dist/register.js', import.meta.url).href;
  assert.equal(loadedWith('--import', register), loadedWith());
});
