/** What else looks at a program's code finds what it would find without livepatch: loader hooks, coverage, the debugger. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('./cases/tools/', import.meta.url));
const register = fileURLToPath(new URL('../../dist/register.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'lp-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const REPORT = `data:text/javascript,process.on('exit',()=>console.error(globalThis[Symbol.for('livepatch.runtime')]?.doctor().process.functions))`;

function run(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<{ stdout: string; stderr: string }> {
  const { promise, resolve } = Promise.withResolvers<{ stdout: string; stderr: string }>();
  const child = spawn(process.execPath, ['--no-warnings', ...args, join(folder, file)], {
    env: { ...process.env, LIVEPATCH_RUNTIME_DIR: scratch, LIVEPATCH_CACHE: join(scratch, 'cache'), ...env },
  });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (out.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (out.stderr += data.toString()));
  child.on('close', () => resolve(out));
  return promise;
}

const preload = (...modules: string[]): string[] => modules.flatMap((module) => ['--import', module]);

for (const [name, hook, file] of [
  ['registerHooks', 'hook.mjs', 'program.cjs'],
  ['module.register', 'async-hook.mjs', 'program.mjs'],
] as const) {
  for (const order of ['before', 'after']) {
    test(`hooks of another tool by ${name}, registered ${order} livepatch's`, async () => {
      const other = join(folder, hook);
      const plain = await run(file, preload(other));
      const live = await run(file, preload(...(order === 'before' ? [other, register] : [register, other]), REPORT));
      assert.equal(live.stdout, plain.stdout);
      assert.match(live.stdout, /added by a hook/);
      assert.match(live.stderr, /^[1-9]\d*$/m, 'the program was not instrumented');
    });
  }
}

interface Range {
  startOffset: number;
  endOffset: number;
  count: number;
}
interface Coverage {
  result: { url: string; functions: { functionName: string; ranges: Range[] }[] }[];
  'source-map-cache'?: Record<string, { lineLengths: number[]; data: { mappings: string; sources: string[] } }>;
}

/** How often each named function of the program ran, and the lines that never did. */
async function coverage(args: readonly string[], name: string): Promise<{ calls: string[]; idle: number[] }> {
  const directory = join(scratch, name);
  await run('program.cjs', args, { NODE_V8_COVERAGE: directory });
  const url = pathToFileURL(join(folder, 'program.cjs')).href;
  for (const file of readdirSync(directory)) {
    const report = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Coverage;
    const script = report.result.find((r) => r.url === url);
    if (!script) continue;
    const lengths =
      report['source-map-cache']?.[url]?.lineLengths ??
      readFileSync(join(folder, 'program.cjs'), 'utf8')
        .split('\n')
        .map((l) => l.length);
    const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((a, b) => a + b + 1, 0));
    const lineOf = (offset: number): number => starts.findLastIndex((s) => s <= offset) + 1;
    const named = script.functions.filter((f) => /^(?:twice|never|later|pick)$/.test(f.functionName));
    return {
      calls: named.map(
        (f) => `${f.functionName} ${f.ranges[0]!.count} from line ${lineOf(f.ranges[0]!.startOffset)} to ${lineOf(f.ranges[0]!.endOffset)}`,
      ),
      idle: named.filter((f) => f.ranges[0]!.count === 0).map((f) => lineOf(f.ranges[0]!.startOffset)),
    };
  }
  throw new Error('no coverage of the program');
}

test('coverage counts the same calls on the same lines', async () => {
  const plain = await coverage([], 'plain');
  assert.deepEqual(plain.idle, [7]);
  assert.deepEqual(await coverage(['--enable-source-maps', ...preload(register)], 'live'), plain);
});

/** Runs the program under a debugger that a worker drives. */
const DEBUGGER = `
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
const [, file, ...lines] = process.argv;
const worker = new Worker(\`
const { Session } = require('node:inspector/promises');
const { parentPort, workerData: lines } = require('node:worker_threads');
const session = new Session();
session.connectToMainThread();
session.on('Debugger.paused', async ({ params: { callFrames: [frame], hitBreakpoints } }) => {
  const { result } = await session.post('Debugger.evaluateOnCallFrame', { callFrameId: frame.callFrameId, expression: 'typeof n + " " + typeof sum' });
  console.log('paused in', frame.functionName, 'line', frame.location.lineNumber + 1, hitBreakpoints.length, result.value);
  await session.post('Debugger.resume');
});
setInterval(() => {}, 1000);
(async () => {
  await session.post('Debugger.enable');
  for (const line of lines) await session.post('Debugger.setBreakpointByUrl', { lineNumber: line - 1, urlRegex: 'program[.]cjs$' });
  parentPort.postMessage('ready');
})();
\`, { eval: true, workerData: lines.map(Number), execArgv: [] });
await new Promise((r) => worker.once('message', r));
createRequire(file)(file);
setTimeout(() => worker.terminate(), 300);
`;

function debug(args: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const child = spawn(
    process.execPath,
    ['--no-warnings', ...args, '--input-type=module', '-e', DEBUGGER, join(folder, 'program.cjs'), '5', '13', '15'],
    {
      env: { ...process.env, LIVEPATCH_RUNTIME_DIR: scratch, LIVEPATCH_CACHE: join(scratch, 'cache') },
    },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (text += data.toString()));
  child.on('close', () => resolve(text));
  return promise;
}

test("the debugger's breakpoints bind to lines and hit on them", async () => {
  const plain = await debug([]);
  assert.match(plain, /paused in twice line 5 1 number/);
  assert.match(plain, /paused in later line 13 1 undefined number/);
  assert.equal(await debug(preload(register)), plain);
});
