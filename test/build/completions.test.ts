import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';
import type { Files } from './harness.ts';

const parser = `import { complete } from './options.mjs';
export class Parser {
  constructor(options) { this.options = complete(options); this.other = 1; }
  limit() { return this.options.limit; }
  all() { return { ...this.options }; }
}`;
const versions = (before: string, after: string): [Files, Files] => [
  { 'index.mjs': parser, 'options.mjs': before },
  { 'index.mjs': parser, 'options.mjs': after },
];
const before =
  "const defaults = { deep: false, mode: 'loose', make: () => 1 };\nexport const complete = (given) => ({ ...defaults, ...given });";
const after = `const defaults = { deep: false, mode: 'strict', make: () => 1, limit: 10 };
const bound = (n) => (n > 100 ? 100 : n);
export const complete = (given) => {
  const made = Object.assign({}, defaults, given);
  made.limit = bound(made.limit);
  return made;
};`;

test('what a constructor had put together is completed for objects that exist, and given back', async () => {
  const p = await program(...versions(before, after));
  const { Parser } = p.exports;
  const [plain, set, limited] = [new Parser({ extra: 1 }), new Parser({ mode: 'other' }), new Parser({ limit: 500 })];
  const held = plain.options;
  const foreign = new Parser();
  foreign.options = null;
  await p.apply();
  const { make, ...rest } = plain.all();
  assert.deepEqual(rest, { deep: false, mode: 'strict', extra: 1, limit: 10 });
  assert.equal(make(), 1);
  assert.deepEqual([set.all().mode, set.limit(), limited.limit(), foreign.options], ['other', 10, 100, null]);
  assert.equal(new Parser({}).limit(), 10);
  set.options = { limit: 3 };
  await p.revert();
  assert.equal(plain.options, held);
  assert.deepEqual([plain.limit(), limited.limit(), set.limit()], [undefined, 500, 3]);
  assert.deepEqual(p.codes('carried-with-transform'), ['field-converted']);
  assert.deepEqual(p.codes('warning'), []);
  assert.equal(p.patch.mode, 'barrier');
  p.clean();
});

test('in the same module, and of a constructor function', async () => {
  const version = (make: string): string => `function complete(o) { ${make} }
function Server(o) { this.opts = complete(o) }
Server.prototype.max = function () { return this.opts.max };
module.exports = Server;`;
  const p = await program(
    { 'index.js': version('return Object.assign({ min: 1 }, o)') },
    { 'index.js': version('return Object.assign({ min: 1, max: 9 }, o)') },
  );
  const Server = p.exports as unknown as new (o?: object) => { max(): number };
  const [server, given] = [new Server(), new Server({ max: 2 })];
  await p.apply();
  assert.deepEqual([server.max(), given.max()], [9, 2]);
  await p.revert();
  assert.deepEqual([server.max(), given.max()], [undefined, 2]);
  p.clean();
});

test('by entries that take an option each, of those that the old version does not know', async () => {
  const version = (entries: string, more = ''): string => `const complete = (o) => ({ ${entries} });
class Server { constructor(o = {}) { this.opts = complete(o) } all() { return { ...this.opts } } most() { return ${/max/.test(entries) ? 'this.opts.max' : '0'} } }
exports.Server = Server;
${more}`;
  const before = 'min: o.min ?? 1, name: o.name';
  const after = 'min: o.min ?? 1, name: o.name, max: o.max || 9';
  const p = await program({ 'index.js': version(before) }, { 'index.js': version(after) });
  const held = [new p.exports['Server'](), new p.exports['Server']({ min: 4, name: 'x' })];
  await p.apply();
  assert.deepEqual(
    held.map((one) => [one.most(), one.all()]),
    [
      [9, { min: 1, name: undefined, max: 9 }],
      [9, { min: 4, name: 'x', max: 9 }],
    ],
  );
  await p.revert();
  assert.deepEqual(held[1].all(), { min: 4, name: 'x' });
  p.clean();

  const taken = 'exports.most = (o) => o.max;';
  const lost = await program({ 'index.js': version(before, taken) }, { 'index.js': version(after, taken) });
  assert.ok(lost.codes('warning').includes('instances-hold'));
  assert.equal(lost.codes('carried-with-transform').length, 0);
  const other = await program({ 'index.js': version(before) }, { 'index.js': version(after.replace('o.max || 9', 'o.min * 9')) });
  assert.ok(other.codes('warning').includes('instances-hold'));
  for (const one of [lost, other]) one.clean();
});

test('other classes of the module have one of that name on their own objects', async () => {
  const version = (make: string): string => `const complete = (o) => { ${make} };
class Reader { constructor(options) { this.options = options } }
function Writer(options) { this.options = options }
Writer.prototype.min = function () { return this.options.min };
class Parser { constructor(options) { this.options = complete(options) } read() { return [new Reader(this.options).options.max, new Writer(this.options).min()] } }
exports.Parser = Parser;`;
  const p = await program(
    { 'index.js': version('return Object.assign({ min: 1 }, o)') },
    { 'index.js': version('return Object.assign({ min: 1, max: 9 }, o)') },
  );
  const held = new p.exports['Parser']({ extra: 1 });
  await p.apply();
  assert.deepEqual(held.read(), [9, 1]);
  await p.revert();
  assert.deepEqual(held.read(), [undefined, 1]);
  p.clean();
});

test('what may come out otherwise stays as it is, and is told of', async () => {
  const all: Readonly<Record<string, [string, string]>> = {
    'it counts': [before, after.replace('=> {', '=> { calls++;').replace('const bound', 'let calls = 0;\nconst bound')],
    'defaults win': [before.replace('...defaults, ...given', '...given, ...defaults'), after],
    'another object': [before, after.replace("mode: 'strict'", 'mode: { strict: true }').replace("'loose'", "'loose'")],
    'a default that is a function': [before, after.replace('make: () => 1,', 'make: () => 2,')],
    'it is given more': [before.replace('(given)', '(given, more)'), after.replace('(given)', '(given, more)')],
  };
  for (const [name, [a, b]] of Object.entries(all)) {
    const p = await program(...versions(a, b));
    const isTold = p.codes('warning').includes('instances-hold');
    const isConverted = p.codes('carried-with-transform').includes('field-converted');
    // An old primitive is told from what was given; a function of the defaults is patched where it is.
    const carried = name === 'another object' || name === 'a default that is a function';
    assert.deepEqual([isTold, isConverted], [!carried, carried], name);
    p.clean();
  }
  const written = parser.replace('limit() {', 'set(o) { this.options = o }\n  limit() {');
  const p = await program({ 'index.mjs': written, 'options.mjs': before }, { 'index.mjs': written, 'options.mjs': after });
  assert.deepEqual([p.codes('warning'), p.codes('carried-with-transform')], [['instances-hold'], []]);
  p.clean();
});
