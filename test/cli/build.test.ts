import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BuildOptions, BuildReport, BuildVerdict, TreeSpec } from '../../src/cli/build-port.ts';
import { treeSpec } from '../../src/cli/commands/build.ts';
import { verdictDetail } from '../../src/cli/output/verdicts.ts';
import { LivepatchError } from '../../src/errors/errors.ts';
import { temporaryDirectory } from '../agent/harness.ts';
import { cli } from './harness.ts';

const carried: BuildVerdict = { verdict: 'carried', code: 'BODY', file: 'server.js', line: 12, path: 'Server#handle', reason: 'body' };
const refused: BuildVerdict = {
  verdict: 'refused',
  code: 'CAPTURE',
  file: 'pool.js',
  line: 7,
  path: 'createPool',
  reason: 'nothing captures "free"',
  excerpt: '\tlet free = [];',
  column: 5,
};

const BUILD = ['build', '--from', 'a', '--to', 'b', '-o', 'fix.klp'] as const;

function report(name: string, verdicts: readonly BuildVerdict[], patch: string | null = 'patch text'): BuildReport {
  return { name, patch, functions: 3, modules: 2, verdicts, recommended: { mode: 'barrier', reason: 'it locks' }, ms: 140, bytes: 12_345 };
}

test('build writes the patch and shows what it carries', async (t) => {
  const directory = temporaryDirectory(t);
  const asked: unknown[] = [];
  const build = (spec: TreeSpec, { name }: { readonly name: string }): BuildReport => {
    asked.push(spec, name);
    return report(name, [
      { ...carried, code: 'function-changed' },
      { ...carried, verdict: 'warning', code: 'computed-at-load', path: '(top level)', reason: 'runs once' },
    ]);
  };
  const { code, out, err } = await cli({ directory, build }, 'build', '--from', 'old', '--to', '/new', '-o', 'fix.klp');
  assert.deepEqual({ code, err }, { code: 0, err: '' });
  assert.deepEqual(asked, [{ kind: 'directories', from: join(directory, 'old'), to: '/new' }, 'fix']);
  assert.equal(
    out,
    [
      'VERDICT  CODE              FUNCTION       AT            NOTE',
      'carried  function-changed  Server#handle  server.js:12',
      'warning  computed-at-load  (top level)    server.js:12  runs once',
      'fix.klp written: 3 functions in 2 modules, 12.3 kB, built in 140 ms.',
      'Recommended mode: barrier, since it locks.',
      '',
    ].join('\n'),
  );
  assert.equal(readFileSync(join(directory, 'fix.klp'), 'utf8'), 'patch text');
});

test('functions of one file that have the same verdict and note share a row, but for those that a release changes', async (t) => {
  const rows = (code: string, file: string, count: number): BuildVerdict[] =>
    Array.from({ length: count }, (_, i) => ({ ...carried, code, file, line: i + 1, path: `f${i}`, reason: 'new value' }));
  const verdicts = [
    ...rows('function-relinked', 'a.js', 4),
    ...rows('function-relinked', 'b.js', 3),
    ...rows('function-changed', 'c.js', 4),
    { ...carried, verdict: 'warning' as const, code: 'function-relinked', file: 'a.js', path: 'g', reason: 'new value' },
  ];
  const { out } = await cli({ directory: temporaryDirectory(t), build: (_, { name }) => report(name, verdicts) }, ...BUILD);
  const shown = out
    .split('\n')
    .slice(1, -3)
    .map((line) => line.split(/ {2,}/).slice(1, 4).join(', '));
  assert.deepEqual(shown, [
    'function-relinked, f0 and 3 more, a.js:1',
    'function-relinked, f0, b.js:1',
    'function-relinked, f1, b.js:2',
    'function-relinked, f2, b.js:3',
    'function-changed, f0, c.js:1',
    'function-changed, f1, c.js:2',
    'function-changed, f2, c.js:3',
    'function-changed, f3, c.js:4',
    'function-relinked, g, a.js:12',
  ]);
});

test('check writes nothing, and needs no name for that', async (t) => {
  const directory = temporaryDirectory(t);
  const build = (_: TreeSpec, { name }: { readonly name: string }): BuildReport => report(name, [carried]);
  const { code, out } = await cli({ directory, build }, 'check', '--from', 'old', '--to', 'new');
  assert.equal(code, 0);
  assert.match(out, /^patch can be carried: 3 functions in 2 modules/m);
  assert.match((await cli({ directory, build }, 'check', '--package', 'qs@6.5.2..6.5.3')).out, /^qs-6\.5\.3 can be carried/m);
  assert.equal((await cli({ directory, build }, 'build', '--from', 'old', '--to', 'new')).code, 2);
});

test('--json has the report and the file, not the patch', async (t) => {
  const directory = temporaryDirectory(t);
  const { out } = await cli(
    { directory, build: (_, { name }) => report(name, [carried]) },
    'build',
    '--package',
    '@scope/qs@6.5.2..6.5.3',
    '--json',
  );
  assert.deepEqual(JSON.parse(out), {
    file: 'scope-qs-6.5.3.klp',
    name: 'scope-qs-6.5.3',
    functions: 3,
    modules: 2,
    verdicts: [carried],
    recommended: { mode: 'barrier', reason: 'it locks' },
    ms: 140,
    bytes: 12_345,
  });
  assert.equal(existsSync(join(directory, 'scope-qs-6.5.3.klp')), true);
});

test('a refused difference: exit 1, its line with a caret, and nothing written', async (t) => {
  const directory = temporaryDirectory(t);
  const build = (): BuildReport => report('fix', [carried, refused], null);
  const { code, out, err } = await cli({ directory, build }, 'build', '--git', 'HEAD~1..HEAD', '-o', 'fix.klp');
  assert.equal(code, 1);
  assert.match(out, /^refused {2}CAPTURE +createPool +pool\.js:7 +nothing captures "free"$/m);
  assert.equal(
    err,
    [
      'refused CAPTURE at pool.js:7, createPool: nothing captures "free"',
      '  7 | \tlet free = [];',
      '    | \t    ^',
      'livepatch: ERR_REFUSED The patch cannot be carried whole: 1 difference(s) refused.',
      '  at pool.js:7:6',
      '  Nothing was written. Change the code as the reasons say, or restart the program for this change.',
      '',
    ].join('\n'),
  );
  assert.equal(existsSync(join(directory, 'fix.klp')), false);
  const json = JSON.parse((await cli({ directory, build }, 'build', '--git', 'HEAD~1..HEAD', '--name', 'fix', '--json')).out) as {
    readonly error: { readonly code: string };
    readonly report: { readonly verdicts: readonly unknown[] };
  };
  assert.equal(json.error.code, 'ERR_REFUSED');
  assert.equal(json.report.verdicts.length, 2);
});

test('what a hook can take care of is refused with the claim that the hook makes', async (t) => {
  const directory = temporaryDirectory(t);
  const ask = async (...codes: string[]): Promise<string> => {
    const rows = codes.map((code) => ({
      ...refused,
      code,
      path: '',
      verdict: code === 'live-data' ? ('needs-hook' as const) : refused.verdict,
    }));
    const build = (): BuildReport => report('fix', rows, null);
    return (await cli({ directory, build }, 'build', '--git', 'HEAD~1..HEAD', '-o', 'fix.klp')).err;
  };
  const claimed = await ask('live-data', 'statement-changed');
  assert.match(claimed, /^needs-hook live-data at pool\.js:7: nothing captures "free"$/m);
  assert.match(claimed, /`export const claims = \['pool\.js live-data', 'pool\.js statement-changed'\]`, and build with --hooks/);
  assert.doesNotMatch(await ask('live-data', 'closure-out-of-reach'), /claims/);
});

test('what is said of the patch as a whole goes to the builder', async (t) => {
  const directory = temporaryDirectory(t);
  const asked: unknown[] = [];
  const build = (_: TreeSpec, options: BuildOptions): BuildReport => (asked.push(options), report('fix', [carried]));
  const trees = ['--from', 'a', '--to', 'b', '-o', 'fix.klp'];
  await cli({ directory, build }, 'build', ...trees);
  await cli(
    { directory, build },
    'build',
    ...trees,
    '--mode',
    'barrier',
    '--no-replace',
    '--requires',
    'first',
    '--state',
    'log level@2',
    '--state',
    '@scope/x@1',
  );
  assert.deepEqual(asked, [
    { name: 'fix' },
    {
      name: 'fix',
      mode: 'barrier',
      replace: false,
      requires: { patch: 'first', complete: true },
      states: [
        { id: 'log level', version: 2 },
        { id: '@scope/x', version: 1 },
      ],
    },
  ]);
  const wrong = await cli({ directory, build }, 'build', ...trees, '--state', 'log');
  assert.deepEqual([wrong.code, /"log" is no state/.test(wrong.err)], [2, true]);
});

test('check says the same and writes nothing', async (t) => {
  const directory = temporaryDirectory(t);
  const { code, out } = await cli(
    { directory, build: (_, { name }) => report(name, [carried]) },
    'check',
    '--from',
    'a',
    '--to',
    'b',
    '--name',
    'fix',
  );
  assert.equal(code, 0);
  assert.match(out, /\nfix can be carried: 3 functions in 2 modules/);
  assert.equal(existsSync(join(directory, 'fix.klp')), false);
  assert.equal(
    (await cli({ directory, build: () => report('fix', [refused], null) }, 'check', '--from', 'a', '--to', 'b', '--name', 'fix')).code,
    1,
  );
});

test('errors of the builder are printed as they are, and steer no terminal', async (t) => {
  const directory = temporaryDirectory(t);
  const of = ' of the new version (b)';
  const build = (): BuildReport => {
    throw new LivepatchError(
      'ERR_SYNTAX',
      { file: 'a.js', of, reason: 'unexpected\ntoken \u001B[2J' },
      { where: { file: '\u009Ba.js', line: 2, column: 0 }, hint: 'Look.\r\u0007' },
    );
  };
  const { code, err } = await cli({ directory, build }, 'build', '--from', 'a', '--to', 'b', '-o', 'x.klp');
  const lines = [
    'livepatch: ERR_SYNTAX a.js of the new version (b) cannot be parsed: unexpected',
    'token  [2J.',
    '  at  a.js:2:1',
    '  Look. ',
    '',
  ];
  assert.deepEqual({ code, err }, { code: 1, err: lines.join('\n') });
});

test('a file that cannot be written is wrong use', async (t) => {
  const directory = temporaryDirectory(t);
  const { code, err } = await cli(
    { directory, build: () => report('fix', [carried]) },
    'build',
    '--from',
    'a',
    '--to',
    'b',
    '-o',
    'no/such/fix.klp',
  );
  assert.equal(code, 2);
  assert.match(err, /Cannot write no\/such\/fix\.klp: ENOENT/);
});

test('the options name one pair of source trees', () => {
  assert.deepEqual(treeSpec({ package: ['qs@6.5.2..6.5.3'] }, '/w'), { kind: 'package', name: 'qs', from: '6.5.2', to: '6.5.3' });
  assert.deepEqual(treeSpec({ git: 'a..b' }, '/w'), { kind: 'git', range: 'a..b', cwd: '/w' });
  for (const flags of [
    {},
    { from: 'a' },
    { to: 'b' },
    { from: 'a', to: 'b', git: 'a..b' },
    { package: ['qs'] },
    { package: ['qs@1.0.0'] },
    { package: ['@1..2'] },
  ]) {
    assert.throws(() => treeSpec(flags, '/w'), { code: 'ERR_USAGE' }, JSON.stringify(flags));
  }
});

test('wrong use of build: exit 2', async () => {
  assert.equal((await cli({ directory: '/nonexistent' }, 'build', '-o', 'x.klp')).code, 2);
  assert.equal((await cli({ directory: '/nonexistent' }, 'build', '--git', 'a..b')).code, 2);
});

test('an excerpt: the caret under the column, else under the first character; several lines as they are', () => {
  assert.match(verdictDetail({ ...refused, excerpt: '  x();', column: undefined as never }), /\n {2}7 \| {3}x\(\);\n {4}\| {3}\^\n$/);
  assert.match(verdictDetail({ ...refused, excerpt: 'a\n^\n' }), /"free"\n {2}a\n {2}\^\n$/);
  assert.match(verdictDetail(carried), /^[^\n]+\n$/);
});

test('of a patch of several packages each place names its package, and what is refused in one can be left as it is', async (t) => {
  const directory = temporaryDirectory(t);
  const compiled = { ...carried, package: 'qs', origin: { file: 'webpack://qs/src/a.ts', line: 3 } };
  const rows = [carried, compiled, { ...carried, package: 'qs' }, { ...refused, package: 'got' }, { ...refused, line: 9, package: 'got' }];
  const asked: unknown[] = [];
  const build = (_: TreeSpec, options: BuildOptions): BuildReport => {
    asked.push(options.without);
    return report('fix', rows, null);
  };
  const { out, err } = await cli({ directory, build }, ...BUILD, '--without', 'tar', '--without', 'x');
  assert.deepEqual(asked, [['tar', 'x']]);
  assert.match(out, / server\.js:12 [^]* webpack:\/\/qs\/src\/a\.ts:3 [^]* qs\/server\.js:12 [^]* got\/pool\.js:7 /);
  assert.match(err, /refused CAPTURE at got\/pool\.js:7, createPool[^]*\n {2}at got\/pool\.js:7[^]*--without got\n/);
  const own = await cli({ directory, build: () => report('fix', [refused], null) }, ...BUILD);
  assert.doesNotMatch(own.err, /--without/);
});
