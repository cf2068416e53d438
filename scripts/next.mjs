/**
 * `npm run next`: a Next.js 15.2.2 server under load, whose middleware can be passed by (CVE-2025-29927), gets the fix of
 * 15.2.3 live, from the two published releases and nothing else, and loses it again.
 *
 *   npm run next                           installs and builds the server first, some minutes in all
 *   npm run next -- --node 24 --json       another Node; for machines
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const [FROM, TO] = ['15.2.2', '15.2.3'];
const CLIENTS = 8;
const START_LIMIT_MS = 60_000;
/** Tells the server that the request is one of the middleware's own. */
const PASS = { 'x-middleware-subrequest': Array(5).fill('middleware').join(':') };

const { values } = readOptions(import.meta.filename, {
  options: { node: { type: 'string', default: '26' }, json: { type: 'boolean', default: false } },
});
const node = nodeBinary(values.node);
const home = mkdtempSync(join(tmpdir(), 'livepatch-next-'));
process.on('exit', () => rmSync(home, { recursive: true, force: true }));

/** Runs to the end; throws what it said where it fails. */
function run(file, args, options = {}) {
  const done = spawnSync(file, args, { cwd: home, encoding: 'utf8', maxBuffer: 1e9, ...options });
  if (done.status !== 0)
    throw new Error(`${file} ${args.join(' ')} ended with ${done.status}:\n${done.stderr || done.stdout}`.slice(0, 2000));
  return done.stdout;
}

/** As `run`, beside the load. */
async function livepatch(...args) {
  const child = spawn(node, [join(root, 'dist/cli/main.js'), ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, said] = ['', ''];
  child.stdout.on('data', (data) => (out += data));
  child.stderr.on('data', (data) => (said += data));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`livepatch ${args[0]} ended with ${code}:\n${said || out}`.slice(0, 2000));
  return JSON.parse(out);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}

function ask(port, path, headers = {}, agent = undefined) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, headers, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

async function untilUp(port) {
  for (const end = Date.now() + START_LIMIT_MS; ; await sleep(200)) {
    const status = await ask(port, '/').catch(() => 0);
    if (status === 200) return;
    if (Date.now() > end) throw new Error('the server did not start');
  }
}

/** Requests one after another on each of some connections, until it is stopped. */
function load(port) {
  const counts = { requests: 0, failed: 0 };
  const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
  let isOver = false;
  const client = async () => {
    while (!isOver) {
      const status = await ask(port, '/', {}, agent).catch(() => 0);
      counts.requests++;
      if (status !== 200) counts.failed++;
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return async () => {
    isOver = true;
    await Promise.all(clients);
    agent.destroy();
    return counts;
  };
}

if (!existsSync(join(root, 'dist', 'register.js'))) {
  console.error('dist is missing: run npm run build first');
  process.exit(2);
}
cpSync(join(root, 'scripts', 'next'), home, { recursive: true });
const dependencies = { next: FROM, react: '19.0.0', 'react-dom': '19.0.0' };
writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'next-server', private: true, dependencies }));
run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']);
const next = join(home, 'node_modules/next/dist/bin/next');
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
run(node, [next, 'build'], { env });
const port = await freePort();
const server = spawn(node, ['--import', join(root, 'dist/register.js'), next, 'start', '-p', String(port)], {
  cwd: home,
  env,
  stdio: 'ignore',
});
process.on('exit', () => server.kill('SIGKILL'));
await untilUp(port);
const isOpen = async () => (await ask(port, '/admin', PASS)) === 200;
const exploitBefore = await isOpen();
const patch = join(home, 'fix.klp');
const started = performance.now();
await livepatch('build', '--package', `next@${FROM}..${TO}`, '-o', patch);
const buildMs = Math.round(performance.now() - started);
const stop = load(port);
await sleep(1000);
const applied = await livepatch('apply', patch, String(server.pid));
const exploitAfter = await isOpen();
const denied = (await ask(port, '/admin')) === 403;
await sleep(1000);
await livepatch('revert', 'fix', String(server.pid));
const exploitReverted = await isOpen();
const { requests, failed } = await stop();
server.kill('SIGKILL');
const isWell = exploitBefore && !exploitAfter && exploitReverted && denied && failed === 0;
const figures = { requests, failed, exploitBefore, exploitAfter, exploitReverted, denied, buildMs, applied, node: values.node };
if (values.json) console.log(JSON.stringify(figures));
else {
  const answer = (open) => (open ? 'passes the middleware' : 'is denied');
  console.log(`Next.js ${FROM} on Node ${values.node}, patch of ${TO} built in ${(buildMs / 1000).toFixed(1)} s`);
  console.log(`  exploit before the patch   ${answer(exploitBefore)}`);
  console.log(`  exploit under the patch    ${answer(exploitAfter)}`);
  console.log(`  exploit after the revert   ${answer(exploitReverted)}`);
  console.log(`  requests, failed           ${requests}, ${failed}`);
}
process.exit(isWell ? 0 : 1);
