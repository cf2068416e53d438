/**
 * npm run packages -- [NAME...] [--node 26] [--json]
 * Puts real packages through their paces with and without livepatch: what each check prints, and how it ends, must be
 * the same to the byte. The checks are in scripts/packages/checks.mjs.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions, usage } from './options.mjs';
import { checks } from './packages/checks.mjs';

const { values, positionals } = readOptions(import.meta.filename, {
  allowPositionals: true,
  options: { node: { type: 'string', default: '26' }, json: { type: 'boolean' } },
});
const names = positionals.length > 0 ? positionals : Object.keys(checks);
const unknown = names.filter((name) => !(name in checks));
if (unknown.length > 0) {
  usage(`No check for ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.`);
}
const scratch = mkdtempSync(join(tmpdir(), 'livepatch-packages-'));
const child = join(root, 'scripts', 'packages', 'child.mjs');
const LIMIT_MS = 300_000;

function run(name, preload) {
  const { promise, resolve } = Promise.withResolvers();
  const started = performance.now();
  const env = { ...process.env, LIVEPATCH_RUNTIME_DIR: scratch, LIVEPATCH_CACHE: join(scratch, 'cache'), NO_COLOR: '1', TZ: 'UTC' };
  const process_ = spawn(nodeBinary(values.node), ['--no-warnings', '--import', preload, child, name], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = ['', '', ''];
  [process_.stdout, process_.stderr, process_.stdio[3]].forEach((stream, i) =>
    stream.setEncoding('utf8').on('data', (text) => (texts[i] += text)),
  );
  const timer = setTimeout(() => process_.kill('SIGKILL'), LIMIT_MS);
  process_.on('close', (code) => {
    clearTimeout(timer);
    const [stdout, stderr, report] = texts;
    resolve({ output: `${stdout}${stderr}exit ${code}`, code, report, seconds: (performance.now() - started) / 1000 });
  });
  return promise;
}

function firstDifference(a, b) {
  const [left, right] = [a.split('\n'), b.split('\n')];
  const at = left.findIndex((line, i) => line !== right[i]);
  return { without: left[at]?.slice(0, 300) ?? '(more lines)', with: right[at]?.slice(0, 300) ?? '(no more lines)' };
}

const results = [];
try {
  for (const name of names) {
    const plain = await run(name, 'data:text/javascript,');
    const live = await run(name, join(root, 'dist', 'register.js'));
    const same = plain.output === live.output && plain.code === 0;
    const { modules = 0, functions = 0 } = live.report === '' ? {} : JSON.parse(live.report);
    results.push({
      name,
      same,
      // A check that fails by itself shows nothing.
      ...(same
        ? {}
        : plain.code === 0
          ? { difference: firstDifference(plain.output, live.output) }
          : { failed: plain.output.slice(-2000) }),
      digest: createHash('sha256').update(plain.output).digest('hex').slice(0, 12),
      bytes: plain.output.length,
      modules,
      functions,
      seconds: { without: Number(plain.seconds.toFixed(2)), with: Number(live.seconds.toFixed(2)) },
    });
    if (!values.json) show(results.at(-1));
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function show({ name, same, difference, failed, digest, bytes, modules, functions, seconds }) {
  if (results.length === 1) console.log('  package       modules  functions    output  digest        without     with');
  const cells = [
    name.padEnd(13),
    String(modules).padStart(7),
    String(functions).padStart(10),
    `${bytes} B`.padStart(10),
    ` ${digest}`,
    `${seconds.without} s`.padStart(8),
    `${seconds.with} s`.padStart(8),
  ];
  console.log(`${same ? '✓' : '✗'} ${cells.join(' ')}`);
  if (difference) console.log(`    without: ${difference.without}\n    with:    ${difference.with}`);
  if (failed) console.log(failed.replace(/^/gm, '    '));
}

const different = results.filter((r) => !r.same).length;
if (values.json) console.log(JSON.stringify({ node: values.node, results }, null, 2));
else console.log(`\n${results.length - different} packages the same, ${different} different`);
process.exitCode = different > 0 ? 1 : 0;
