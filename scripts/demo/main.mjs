/**
 * The demo as a story: load, exploit, patch the dependency, patch the shop itself, revert, and what the customers saw.
 * Every number it prints was measured in this run. Exits 1 when something that must hold did not.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { root } from '../nodes.mjs';
import { exploit, PROFILE } from './exploit.mjs';
import { ask, Load } from './load.mjs';
import { startServer } from '../server.mjs';

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const CLI = join(root, 'dist', 'cli', 'main.js');
const COMMAND_LIMIT_MS = 20_000;
const CUSTOMERS = 50;
const CHATS = 20;
/** Latency "while patching" is taken over at least this long from the start of a command, so that there is something to take it from. */
const WINDOW_MS = 1000;

const startedAt = performance.now();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const number = (value) => Math.round(value).toLocaleString('en-US');
const color = (style, text) => (process.stdout.isTTY && !process.env.NO_COLOR ? styleText(style, text) : text);

/** One line of the story with the time since the start, or an empty one; with --json nobody reads it. */
function tell(text) {
  if (options.json) return;
  console.log(text && `${color('dim', `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`)}  ${text}`);
}

const scratch = mkdtempSync(join(tmpdir(), 'livepatch-demo-'));
// The shop's control socket goes here, away from those of other processes.
process.env.LIVEPATCH_RUNTIME_DIR = join(scratch, 'run');
process.env.LIVEPATCH_CACHE = join(scratch, 'cache');
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/** Runs a livepatch command and resolves with its JSON and the times of `performance.now()` around it. */
function livepatch(...args) {
  const shown = args.map((arg) => (arg.startsWith(scratch) ? relative(scratch, arg) : arg));
  tell(color('bold', `$ npx livepatch ${shown.join(' ')}`));
  const from = performance.now();
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [CLI, ...args, '--json'],
      { cwd: root, timeout: COMMAND_LIMIT_MS, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const to = performance.now();
        if (error) reject(new Error(`livepatch ${shown.join(' ')} ended with ${error.code ?? error.signal}:\n${stdout}${stderr}`));
        else resolve({ value: JSON.parse(stdout), from, to });
      },
    );
  });
}

async function story() {
  const must = [];
  const check = (ok, what) => {
    if (!ok) must.push(what);
    return ok;
  };

  const shop = await startServer('examples/shop/src/server.js', { options: ['--import', 'livepatch/register'] });
  const { port, pid } = shop;
  shop.child.on('exit', (code, signal) => must.push(`the shop ended with ${signal ?? code}`));
  tell(`A shop (Express, sessions in memory, WebSocket chat) runs on Node ${process.versions.node}, process ${pid}:`);
  tell(color('bold', '$ node --import livepatch/register examples/shop/src/server.js'));

  const load = new Load(port, { users: CUSTOMERS, chats: CHATS });
  await sleep(2000);
  const calmFrom = performance.now();
  await sleep(2500);
  const calm = load.p99([calmFrom, performance.now()]);
  tell(`${CUSTOMERS} customers and ${CHATS} chats are connected: ${number(load.requests)} requests, ${load.failed} failed.`);

  tell('');
  tell('1. A dependency with a hole: json5 2.2.1, CVE-2022-46175');
  const before = await exploit(port);
  check(before.works, 'the exploit must work before the patch');
  tell(`Mallory sends PUT /profile ${PROFILE}`);
  tell(`Mallory sends GET /admin/customers: ${before.read.status} ${color('red', before.read.text.slice(0, 84))}…`);
  const fix = join(scratch, 'json5.klp');
  await livepatch('build', '--from', 'node_modules/json5', '--to', 'node_modules/json5-fixed', '-o', fix);
  const fixed = await livepatch('apply', fix, String(pid));
  tell(outcome(fixed.value));
  const after = await exploit(port);
  check(!after.works, 'the exploit must fail after the patch');
  tell('A new visitor sends the same again.');
  tell(
    `PUT /profile: ${after.saved.status} ${color('green', after.saved.text)}; GET /admin/customers: ${after.read.status} ${color('green', after.read.text)}`,
  );
  await sleep(1000);

  tell('');
  tell('2. A change of the shop itself: price(items) becomes price(items, { currency }), and checkout() with it.');
  const v2 = join(scratch, 'euro.klp');
  await livepatch('build', '--from', 'examples/shop', '--to', 'examples/shop-v2', '-o', v2);
  check(load.underWay > 0, 'checkouts must be under way when their code is replaced');
  tell(`${load.underWay} customers are in the middle of checkout(), which waits twice between its three calls of price().`);
  const patched = await livepatch('apply', v2, String(pid));
  tell(outcome(patched.value));
  check(
    patched.value.replaced.length === 0,
    `the second patch must leave the first in place, it replaced ${patched.value.replaced.join(', ')}`,
  );
  const euros = await servedOnlyBy(load, 'v2', 'v1');
  check(euros.count > 0 && euros.others === 0, `after the patch every checkout must run version 2, ${euros.others} did not`);
  tell(`Since then ${number(euros.count)} checkouts ran version 2, in euros, and none version 1.`);

  tell('');
  tell('3. Second thoughts: back to dollars.');
  const reverted = await livepatch('revert', patched.value.patch, String(pid));
  tell(outcome(reverted.value));
  const dollars = await servedOnlyBy(load, 'v1', 'v2');
  check(dollars.count > 0 && dollars.others === 0, `after the revert every checkout must run version 1, ${dollars.others} did not`);
  tell(`Since then ${number(dollars.count)} checkouts ran version 1, in dollars, and none version 2.`);
  const still = await exploit(port);
  check(!still.works, 'the first patch must stay when the second is reverted');

  const health = JSON.parse((await ask(port, 'GET', '/health')).text);
  check(health.pid === pid, 'the process must be the same');
  await load.stop();
  shop.child.removeAllListeners('exit');
  await shop.stop();

  const commands = [fixed, patched, reverted];
  const during = load.p99(...commands.map(({ from, to }) => [from, Math.max(to, from + WINDOW_MS)]));
  const result = {
    requests: load.requests,
    failed: load.failed,
    mixed: load.mixed,
    dropped: load.dropped,
    exploitBefore: before.works,
    exploitAfter: after.works || still.works,
    applyMs: round(Math.max(...commands.map(({ from, to }) => to - from))),
    convergeMs: round(Math.max(...commands.map(({ value }) => value.convergeMs))),
    p99Before: round(calm.ms),
    p99During: round(during.ms),
    node: process.versions.node,
  };
  check(result.failed === 0, 'no request may fail');
  check(result.mixed === 0, 'no request may see two versions');
  check(result.dropped === 0, 'no connection may be lost');
  for (const { value } of commands) check(value.result === 'complete', 'each transition must complete');
  report(result, load, { health, samples: [calm.samples, during.samples] });
  for (const what of must) console.error(`${color('red', 'MUST')} ${what}`);
  if (must.length > 0) {
    for (const reason of load.reasons) console.error(`  ${reason}`);
    if (shop.complaints()) console.error(`the shop said:\n${shop.complaints()}`);
  }
  return must.length === 0;
}

const round = (ms) => Math.round(ms * 10) / 10;

function outcome(value) {
  if (value.result !== 'complete') return color('red', `${value.result} after ${round(value.convergeMs)} ms`);
  return color(
    'green',
    `complete: ${value.functions} functions, linked in ${round(value.linkMs)} ms, every request converged after ${round(value.convergeMs)} ms`,
  );
}

/** Lets the answers that are on their way arrive, then counts who serves the checkouts from then on. */
async function servedOnlyBy(load, version, other) {
  await sleep(200);
  const before = { ...load.versions };
  await sleep(1500);
  return { count: load.versions[version] - before[version], others: load.versions[other] - before[other] };
}

function report(result, load, { health, samples }) {
  if (options.json) {
    console.log(JSON.stringify(result));
    return;
  }
  const rows = [
    ['requests served', number(result.requests), ''],
    ['failed', number(result.failed), 'must be 0'],
    [
      'mixed versions in one request',
      number(result.mixed),
      `must be 0, of ${number(load.versions.v1 + load.versions.v2 + result.mixed)} checkouts`,
    ],
    ['connections dropped', number(result.dropped), `must be 0, of ${CUSTOMERS} HTTP and ${CHATS} WebSocket`],
    ['chat messages answered', number(load.messages), ''],
    ['exploit before, after', `${result.exploitBefore ? 'works' : 'fails'}, ${result.exploitAfter ? 'works' : 'fails'}`, ''],
    ['slowest command, apply or revert', `${number(result.applyMs)} ms`, 'with the start of the command line tool'],
    ['slowest transition', `${result.convergeMs} ms`, ''],
    ['latency p99 before', `${result.p99Before} ms`, `of ${number(samples[0])} requests that do not wait on purpose`],
    ['latency p99 while patching', `${result.p99During} ms`, `of ${number(samples[1])}, in the second from each command on`],
    ['up time of the process', `${health.uptime.toFixed(1)} s`, `process ${health.pid}, never restarted`],
  ];
  console.log('');
  for (const [name, value, note] of rows) console.log(`  ${name.padEnd(34)}${value.padStart(14)}   ${color('dim', note)}`.trimEnd());
}

try {
  process.exitCode = (await story()) ? 0 : 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
process.exit();
