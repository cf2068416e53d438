/**
 * npm run survey [-- --list FILE] [--only WORD]... [--json] [--node 22|24|26] [--jobs N] [--calls N] [--window]
 *
 * Takes published fixes of npm packages, a line each (`package from to`), through a real process with no hand-written
 * code: the old release is loaded under the hook, the patch is built from the two published releases, applied and
 * reverted. What the package exports is called at random before, between and after, and compared with what a fresh
 * process of the release gives that should be in force; calls that differ between two fresh processes do not count.
 *
 * same: no call told the difference. flagged: one did, and the report had warned. differs: one did, and it had not.
 * With --window a task holds the transition open meanwhile: calls of other tasks are compared with the new release, and
 * calls of that task with the old one. What differs there alone is `in the window`: flagged where the report has said that
 * what objects hold changes early or late, and differs where it has not.
 *
 * refused: no patch was built, or the process refused it; the reasons follow. error: it could not be tried.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary, root } from './nodes.mjs';
import { readOptions } from './options.mjs';
import { homeOf, install, livepatch, packageOf } from './releases.mjs';

const { values } = readOptions(
  import.meta.filename,
  {
    options: {
      list: { type: 'string', default: join(root, 'scripts/survey/fixes.txt') },
      only: { type: 'string', multiple: true },
      json: { type: 'boolean' },
      node: { type: 'string', default: '26' },
      jobs: { type: 'string', default: '2' },
      calls: { type: 'string', default: '12' },
      window: { type: 'boolean', default: false },
    },
  },
  { jobs: 1, calls: 1 },
);
const STEP_LIMIT_MS = 60_000;
const SHOWN = 3;
const scratch = mkdtempSync(join(tmpdir(), 'livepatch-survey-'));
process.env.LIVEPATCH_RUNTIME_DIR = join(scratch, 'run');
process.env.LIVEPATCH_CACHE = join(scratch, 'cache');
const node = nodeBinary(values.node);

const command = (...args) => livepatch(node, ...args);

class Target {
  /** `files` of the package are loaded by themselves, besides its entry. */
  constructor(name, home, hooked, files = [], held = '') {
    const flags = hooked ? ['--import', join(root, 'dist/register.js')] : [];
    const folder = mkdtempSync(join(scratch, 'cwd-'));
    const settings = [home, name, String(values.calls), ...files];
    this.child = spawn(node, ['--no-warnings', ...flags, join(root, 'scripts/survey/target.mjs'), ...settings], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      cwd: folder,
      env: { ...process.env, SURVEY_HELD: held },
    });
  }

  answer() {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => fail(new Error('the program does not answer')), STEP_LIMIT_MS);
      const ended = () => fail(new Error('the program ended'));
      this.child.once('exit', ended);
      this.child.once('message', (answer) => {
        clearTimeout(timer);
        this.child.off('exit', ended);
        if (answer.error) fail(new Error(answer.error));
        else done(answer.lines);
      });
    });
  }

  observe(how = 'observe') {
    const answer = this.answer();
    this.child.send(how);
    return answer;
  }

  end() {
    this.child.kill('SIGKILL');
  }
}

/** What two fresh processes agree on, in each of `rounds` rounds. */
async function agreed(name, version, rounds, files) {
  const observed = [];
  for (let i = 0; i < 2; i++) {
    const target = new Target(name, homeOf(name, version), false, files);
    try {
      await target.answer();
      const own = [];
      for (let round = 0; round < rounds; round++) own.push(await target.observe());
      observed.push(own);
    } finally {
      target.end();
    }
  }
  return observed[0].map((lines, round) => {
    const other = new Set(observed[1][round]);
    return lines.filter((line) => other.has(line));
  });
}

const HELD = 'livepatch-held.cjs';
const held = (n) => `exports.hold = async (work, end) => { await (await work)(); await end; return ${n}; };\n`;

/** Both releases with a file more, whose function can be held; and where the program finds it. */
function withHeld(name, from, to) {
  const folder = mkdtempSync(join(scratch, 'held-'));
  const trees = [from, to].map((version, n) => {
    const home = join(folder, String(n));
    // As links, since a release can be large with all that it depends on.
    execFileSync('cp', ['-al', homeOf(name, version), home]);
    const tree = join(home, 'node_modules', name);
    writeFileSync(join(tree, HELD), held(n));
    return tree;
  });
  const place = join(folder, 'place');
  mkdirSync(place);
  writeFileSync(join(place, HELD), held(0));
  cpSync(join(trees[0], 'package.json'), join(place, 'package.json'));
  return { trees, place: join(place, HELD) };
}

/** What these change is there before the last old task has ended, or only then. */
const EARLY_OR_LATE = /^(table|export|property|member|field)-/;

const keyOf = (line) => /^\S*/.exec(line)[0];
/** Lines of `wanted` that `got` does not have; the line that it has instead. */
function differences(wanted, got) {
  const have = new Map(got.map((line) => [keyOf(line), line]));
  return wanted
    .filter((line) => have.get(keyOf(line)) !== line)
    .map((line) => {
      const other = have.get(keyOf(line)) ?? '';
      let at = keyOf(line).length;
      while (at < line.length && line[at] === other[at]) at++;
      const around = (text) => JSON.stringify(text.slice(Math.max(0, at - 30), at + 60));
      return `${keyOf(line)}: ${around(line)} wanted, ${around(other)} found`;
    });
}

async function survey({ name, from, to }) {
  /** @type {Record<string, any>} */
  const row = { package: name, from, to, result: 'error', reasons: [], warnings: [], calls: 0, changed: 0 };
  let target = null;
  try {
    await install(name, from);
    await install(name, to);
    const { trees, place } = values.window ? withHeld(name, from, to) : { trees: [packageOf(name, from), packageOf(name, to)], place: '' };
    const file = join(scratch, `${name.replace('/', '+')}-${to}.klp`);
    const built = await command('build', '--from', trees[0], '--to', trees[1], '-o', file, '--name', 'fix', '--json');
    const report = built.json?.report ?? built.json;
    const verdicts = report?.verdicts ?? [];
    row.warnings = verdicts.filter((v) => v.verdict === 'warning').map((v) => `${v.code} ${v.file}:${v.line} ${v.path}: ${v.reason}`);
    row.buildMs = report?.ms;
    if (built.code !== 0) {
      const bad = verdicts.filter((v) => v.verdict === 'refused' || v.verdict === 'needs-hook');
      row.result = 'refused';
      row.reasons =
        bad.length === 0
          ? [`build: ${built.text || JSON.stringify(built.json)}`]
          : bad.map((v) => `${v.code} ${v.file}:${v.line} ${v.path}: ${v.reason} | ${v.excerpt}`);
      return row;
    }
    row.bytes = report.bytes;
    row.functions = report.functions;
    target = new Target(name, homeOf(name, from), true, [], place);
    await target.answer();
    let files = [];
    const checked = await command('check', file, String(target.child.pid), '--json');
    if (JSON.stringify(checked.json)?.includes('ERR_NOT_LOADED')) {
      // The entry does not lead to what is patched.
      target.end();
      files = [...new Set(verdicts.filter((v) => v.code === 'function-changed').map((v) => v.file))].slice(0, 4);
      target = new Target(name, homeOf(name, from), true, files, place);
      await target.answer();
    }
    const window = values.window ? 2 : 0;
    const old = await agreed(name, from, 3 + window, files);
    const fresh = await agreed(name, to, 2 + window, files);
    const before = differences(old[0], await target.observe());
    if (before.length > 0) throw new Error(`under the hook already: ${before[0]}`);
    const pid = String(target.child.pid);
    const applying = command('apply', file, pid, '--json', '--timeout', values.window ? '55s' : '20s');
    if (values.window) {
      let transition = null;
      const over = applying.then(() => (transition ??= 'over'));
      while (transition === null) transition = (await command('status', pid, '--json')).json?.processes?.[0]?.transition ?? transition;
      if (transition !== 'over') {
        const called = (lines) => lines.filter((line) => keyOf(line).includes('#'));
        const seen = { new: differences(fresh[1], await target.observe()), old: null };
        seen.old = differences(called(old[2]), await target.observe('held'));
        row.window = seen;
        target.child.send('release');
      }
      await over;
    }
    const applied = await applying;
    if (applied.code !== 0) {
      row.result = 'refused';
      row.reasons = [`apply: ${applied.json?.error?.code ?? ''} ${applied.json?.error?.message ?? applied.text}`];
      return row;
    }
    const wanted = fresh[1 + window];
    row.calls = wanted.length;
    row.changed = differences(old[2 + window], wanted).length;
    const patched = differences(wanted, await target.observe());
    const reverted = await command('revert', 'fix', pid, '--json', '--timeout', '20s');
    if (reverted.code !== 0) throw new Error(`revert: ${reverted.text}`);
    const after = differences(old[2 + window], await target.observe());
    const reasons = [...patched.map((line) => `patched: ${line}`), ...after.map((line) => `reverted: ${line}`)];
    if (row.window) {
      // What stays as it is afterwards is no matter of the window.
      const later = new Set(patched.map(keyOf));
      row.window.new = row.window.new.filter((line) => !later.has(keyOf(line)));
    } else if (values.window) throw new Error('the transition was over before anything could be called in it');
    const inWindow = Object.entries(row.window ?? {}).flatMap(([side, lines]) => lines.map((line) => `in the window, ${side}: ${line}`));
    row.reasons = [...inWindow, ...reasons];
    const unsaid =
      (reasons.length > 0 && row.warnings.length === 0) || (inWindow.length > 0 && !verdicts.some(({ code }) => EARLY_OR_LATE.test(code)));
    row.result = row.reasons.length === 0 ? 'same' : unsaid ? 'differs' : 'flagged';
  } catch (error) {
    row.reasons = [error.message];
  } finally {
    target?.end();
  }
  return row;
}

const fixes = readFileSync(values.list, 'utf8')
  .split('\n')
  .map((line) => line.replace(/#.*/, '').trim())
  .filter((line) => line !== '' && (!values.only || values.only.some((w) => line.includes(w))))
  .map((line) => {
    const [name, from, to] = line.split(/\s+/);
    return { name, from, to };
  });
const rows = [];
const queue = [...fixes];
await Promise.all(
  Array.from({ length: values.jobs }, async () => {
    for (let fix = queue.shift(); fix; fix = queue.shift()) {
      const row = await survey(fix);
      rows.push(row);
      if (values.json) continue;
      console.log(
        `${row.result.padEnd(8)} ${`${row.package} ${row.from}..${row.to}`.padEnd(44)} ${row.functions ?? '-'} functions, ${row.calls} calls, ${row.changed} of them changed`,
      );
      for (const reason of row.reasons.slice(0, SHOWN)) console.log(`           ${reason.slice(0, 400)}`);
      if (row.reasons.length > SHOWN) console.log(`           and ${row.reasons.length - SHOWN} more`);
      if (row.result === 'flagged' || row.result === 'differs')
        for (const warning of row.warnings.slice(0, SHOWN)) console.log(`           warned: ${warning.slice(0, 300)}`);
    }
  }),
);
rmSync(scratch, { recursive: true, force: true });
rows.sort((a, b) => (`${a.package} ${a.to}` < `${b.package} ${b.to}` ? -1 : 1));
const count = (result) => rows.filter((row) => row.result === result).length;
const summary = { fixes: rows.length, ...Object.fromEntries(['same', 'flagged', 'differs', 'refused', 'error'].map((r) => [r, count(r)])) };
if (values.json) console.log(JSON.stringify({ ...summary, rows }));
else {
  const tried = rows.length - summary.error;
  const live = summary.same + summary.flagged + summary.differs;
  console.log(
    `\n${live} of ${tried} (${tried === 0 ? 'no' : ((100 * live) / tried).toFixed(0)} %) went live with no hand-written code: ${summary.same} same, ${summary.flagged} flagged, ${summary.differs} differ; ${summary.refused} refused, ${summary.error} could not be tried`,
  );
}
process.exitCode = summary.differs > 0 ? 1 : 0;
