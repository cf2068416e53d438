/** Variables that are new, and that a function sets for others: where its old version has run, they are not set. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function told(before: string, after: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.flatMap(({ code, path, line }) => (code === 'not-set-up' ? `${path} ${line}` : []));
}

const program = (start: string, handle: string, more = ''): string =>
  `${more}exports.start = function start(options) { ${start} };\nexports.handle = function handle(given) { ${handle} };\n`;
const OLD = program('return 1;', 'return 2;');
const NEW = 'let limit;\n';

test('a function that others rely on to have run', async () => {
  assert.deepEqual(await told(OLD, program('limit = options.limit;', 'return given < limit;', NEW)), ['exports.start 2']);
  assert.deepEqual(await told(OLD, program('if (options) limit = options.limit;', 'return given < limit;', 'let limit = 5;\n')), [
    'exports.start 2',
  ]);
  const inner = 'limit = options.limit; return (given) => given < limit;';
  assert.deepEqual(await told(program('return (given) => given;', ''), program(inner, '', NEW)), ['exports.start 2']);
  const behind = 'function check(given) { return given < limit }\n';
  assert.deepEqual(await told(OLD, program('limit = options.limit;', 'return check(given);', NEW + behind)), ['exports.start 3']);
  const wrapped = (text: string): string => `(function () { ${text} })();`;
  const after = program('limit = options.limit;', 'return given < limit;', NEW);
  assert.deepEqual(await told(wrapped(OLD), wrapped(after)), ['<iife>/exports.start 2']);
});

test('a global property that nobody knew, under a symbol or a name that nothing declares', async () => {
  const read = 'return given < limit;';
  for (const [name, told1] of [
    ['looseLimit', ['exports.start 1']],
    ["globalThis[Symbol.for('a limit of mine')]", ['exports.start 1']],
    ["globalThis[Symbol.for('start')]", []],
    ["own[Symbol.for('a limit of mine')]", []],
    ['globalThis[options.key]', []],
    ['handle', []],
  ] as const)
    assert.deepEqual(await told(OLD, program(`${name} = options.limit;`, read.replace('limit', name))), told1, name);
  const shadowed = program("globalThis[Symbol.for('a limit of mine')] = options.limit;", read, 'const globalThis = {};\n');
  assert.deepEqual(await told(OLD, shadowed), []);
  const atLoad = `${program('looseLimit = options.limit;', 'return given < looseLimit;')}looseLimit = 5;\n`;
  assert.deepEqual(await told(OLD, atLoad), []);
});

test('what reads it only runs where it has been set', async () => {
  const set = 'limit = options.limit;';
  const check = 'function check(given) { return given < limit }\n';
  const cases: string[] = [
    program(`${set} return check(1);`, 'return 2;', NEW + check),
    program(`${set} return deep(3);`, 'return 2;', `${NEW}${check}function deep(n) { return n ? deep(n - 1) : check(n) }\n`),
    program(`${set} return limit;`, 'return 2;', NEW),
    program(set, 'exports.start(given); return given < limit;', NEW)
      .replace('exports.start(', 'begin(')
      .replace('exports.start = function start', 'exports.start = begin; function begin'),
    program(set, 'return 2;', `${NEW}exports.first = limit;\n`),
  ];
  for (const after of cases) {
    const before = after.includes('function begin')
      ? OLD.replace('exports.start = function start', 'exports.start = begin; function begin')
      : OLD;
    assert.deepEqual(await told(before, after), [], after);
  }
});

test('what a call sets for as long as it lasts, what is set as the module loads, and what the running module has', async () => {
  const reads = 'return given < limit;';
  const cases: [before: string, after: string][] = [
    [OLD, program('limit = options.limit; run(); limit = undefined;', reads, `${NEW}function run() {}\n`)],
    [OLD, program('limit = options.limit;', reads, `${NEW}limit = 7;\n`)],
    [OLD, program('limit = undefined;', reads, NEW)],
    [OLD, program('limit = 5;', reads, 'let limit = 5;\n')],
    [OLD, program('limit ??= options.limit;', reads, NEW)],
    [OLD, program('if (!limit) limit = options.limit;', reads, NEW)],
    [OLD, program('let limit = options.limit; limit = 2; return () => limit;', 'return 3;')],
    [program('', reads, NEW), program('limit = options.limit;', reads, NEW)],
  ];
  for (const [before, after] of cases) assert.deepEqual(await told(before, after), [], after);
});
