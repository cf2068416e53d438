/** A function that gives way to a value of another kind: one of another package or file, one that a call makes or a condition chooses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const SOURCE = `function extend(target, ...sources) { for (const s of sources) for (const k in s) target[k] = s[k]; return target }
exports.extend = extend;
exports.join = function (...parts) { return parts.join('|') };
exports.twice = (x) => exports.join(x, x);
`;
const merge =
  'module.exports = function merge(target, ...sources) { return Object.assign(target, ...sources, { merged: arguments.length }) };';
const files = (made = merge): Record<string, string> => ({ 'index.js': SOURCE, 'node_modules/safe-merge/index.js': made });
const after = SOURCE.replace(/^function extend.*\n/, '')
  .replace('exports.extend = extend', "exports.extend = require('safe-merge')")
  .replace(/exports\.join = .*/, "const path = require('node:path');\nexports.join = path.posix.join;");

test('who holds the function calls the other one, and what was there again after a revert', async () => {
  const p = await program(files(), { 'index.js': after });
  assert.deepEqual(p.codes('warning'), ['arguments-seen', 'function-stands-in', 'function-stands-in']);
  const { extend, join, twice } = p.exports;
  await p.apply();
  assert.deepEqual(
    [extend({}, { a: 1 }, { b: 2 }), p.exports['extend']({}), extend.name],
    [{ a: 1, b: 2, merged: 3 }, { merged: 1 }, 'extend'],
  );
  assert.deepEqual([join('a', '..', 'b'), twice('c')], ['b', 'c/c']);
  await p.revert();
  assert.deepEqual([extend({}, { a: 1 }), join('a', 'b'), twice('c')], [{ a: 1 }, 'a|b', 'c|c']);
});

test('a process in which the other package gives no function refuses the patch', async () => {
  const p = await program(files('module.exports = { merge: 1 };'), { 'index.js': after });
  await assert.rejects(p.apply(), { code: 'ERR_LINK' });
  assert.deepEqual(p.exports['extend']({}, { a: 1 }), { a: 1 });
});

test('what may be a constructor, and what goes on under its name, is as ever', async () => {
  const codes = async (before: string, now: string): Promise<readonly string[]> => {
    const report = await build({ 'index.js': before }, { 'index.js': now });
    return report.verdicts.filter(({ verdict }) => verdict === 'refused').map(({ code }) => code);
  };
  const other = "exports.Box = require('node:events').EventEmitter;";
  assert.deepEqual(await codes('exports.Box = function () { this.x = 1 };', other), ['value-replaced']);
  assert.deepEqual(await codes('exports.Box = class {};', other), ['value-replaced']);
  assert.deepEqual(await codes('exports.Box = async function () {};', other), ['value-replaced']);
  assert.deepEqual(
    await codes(
      'function f() {}\nexports.f = f; exports.g = [f];',
      "function f() {}\nexports.f = require('node:path').join; exports.g = [f];",
    ),
    ['value-replaced'],
  );
});

const COUNT = 'function counted(fn) { return function () { return `${arguments.length} ${fn.apply(this, arguments)}` } }\n';
const OLD = `${COUNT}function parse(text) { return \`\${text}\` }\nexports.parse = parse;\nexports.twice = (text) => parse(text) + parse(text);\n`;
const MADE = 'counted((text) => `new ${text}`)';
const module = (code: string): Record<string, string> => ({ 'index.js': code });

/** What who holds the function gets with the patch, and what is said. */
async function led(before: Record<string, string>, after: Record<string, string>): Promise<readonly unknown[]> {
  const p = await program(before, after);
  const held = (p.exports['parse'] ?? p.exports) as (text: string) => string;
  assert.equal(held('a'), 'a');
  await p.apply();
  const then = held('a');
  if (p.exports['twice']) assert.equal(p.exports['twice']('b'), held('b') + held('b'));
  assert.ok(p.exports['parse'] === undefined || p.exports['parse'] === held);
  await p.revert();
  assert.equal(held('a'), 'a');
  return [then, ...p.codes('warning')];
}

test('who holds the function calls one that a call makes, or a condition chooses', async () => {
  const seen = ['arguments-seen', 'function-stands-in'];
  const named = OLD.replace(/function parse.*/, `const parse = ${MADE};`);
  assert.deepEqual(await led(module(OLD), module(named)), ['1 new a', ...seen]);
  assert.deepEqual(await led(module(OLD.replace('function parse(text)', 'const parse = (text) =>')), module(named)), ['1 new a', ...seen]);
  assert.deepEqual(await led(module(OLD), module(named.replace('const parse', 'var other = 1, parse'))), ['1 new a', ...seen]);
  const other = OLD.replace(/function parse.*/, `const made = ${MADE};`).replaceAll(/\bparse(?=[(;])/g, 'made');
  assert.deepEqual(await led(module(OLD), module(other)), ['1 new a', ...seen]);
  const { verdicts } = await build(module(OLD), module(named));
  assert.equal(verdicts.filter(({ code }) => code === 'constant-added').length, 1);
  assert.deepEqual(await led(module(`${OLD}exports.all = [parse];`), module(`${other}exports.all = [made];`)), ['1 new a', ...seen]);
  const chosen = OLD.replace(/function parse.*/, 'const parse = process.pid > 0 ? (text) => `new ${text}` : (text) => text;');
  assert.deepEqual(await led(module(OLD), module(chosen)), ['new a', ...seen]);
  const direct = `${COUNT}exports.parse = (text) => text;`;
  assert.deepEqual(await led(module(direct), module(`${COUNT}exports.parse = ${MADE};`)), ['1 new a', ...seen]);
  const entry = `${COUNT}module.exports = { parse: function (text) { return text } };`;
  assert.deepEqual(await led(module(entry), module(`${COUNT}module.exports = { parse: ${MADE} };`)), ['1 new a', ...seen]);
  const method = `${COUNT}module.exports = { parse(text) { return text } };`;
  assert.deepEqual(await led(module(method), module(`${COUNT}module.exports = { parse: ${MADE} };`)), ['1 new a', ...seen]);
  const short = `${COUNT}const parse = ${MADE};\nmodule.exports = { parse };`;
  assert.deepEqual(await led(module(entry), module(short)), ['1 new a', ...seen]);
  const shorter = `${COUNT}function parse(text) { return text }\nmodule.exports = { parse };`;
  assert.deepEqual(await led(module(shorter), module(`${COUNT}module.exports = { parse: ${MADE} };`)), ['1 new a', ...seen]);
  const whole = `${COUNT}module.exports = function (text) { return text };`;
  assert.deepEqual(await led(module(whole), module(`${COUNT}module.exports = ${MADE};`)), ['1 new a', ...seen]);
  const alias = `${COUNT}const api = module.exports = {};\napi.parse = function (text) { return text };`;
  assert.deepEqual(await led(module(alias), module(alias.replace(/function \(text\).*/, `${MADE};`))), ['1 new a', ...seen]);
  const wrapped = `(function () {\n${OLD}})();`;
  assert.deepEqual(await led(module(wrapped), module(`(function () {\n${named}})();`)), ['1 new a', ...seen]);
});

test('so it is with what another file gives, and lines are as they were', async () => {
  const other = { 'other.js': 'exports.parse = (text) => `other ${text}`;\nexports.more = 1;' };
  const getter =
    "var o = require('./other.js');\nObject.defineProperty(exports, 'parse', {\n  enumerable: true,\n  get: function () { return o.parse; }\n});\n";
  const last = 'exports.last = () => 1;\n';
  const before = {
    'index.js': `exports.parse = exports.last = void 0;\nconst parse = (text) => text;\nexports.parse = parse;\n${last}`,
    ...other,
  };
  const after = { 'index.js': `exports.parse = exports.last = void 0;\n${getter}${last.replace('1', '2')}`, ...other };
  assert.deepEqual(await led(before, after), ['other a', 'arguments-seen', 'function-stands-in']);
  const { verdicts } = await build(before, after);
  assert.equal(verdicts.find(({ path }) => path === 'exports.last')?.line, 7);
  const esm = {
    'index.mjs': 'export const parse = (text) => text;\n',
    'other.mjs': other['other.js'].replaceAll('exports.', 'export const '),
  };
  const forwarding = { ...esm, 'index.mjs': "export { more, parse } from './other.mjs';" };
  assert.deepEqual(await led(esm, forwarding), ['other a', 'arguments-seen', 'function-stands-in']);
  assert.deepEqual(
    await led(esm, { ...esm, 'index.mjs': 'const made = (fn) => (text) => `made ${fn(text)}`;\nexport const parse = made(String);\n' }),
    ['made a', 'arguments-seen', 'function-stands-in'],
  );
});

test('so it is where a function has moved to another file', async () => {
  const own = 'function parse(text) { return text }\nexports.parse = parse;\nexports.twice = (text) => parse(text) + parse(text);\n';
  const other = { 'other.js': 'exports.parse = exports.read = (text) => `other ${text}`;' };
  for (const taken of ['{ parse }', '{ read: parse }', '{ read, parse }'])
    assert.deepEqual(
      await led(module(own), { 'index.js': own.replace(/function.*/, `const ${taken} = require('./other.js');`), ...other }),
      ['other a', 'arguments-seen', 'function-stands-in'],
      taken,
    );
  const esm = 'export function parse(text) { return text }\nexport const twice = (text) => parse(text) + parse(text);\n';
  const apart = { 'other.mjs': 'export const parse = (text) => `other ${text}`; export { parse as read, parse as default };' };
  for (const taken of [
    "import { parse } from './other.mjs'; export { parse };",
    "import { read as parse } from './other.mjs'; export { parse };",
    "import parse from './other.mjs'; export { parse };",
    "export { parse } from './other.mjs'; import { parse } from './other.mjs';",
  ])
    assert.deepEqual(
      await led({ 'index.mjs': esm }, { 'index.mjs': esm.replace(/export function.*/, taken), ...apart }),
      ['other a', 'arguments-seen', 'function-stands-in'],
      taken,
    );
});

test('so it is where the module goes on calling the function by its name', async () => {
  const entries = OLD.replace('exports.parse = parse;\n', '')
    .replace('exports.twice = (', 'module.exports = { parse: parse, twice: (')
    .replace(/;\n$/, ' };\n');
  for (const before of [OLD, entries]) {
    const after = before.replace(/parse([=:]) parse/, 'parse$1 counted(parse)').replace('parse = parse', 'parse = counted(parse)');
    const p = await program(module(before), module(after.replace('`${text}`', '`new ${text}`')));
    const { parse, twice } = p.exports;
    assert.deepEqual(p.codes('warning'), ['arguments-seen', 'function-stands-in']);
    await p.apply();
    assert.deepEqual([parse('a'), p.exports['parse'] === parse, twice('b')], ['1 new a', true, 'new bnew b']);
    await p.revert();
    assert.deepEqual([parse('a'), twice('b')], ['a', 'bb']);
  }
});

test('it is refused as ever where the other has more to it than being called', async () => {
  const refused = async (before: string, after: string): Promise<readonly string[]> => {
    const { verdicts } = await build(module(before), module(after));
    return verdicts.flatMap(({ verdict, code }) => (verdict === 'refused' ? code : [])).slice(0, 1);
  };
  const named = OLD.replace(/function parse.*/, `const parse = ${MADE};`);
  assert.deepEqual(await refused(OLD, named), []);
  const replaced = ['value-replaced'];
  assert.deepEqual(await refused(OLD, `${named}parse.limit = 5;`), replaced);
  assert.deepEqual(
    await refused(OLD, `${named}exports.parse.limit = 5;`.replace('const parse', 'const made').replaceAll(/\bparse(?=[(;])/g, 'made')),
    replaced,
  );
  assert.deepEqual(await refused(OLD, `${named}exports.is = (fn) => fn === parse;`), replaced);
  assert.deepEqual(await refused(OLD, `${named}exports.make = () => new parse('a');`), replaced);
  assert.deepEqual(await refused(`${OLD}exports.make = () => new parse('a');`, named), replaced);
  assert.deepEqual(await refused(OLD, named.replace('const parse', 'let parse') + 'exports.set = (fn) => { parse = fn };'), replaced);
  assert.deepEqual(await refused(OLD.replaceAll('parse', 'Parse'), named.replaceAll('parse', 'Parse')), replaced);
  const whole = (code: string): string => `${COUNT}${code}`;
  assert.deepEqual(await refused(whole('module.exports = function Parse() {};'), whole(`module.exports = ${MADE};`)), replaced);
  assert.deepEqual(
    await refused(whole('const Parse = function () {};\nmodule.exports = Parse;'), whole(`module.exports = ${MADE};`)),
    replaced,
  );
  assert.deepEqual(await refused(OLD.replace('`${text}`', '`${this}`'), named), replaced);
  assert.deepEqual(await refused(OLD.replace('function parse', 'async function parse'), named), replaced);
  assert.deepEqual(await refused(OLD.replace('function parse', 'function* parse'), named), replaced);
  assert.deepEqual(await refused(OLD, OLD.replace(/function parse.*/, 'const parse = 5;')), replaced);
  assert.deepEqual(await refused(OLD, OLD.replace(/function parse.*/, 'const parse = (() => 5)();')), replaced);
  const held = `${OLD}exports.all = [parse];`;
  assert.deepEqual(await refused(held, held.replace('exports.parse = parse', 'exports.parse = counted(parse)')), replaced);
  assert.deepEqual(
    await refused(`${COUNT}exports.parse = (text) => text;`, `${COUNT}exports.parse = ${MADE};\nexports.parse = ${MADE};`),
    replaced,
  );
  const twice = `${COUNT}exports.parse = (text) => 1;\nexports.parse = (text) => text;`;
  assert.deepEqual(await refused(twice, `${COUNT}exports.parse = ${MADE};`), []);
  const taken = twice.replace('1;', '1;\nexports.all = [exports.parse];');
  assert.notEqual(taken, twice);
  assert.deepEqual(await refused(taken, `${COUNT}exports.parse = ${MADE};`), replaced);
  const esm = async (after: string): Promise<readonly string[]> => {
    const { verdicts } = await build(
      { 'index.mjs': 'export const parse = (text) => text;' },
      { 'index.mjs': `const made = (n) => () => n;\n${after}` },
    );
    return verdicts.flatMap(({ verdict, code }) => (verdict === 'refused' ? code : []));
  };
  assert.deepEqual(await esm('export const parse = made(1);'), []);
  assert.deepEqual(await esm('export const one = 1, parse = made(one);'), replaced);
  assert.deepEqual(await esm('export const { parse } = made(1);'), replaced);
});

test('nothing stands in for what nobody holds, or what each call makes', async () => {
  const said = async (before: string, after: string): Promise<readonly string[]> => {
    const { verdicts } = await build(module(before), module(after));
    return verdicts.flatMap(({ code }) => (code === 'function-stands-in' ? code : []));
  };
  const own = OLD.replace('exports.parse = parse;', '');
  assert.deepEqual(await said(own, own.replace(/function parse.*/, `const parse = ${MADE};`)), []);
  const inner = (code: string): string => `exports.make = () => { ${code}; return { parse } };`;
  assert.deepEqual(await said(inner('function parse(text) { return text }'), inner('const parse = String.raw')), []);
});
