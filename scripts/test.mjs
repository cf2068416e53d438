/**
 * `npm test`: the checks, the build, the suites on every supported Node, the demo. Runs itself on Node 20 or later.
 *
 *   npm test                                everything
 *   npm test -- --node 26 --only engine     the suites whose path contains "engine", on Node 26 (repeat either)
 *   npm test -- --only checks | demo        only the checks, or only the demo
 *
 * The last line is `N passed, N failed`; the exit code is 1 when anything failed.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODES, nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';

const { values } = readOptions(import.meta.filename, {
  options: { node: { type: 'string', multiple: true }, only: { type: 'string', multiple: true } },
});
const nodes = values.node ?? NODES;
const only = values.only ?? [];
const everything = only.length === 0;
const SUITE_LIMIT_MS = 1_500_000;
const TEST_LIMIT_MS = 600_000;
/** Long, and about a state machine that touches nothing of Node: once is enough. They run on the last Node of the list. */
const ON_ONE_NODE = /^test\/engine\/(?:exhaustive|mutants|simulation)[.]/;

/** Programs of the tests leave nothing in the cache of whoever runs them. */
const cache = mkdtempSync(join(tmpdir(), 'livepatch-test-'));
process.on('exit', () => rmSync(cache, { recursive: true, force: true }));

const total = { passed: 0, failed: 0 };
const started = Date.now();

/** Runs to the end and resolves with what it wrote; a child that outlives `limitMs` is killed and counts as failed. */
function run(command, args, limitMs = SUITE_LIMIT_MS) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LIVEPATCH_CACHE: cache, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    let text = '';
    const take = (chunk) => {
      text += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const timer = setTimeout(() => {
      text += `\nkilled after ${limitMs / 1000} s\n`;
      child.kill('SIGKILL');
    }, limitMs);
    child.on('error', (error) => {
      text += String(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, text });
    });
  });
}

function say(ok, name, startedAt, detail = '') {
  console.log(`${ok ? '✓' : '✗'} ${name}${detail ? `: ${detail}` : ''} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
}

async function step(name, command, args) {
  const at = Date.now();
  const { code, text } = await run(command, args);
  total[code === 0 ? 'passed' : 'failed']++;
  say(code === 0, name, at);
  if (code !== 0) console.log(text.trimEnd().replace(/^/gm, '    '));
  return code === 0;
}

/** The script behind a package's command; run with a Node of ours, so that a `node` on the PATH does not matter. */
function tool(name, command = name) {
  const home = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  return join(home, typeof bin === 'string' ? bin : bin[command]);
}

function suites(directory = 'test') {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'fixtures' || entry.name === 'cases' ? [] : suites(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

async function suite(version, files) {
  const at = Date.now();
  const { code, text } = await run(
    nodeBinary(version),
    [
      '--disable-warning=ExperimentalWarning',
      '--test',
      `--test-concurrency=${Math.max(2, availableParallelism())}`,
      `--test-timeout=${TEST_LIMIT_MS}`,
      '--test-reporter=./scripts/reporter.mjs',
      '--test-reporter-destination=stdout',
      ...files,
    ],
    SUITE_LIMIT_MS,
  );
  const line = text.match(/^#sum .*$/gm)?.at(-1);
  const sum = line ? JSON.parse(line.slice('#sum '.length)) : { passed: 0, failed: 0, skipped: 0, slowest: [] };
  // A run that was killed, or that fails without a test that did.
  if (code !== 0 && (sum.failed === 0 || code === null)) sum.failed++;
  total.passed += sum.passed;
  total.failed += sum.failed;
  const skipped = sum.skipped ? `, ${sum.skipped} skipped` : '';
  say(sum.failed === 0, `suites on Node ${version}`, at, `${sum.passed} passed, ${sum.failed} failed${skipped}`);
  const rest = text.replace(/^#sum .*\n?/gm, '').trimEnd();
  if (rest && (sum.failed || sum.skipped)) console.log(rest);
  console.log(`    slowest: ${sum.slowest.map(([file, seconds]) => `${file} ${seconds.toFixed(0)} s`).join(', ')}`);
}

const modern = nodeBinary('26');
if (everything || only.includes('checks')) {
  await step('format', modern, [tool('oxfmt'), '--check', 'src', 'test', 'scripts', 'examples']);
  await step('lint', modern, [tool('oxlint'), '--type-aware', 'src', 'test', 'scripts', 'examples']);
  await step('types', modern, [tool('typescript', 'tsc')]);
  await step('layers', modern, [tool('dependency-cruiser', 'depcruise'), 'src']);
  await step('lock', modern, ['scripts/lock.mjs', '--check']);
  await step('unused', modern, [tool('knip'), '--no-progress', '--no-config-hints']);
}
await step('build', modern, ['scripts/build.mjs']);

const all = suites();
const files = everything ? all : all.filter((file) => only.some((part) => file.includes(part)));
if (files.length > 0) {
  for (const version of nodes) {
    const here = files.filter((file) => version === nodes.at(-1) || !ON_ONE_NODE.test(file));
    if (here.length > 0) await suite(version, here);
  }
} else if (only.some((part) => part !== 'checks' && part !== 'demo')) {
  console.log(`✗ no suite matches ${only.join(', ')}`);
  total.failed++;
}

if (everything || only.includes('demo')) {
  for (const version of nodes) await step(`demo on Node ${version}`, modern, ['scripts/demo.mjs', '--node', version]);
}

console.log(`\n${((Date.now() - started) / 1000).toFixed(0)} s`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
