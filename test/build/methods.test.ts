/** New statements at the top level that call a method of the module, which puts things into what the module holds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LivepatchError } from '../../src/errors/errors.ts';
import { build, program } from './harness.ts';

const REGISTRY = `
class Parser {
  static addUnary(name) { Parser.longest = Math.max(name.length, Parser.longest); Parser.unary[name] = 1; return Parser; }
}
Object.assign(Parser, { unary: { '-': 1 }, longest: 1 });
const parse = (text) => [text in Parser.unary, Parser.longest];
for (const key of ['addUnary']) parse[key] = Parser[key];
exports.parse = parse;
class Types {
  constructor() { this.byName = new Map(); this.count = 0; }
  register(type) { this.byName.set(type.name, type); this.count += 1; return this; }
}
const types = new Types();
types.register({ name: 'a' });
exports.types = types;
`;

test('what the method puts there is there when the patch is complete, and goes with a revert', async () => {
  const p = await program(
    { 'index.js': REGISTRY },
    { 'index.js': `${REGISTRY}parse.addUnary('typeof');\ntypes.register({ name: 'b' });\n` },
  );
  assert.deepEqual(p.codes('carried'), ['table-filled', 'table-filled']);
  const { parse, types } = p.exports;
  const { byName } = types;
  const state = (): unknown => [parse('typeof'), types.count, [...byName.keys()]];
  await p.apply();
  assert.deepEqual(state(), [[true, 6], 2, ['a', 'b']]);
  await p.revert();
  assert.deepEqual(state(), [[false, 1], 1, ['a']]);
});

test('where the program has another function there, nothing is applied', async () => {
  const p = await program({ 'index.js': REGISTRY }, { 'index.js': `${REGISTRY}types.register({ name: 'b' });` });
  const { types } = p.exports;
  let called = 0;
  types.register = () => void called++;
  await assert.rejects(p.apply(), (error: unknown) => error instanceof LivepatchError && error.code === 'ERR_LINK');
  assert.deepEqual([called, types.count], [0, 1]);
});

test('a method that does more, or that the text does not tell, refuses the patch', async () => {
  const other = { 'other.js': 'exports.list = []; exports.tell = () => {}' };
  const cases: readonly (readonly [string, string])[] = [
    ['it calls another module', 'class R { add(x) { this.x = x; other.tell(x) } }\nconst r = new R();'],
    ['it fills what another module holds', 'class R { add(x) { this.x = x; const { list } = other; list.push(x) } }\nconst r = new R();'],
    [
      'it gives a variable another value',
      'let last; class R { add(x) { this.x = x; last = x } }\nconst r = new R(); exports.last = () => last;',
    ],
    ['it calls what may be another', 'class R { add(x) { this.put(x) }\nput(x) { this.x = x } }\nconst r = new R();'],
    ['two have the name', 'class R { add(x) { this.x = x } }\nclass Q { add(x) { this.y = x } }\nconst r = new R(); exports.Q = Q;'],
    ['it changes with the patch', 'class R { add(x) { this.x = [x, 1] } }\nconst r = new R();'],
    ['it calls what changes with the patch', 'const pair = (x) => [x, 1]; class R { add(x) { this.x = pair(x) } }\nconst r = new R();'],
  ];
  for (const [why, text] of cases) {
    const source = (more: string): string => `const other = require('./other');\n${text}\nexports.r = r; exports.f = () => 1;\n${more}`;
    const report = await build(
      { 'index.js': source(''), ...other },
      { 'index.js': source("r.add('b');").replace('[x, 1]', '[x, 2]'), ...other },
    );
    assert.deepEqual(
      [report.patch, report.verdicts.filter(({ verdict }) => verdict === 'refused').map(({ code }) => code)],
      [null, ['statement-changed']],
      why,
    );
  }
});

test('a variable that a new statement gives another value is not a table', async () => {
  const source = 'let list = Object.assign([], { own: 1 });\nfunction add() { list = list.concat(1) }\nexports.get = () => list;\n';
  const report = await build({ 'index.js': source }, { 'index.js': `${source}add();` });
  assert.equal(report.patch, null);
});
