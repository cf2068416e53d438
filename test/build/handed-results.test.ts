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
