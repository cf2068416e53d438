/**
 * npm run corpus [-- --dir DIR] [--only WORD]... [--json] [--node 22|24|26] [--jobs N] [--bundler NAME [--minify]]
 *
 * Takes each case of a corpus of real security fixes through a real process: the vulnerable release is loaded under the
 * hook, a probe sees it vulnerable, a patch is built from the two published releases, applied to the running process,
 * the probe sees it fixed and ordinary use works, the patch is reverted, the probe sees it vulnerable again.
 *
 * A case whose build or apply is refused is tried again with the author's hook of examples/hooks whose
 * first line names the package and the release, or that is called as the package is, where there is one. Verdicts: automatic, with-hook, refused; wrong when the program does
 * not do what the patch says; error when the case could not be tried. Exit code 1 when any is wrong, 3 when none is, but
 * some could not be tried.
 *
 * With --bundler (esbuild, rolldown, rollup, webpack) each release is one file that the bundler made of it and all that it depends on, with
 * --minify under names that the minifier chose, and the patch is built from two bundles.
 *
 * DIR holds a folder a case with case.json (package, from, to, entry) and probe.mjs (setup, probe, sanity). A probe that goes
 * by how long a call takes (`"timing": true`) is asked up to five times whether the program is vulnerable: a machine may be about
 * as fast as its limit. That it is fixed has to be its first answer: what has been asked before may be remembered.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { exampleHook } from './example-hooks.mjs';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions, usage } from './options.mjs';
import { BUNDLER_NAMES, MINIFIERS, bundledBy } from './bundled.mjs';
import * as releases from './releases.mjs';

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      dir: { type: 'string' },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      node: { type: 'string', default: '26' },
      jobs: { type: 'string', default: '2' },
      limit: { type: 'string' },
      bundler: { type: 'string' },
      minify: { type: 'boolean' },
    },
  },
  { jobs: 1, limit: 1 },
);
const folder = resolve(values.dir ?? join(root, '../shared/corpus/cve'));
if (!existsSync(folder)) {
  usage(`There is no corpus at ${folder}: name one with --dir.`);
}
if (values.bundler !== undefined && !BUNDLER_NAMES.includes(values.bundler))
  usage(`--bundler takes ${BUNDLER_NAMES.join(', ')}, not ${values.bundler}.`);
if (values.minify && !MINIFIERS.includes(values.bundler)) usage(`--minify goes with --bundler and one of ${MINIFIERS.join(', ')}.`);
const { homeOf, install, packageOf } = values.bundler === undefined ? releases : bundledBy(values.bundler, values.minify === true);
const STEP_LIMIT_MS = 60_000;
const TIMING_TRIES = 5;
const scratch = mkdtempSync(join(tmpdir(), 'livepatch-corpus-'));
process.env.LIVEPATCH_RUNTIME_DIR = join(scratch, 'run');
process.env.LIVEPATCH_CACHE = join(scratch, 'cache');
const node = nodeBinary(values.node);

const command = (...args) => releases.livepatch(node, ...args);

/** The process that has the vulnerable release loaded. */
class Target {
  constructor(test, home) {
    this.child = spawn(
      node,
      ['--import', join(root, 'dist/register.js'), join(root, 'scripts/corpus-target.mjs'), test.dir, home, test.package, test.entry],
      {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    this.errors = '';
    this.child.stderr.on('data', (d) => (this.errors += d));
  }

  ask(question) {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error(`no answer to ${question}`)), STEP_LIMIT_MS);
      const ended = () => fail(new Error(`the process ended: ${this.errors.slice(-500)}`));
      this.child.once('exit', ended);
      this.child.once('message', (answer) => {
        clearTimeout(timer);
        this.child.off('exit', ended);
        if (answer.error) fail(new Error(answer.error));
        else done(answer);
      });
      this.child.send(question);
    });
  }

  end() {
    this.child.kill('SIGKILL');
  }
}

async function runCase(test) {
  /** @type {Record<string, any>} */
  const row = {
    id: test.id,
    package: test.package,
    from: test.from,
    to: test.to,
    verdict: 'error',
    buildMs: null,
    bytes: null,
    applyMs: null,
    functions: null,
    reasons: [],
  };
  let target = null;
  try {
    await install(test.package, test.from, test.entry);
    await install(test.package, test.to, test.entry);
    target = new Target(test, homeOf(test.package, test.from, test.entry));
    const vulnerable = async () => {
      let answer = await target.ask('probe');
      for (let i = 1; test.timing === true && i < TIMING_TRIES && answer.verdict !== 'vulnerable'; i++) answer = await target.ask('probe');
      return answer;
    };
    const before = await vulnerable();
    if (before.verdict !== 'vulnerable' || before.sanity !== true) throw new Error(`before the patch: ${JSON.stringify(before)}`);
    const file = join(scratch, `${test.id}.klp`);
    const started = performance.now();
    const live = async (...hooks) => {
      const trees = ['--from', packageOf(test.package, test.from, test.entry), '--to', packageOf(test.package, test.to, test.entry)];
      const built = await command('build', ...trees, '-o', file, '--name', 'fix', '--json', ...hooks);
      // A slow machine says nothing of the patch.
      if (built.code === null) throw new Error(`build: ${built.text}`);
      const report = built.json?.report ?? built.json;
      const verdicts = report?.verdicts ?? [];
      row.buildMs = Math.round(report?.ms ?? performance.now() - started);
      row.warnings = verdicts.filter((v) => v.verdict === 'warning').length;
      if (built.code !== 0) {
        const bad = verdicts.filter((v) => v.verdict === 'refused' || v.verdict === 'needs-hook');
        if (bad.length === 0) return [`build: ${built.text || JSON.stringify(built.json)}`];
        return bad.map((v) => `${v.code} ${v.file}:${v.line} ${v.path}: ${v.reason}`);
      }
      row.bytes = report.bytes;
      row.functions = report.functions;
      const applied = await command('apply', file, String(target.child.pid), '--json', '--timeout', '20s');
      if (applied.code !== 0) return [`apply: ${applied.json?.error?.code ?? ''} ${applied.json?.error?.message ?? applied.text}`];
      row.applyMs = Math.round((applied.json.linkMs + applied.json.convergeMs) * 10) / 10;
      return [];
    };
    let verdict = 'automatic';
    row.reasons = await live();
    const hook = exampleHook(test.package, test.to);
    if (row.reasons.length > 0 && hook !== undefined) {
      verdict = 'with-hook';
      const again = await live('--hooks', hook);
      if (again.length > 0) row.reasons = again.map((reason) => `with its hook: ${reason}`);
      else row.hook = relative(root, hook);
    }
    if (row.applyMs === null) {
      const after = await vulnerable();
      row.verdict = after.verdict === 'vulnerable' ? 'refused' : 'wrong';
      return row;
    }
    const after = await target.ask('probe');
    if (after.verdict !== 'fixed' || after.sanity !== true) {
      row.verdict = 'wrong';
      row.reasons = [`applied, but ${JSON.stringify(after)}`];
      return row;
    }
    const reverted = await command('revert', 'fix', String(target.child.pid), '--json', '--timeout', '20s');
    const last = await vulnerable();
    if (reverted.code !== 0 || last.verdict !== 'vulnerable' || last.sanity !== true) {
      row.verdict = 'wrong';
      row.reasons = [`reverted, but ${JSON.stringify(last)} ${reverted.text}`];
      return row;
    }
    row.verdict = verdict;
  } catch (error) {
    // npm, the probe or the process: nothing is known about the patch, unless it is in force.
    row.verdict = row.applyMs === null ? 'error' : 'wrong';
    row.reasons = [row.applyMs === null ? error.message : `applied, but ${error.message}`];
  } finally {
    target?.end();
  }
  return row;
}

const tests = readdirSync(folder)
  .sort()
  .filter((name) => existsSync(join(folder, name, 'case.json')))
  .filter((name) => !values.only || values.only.some((word) => name.includes(word)))
  .slice(0, values.limit ?? Infinity)
  .map((name) => ({ dir: join(folder, name), ...JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')) }));

const rows = [];
const queue = [...tests];
await Promise.all(
  Array.from({ length: values.jobs }, async () => {
    for (let test = queue.shift(); test; test = queue.shift()) {
      const row = await runCase(test);
      rows.push(row);
      if (!values.json) {
        const figures =
          row.applyMs === null
            ? ''
            : `built in ${row.buildMs} ms, ${(row.bytes / 1000).toFixed(1)} kB, ${row.functions} functions, live in ${row.applyMs} ms`;
        console.log(`${row.verdict.padEnd(10)} ${row.id.padEnd(34)} ${figures}`);
        for (const reason of row.reasons) console.log(`             ${reason.slice(0, 300)}`);
      }
    }
  }),
);
rmSync(scratch, { recursive: true, force: true });
rows.sort((a, b) => (a.id < b.id ? -1 : 1));
const count = (verdict) => rows.filter((row) => row.verdict === verdict).length;
const summary = {
  cases: rows.length,
  automatic: count('automatic'),
  withHook: count('with-hook'),
  refused: count('refused'),
  wrong: count('wrong'),
  errors: count('error'),
  rows,
};
if (values.json) console.log(JSON.stringify(summary));
else {
  const share = summary.cases === 0 ? 'no' : ((100 * summary.automatic) / summary.cases).toFixed(0);
  console.log(
    `\n${summary.automatic} of ${summary.cases} (${share} %) live with no hand-written code, ${summary.withHook} with a hook; ` +
      `${summary.refused} refused, ${summary.wrong} wrong, ${summary.errors} could not be tried`,
  );
}
process.exitCode = summary.wrong > 0 ? 1 : summary.errors > 0 ? 3 : 0;
