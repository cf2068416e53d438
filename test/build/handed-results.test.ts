/** Results of functions that have changed, which another function is given and its closures go by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const module = (end: string, use: string): string => `function parse(text) { return text.split('/').concat('${end}'); }
function clean(text) { return text.trim(); }
function compile(text) { const list = parse(text); return list; }
function joined(text) { return compile(text); }
function toMatcher(parts, flags) { const size = flags.length; return (one) => parts.includes(one) && size === 0; }
function other(flags, parts) { return (one) => parts.includes(one); }
function walk(parts) { return each(() => parts.length); }
function each(take) { return take(); }
function count(parts) { return [1].map(() => parts.length).join(); }
${use}`;

const told = async (use: string): Promise<readonly string[]> => {
  const { verdicts } = await build({ 'index.js': module('', use) }, { 'index.js': module('!', use) });
  return verdicts.flatMap(({ code, path, reason }) => (code === 'capture-kept' ? `${path}: ${reason}` : []));
};

test('closures of the function that is given them are said to keep them, once', async () => {
  const reason = 'toMatcher parts: closures that exist keep the parts that parse made, which has changed since';
  for (const use of [
    "exports.match = (text) => toMatcher(parse(text), '');",
    "exports.match = (text) => { const parts = parse(text); return toMatcher(parts, ''); };",
    "exports.match = (text) => toMatcher(text ? parse(text) : [], '');",
    "exports.match = (text) => toMatcher(joined(text), '');",
    "exports.match = (text) => { const re = compile(clean(text)); return toMatcher(re, ''); };",
    "exports.match = (text) => toMatcher(parse(text), ''); exports.other = (text) => toMatcher(parse(text + text), '');",
  ])
    assert.deepEqual(await told(use), [reason], use);
});

test('nothing is said of what no closure goes by, nor of what is computed as before', async () => {
  for (const use of [
    "exports.match = (text) => toMatcher(clean(text), '');",
    'exports.match = (text) => toMatcher([text], parse(text));',
    'exports.match = (text) => count(parse(text));',
    'exports.match = (text) => walk(parse(text));',
    "exports.match = (text) => { parse(text); return toMatcher(text, ''); };",
    "exports.match = (...all) => other(...all, parse(''));",
  ])
    assert.deepEqual(await told(use), [], use);
});

test('and they do', async () => {
  const use = "exports.match = (text) => toMatcher(joined(text), '');";
  const p = await program({ 'index.js': module('', use) }, { 'index.js': module('!', use) });
  const held = p.exports['match']('a/b');
  await p.apply();
  assert.deepEqual([held('b'), held('!'), p.exports['match']('a/b')('!')], [true, false, true]);
});

test('closures and objects are said to keep what a function gives that calls one for it, of the module or of another', async () => {
  const keeps = 'that exist keep the parts that parse made, which has changed since';
  const lib = (end: string): string => `module.exports = (text) => text.split('/').concat('${end}');`;
  const behind = `function clean(text) { return text.trim(); }
const at = {}, noted = [], walk = (visit) => visit();
at.compile = (text) => { let list = []; if (text) list = parse(text); return at.make(list); };
at.make = (list) => new Set(list);
at.some = (text) => { let list = text; if (!list) list = parse(text); return list; };
at.noted = (text) => { noted.push(parse(text)); return new Set([text]); };
at.later = (text) => { const find = (one) => { const list = parse(text); return list.includes(one); }; return { has: find }; };
at.each = (text) => { let list = []; walk(() => { list = parse(text); }); return list; };
at.named = (text) => { let list = []; const fill = () => { list = parse(text); }; walk(fill); return list; };
at.checked = (text) => { if (parse(text).length > 9) throw new Error(); return new Set([text]); };
`;
  const said = async (use: string): Promise<string[][]> => {
    const own = (end: string): string => `const parse = (text) => text.split('/').concat('${end}');\n${behind}${use}`;
    const before = { 'index.js': `const parse = require('./lib');\n${behind}${use}` };
    const reports = [
      await build({ 'index.js': own('') }, { 'index.js': own('!') }),
      await build({ ...before, 'lib.js': lib('') }, { ...before, 'lib.js': lib('!') }),
    ];
    return reports.map(({ verdicts }) =>
      verdicts.flatMap(({ code, reason }) => (code === 'carried' ? [] : (reason ?? []))).filter((r) => r.includes('keep')),
    );
  };
  const closure = 'exports.match = (text) => { const parts = at.compile(clean(text)); return (one) => parts.has(one); };';
  assert.deepEqual(await said(closure), [[`closures ${keeps}`], [`closures ${keeps.replace('parse', './lib')}`]]);
  for (const call of ['at.some(text)', 'at.each(text)', 'at.named(text)'])
    assert.deepEqual(
      await said(closure.replace('at.compile(clean(text))', call).replace('has(', 'includes(')),
      [[`closures ${keeps}`], [`closures ${keeps.replace('parse', './lib')}`]],
      call,
    );
  const object = 'exports.Match = class { constructor(text) { this.parts = at.compile(text); } has(one) { return this.parts.has(one); } };';
  assert.deepEqual(await said(object), [[`objects ${keeps}`], [`objects ${keeps.replace('parse', './lib')}`]]);
  for (const call of ['clean(text)', 'at.checked(text)', 'at.noted(text)', 'at.later(text)'])
    assert.deepEqual(await said(closure.replace('at.compile(clean(text))', call)), [[], []], call);
});

test('objects are said to keep what they were made with, where code that reads it goes on', async () => {
  const said = async (use: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.js': module('', use) }, { 'index.js': module('!', use) });
    return verdicts.flatMap(({ code, path, reason }) => (code === 'instances-hold' ? `${path}: ${reason}` : []));
  };
  const layer =
    'class Layer { constructor(path, parts) { this.path = path; this.parts = parts } has(one) { return this.parts.includes(one) } }\n';
  const reason = 'objects that exist keep the parts that parse made, which has changed since';
  const told = [`Layer#constructor parts: ${reason}`];
  for (const make of ['new Layer(text, parse(text))', 'new Layer(text, joined(text))', 'new Layer(text, text ? compile(clean(text)) : [])'])
    assert.deepEqual(await said(`${layer}exports.make = (text) => ${make};`), told, make);
  assert.deepEqual(await said(`${layer}exports.make = (text) => { const parts = parse(text); return new Layer(text, parts) };`), told);
  const old =
    'function Layer(path, parts) { this.path = path; this.parts = parts }\nLayer.prototype.has = function (one) { return this.parts.includes(one) };\n';
  assert.deepEqual(await said(`${old}exports.make = (text) => new Layer(text, parse(text));`), [`Layer parts: ${reason}`]);
  const make = 'exports.make = (text) => new Layer(text, parse(text));';
  for (const use of [
    `${layer}exports.make = (text) => new Layer(parse(text), text);`,
    `${layer}exports.make = (text) => new Layer(text, clean(text));`,
    `${layer}exports.make = (...all) => new Layer(...all, parse(all[0]));`,
    `${layer.replace('this.parts.includes(one)', 'one')}${make}`,
    `${layer.replace('this.parts = parts', 'this.parts = [parts.length]; parts = []')}${make}`,
    `${layer.replaceAll('Layer', 'LayerError')}${make.replace('Layer', 'LayerError')}`,
    `${layer.replaceAll('Layer', () => 'LayerError$1')}${make.replace('Layer', () => 'LayerError$1')}`,
  ])
    assert.deepEqual(await said(use), [], use);
});
