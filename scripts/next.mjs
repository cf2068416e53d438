/**
 * `npm run next`: servers of Next.js under load get a security fix live, from the two published releases and nothing else, and
 * lose it again: 15.2.2, whose middleware can be passed by (CVE-2025-29927), and 16.0.6, which follows properties that a request
 * names and nobody wrote (CVE-2025-55182, of React's server functions).
 *
 *   npm run next                           installs and builds the servers first, some minutes in all
 *   npm run next -- --only 55182           one of them
 *   npm run next -- --node 24 --json       another Node; for machines
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions, usage } from './options.mjs';

const CLIENTS = 8;
const START_LIMIT_MS = 60_000;
const BOUNDARY = '----next';
const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };
/** Tells the server that the request is one of the middleware's own. */
const PASS = { 'x-middleware-subrequest': Array(5).fill('middleware').join(':') };

const CASES = [
  {
    cve: 'CVE-2025-29927',
    from: '15.2.2',
    to: '15.2.3',
    react: '19.0.0',
    isOpen: async (port) => (await ask(port, '/admin', { headers: PASS })).status === 200,
    isServed: async (port) => (await ask(port, '/admin')).status === 403,
  },
  {
    cve: 'CVE-2025-55182',
    from: '16.0.6',
    to: '16.0.7',
    react: '19.2.0',
    // It fails as it follows a property of a property that is not there; the fixed one follows none that are not an object's own.
    isOpen: async (port) => {
      const body = form([
        ['1', '{}'],
        ['0', '["$1:aa:aa"]'],
      ]);
      return (await ask(port, '/count', { method: 'POST', headers: { ...FORM, 'next-action': 'x' }, body })).status === 500;
    },
    isServed: async (port) => {
      const countIn = (text) => Number(/count[^0-9]*([0-9]+)/.exec(text)?.[1]);
      const page = (await ask(port, '/count')).text;
      const action = /\$ACTION_ID_[0-9a-f]+/.exec(page)?.[0];
      const added = await ask(port, '/count', {
        method: 'POST',
        headers: FORM,
        body: form([
          [action, ''],
          ['n', '2'],
        ]),
      });
      return added.status === 200 && countIn((await ask(port, '/count')).text) === countIn(page) + 2;
    },
  },
];

const { values } = readOptions(import.meta.filename, {
  options: { node: { type: 'string', default: '26' }, only: { type: 'string', default: '' }, json: { type: 'boolean', default: false } },
});
const node = nodeBinary(values.node);
const homes = [];
process.on('exit', () => homes.forEach((home) => rmSync(home, { recursive: true, force: true })));

/** Runs to the end; throws what it said where it fails. */
function run(file, args, options) {
  const done = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 1e9, ...options });
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

function ask(port, path, { method = 'GET', headers = {}, body, agent } = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent }, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode, text }), reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

function form(fields) {
  const parts = fields.map(([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
}

async function untilUp(port) {
  for (const end = Date.now() + START_LIMIT_MS; ; await sleep(200)) {
    const up = await ask(port, '/').catch(() => null);
    if (up?.status === 200) return;
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
      const answer = await ask(port, '/', { agent }).catch(() => null);
      counts.requests++;
      if (answer?.status !== 200) counts.failed++;
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

async function close({ from, to, react, isOpen, isServed }) {
  const home = mkdtempSync(join(tmpdir(), 'livepatch-next-'));
  homes.push(home);
  cpSync(join(root, 'scripts', 'next'), home, { recursive: true });
  const dependencies = { next: from, react, 'react-dom': react };
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'next-server', private: true, dependencies }));
  run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'], { cwd: home });
  const next = join(home, 'node_modules/next/dist/bin/next');
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
  run(node, [next, 'build'], { cwd: home, env });
  const port = await freePort();
  const server = spawn(node, ['--import', join(root, 'dist/register.js'), next, 'start', '-p', String(port)], {
    cwd: home,
    env,
    stdio: 'ignore',
  });
  const kill = () => server.kill('SIGKILL');
  process.on('exit', kill);
  await untilUp(port);
  const exploitBefore = await isOpen(port);
  const patch = join(home, 'fix.klp');
  const started = performance.now();
  await livepatch('build', '--package', `next@${from}..${to}`, '-o', patch);
  const buildMs = Math.round(performance.now() - started);
  const stop = load(port);
  await sleep(1000);
  const applied = await livepatch('apply', patch, String(server.pid));
  const exploitAfter = await isOpen(port);
  const served = await isServed(port);
  await sleep(1000);
  await livepatch('revert', 'fix', String(server.pid));
  const exploitReverted = await isOpen(port);
  const servedAgain = await isServed(port);
  const { requests, failed } = await stop();
  kill();
  process.off('exit', kill);
  const isWell = exploitBefore && !exploitAfter && exploitReverted && served && servedAgain && failed === 0;
  return { isWell, requests, failed, exploitBefore, exploitAfter, exploitReverted, served, servedAgain, buildMs, applied };
}

const chosen = CASES.filter(({ cve }) => cve.includes(values.only));
if (chosen.length === 0) usage(`--only takes a part of ${CASES.map(({ cve }) => cve).join(' or ')}, not ${values.only}.`);
const rows = [];
for (const one of chosen) {
  const { cve, from, to } = one;
  const row = { cve, from, to, node: values.node, ...(await close(one)) };
  rows.push(row);
  if (values.json) continue;
  const answer = (open) => (open ? 'open' : 'closed');
  console.log(`${cve}, Next.js ${from} on Node ${values.node}, patch of ${to} built in ${(row.buildMs / 1000).toFixed(1)} s`);
  console.log(`  the hole before the patch  ${answer(row.exploitBefore)}`);
  console.log(`  under the patch            ${answer(row.exploitAfter)}`);
  console.log(`  after the revert           ${answer(row.exploitReverted)}`);
  console.log(`  ordinary use               ${row.served && row.servedAgain ? 'goes on' : 'fails'}`);
  console.log(`  requests, failed           ${row.requests}, ${row.failed}`);
}
if (values.json) console.log(JSON.stringify(rows));
process.exit(rows.every(({ isWell }) => isWell) ? 0 : 1);
