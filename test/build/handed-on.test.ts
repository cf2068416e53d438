/** What a function makes, gives functions that it calls later on, and hands on to what it gives away: one more is not in those that exist. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Program } from './harness.ts';

const before = `class Plugins {
  constructor() { this.all = [] }
  add(plugin) { if (plugin) this.all.push(plugin); return this }
  run(args) { for (const { action } of this.all) args = action(args); return args }
}
class Git {
  constructor(config, plugins) { this.config = config; this.plugins = plugins }
  raw(...args) { return this.plugins.run(args) }
}
function prefix(config) { return { action: (args) => [...config.prefix, ...args] } }
function quiet() { return { action(args) { return [...args, '-q'] } } }
const count = (n) => n * 2;
exports.make = function make(config) {
  const plugins = new Plugins();
  plugins.add(prefix(config));
  return new Git(config, plugins);
};
exports.more = [count, quiet];`;
const one = '  plugins.add(prefix(config));';
const after = before.replace(one, `${one}\n  plugins.add(quiet());`);

const set: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'what is handed on to what is given away': [before, after],
  'what is given away itself': [before, after].map((text) => text.replace('new Git(config, plugins)', 'plugins')) as [string, string],
  'what is handed on in a variable': [before, after].map((text) =>
    text.replace('return new Git(config, plugins)', 'const git = new Git(config, plugins);\n  return git'),
  ) as [string, string],
  'one that has a name': [before, before.replace(one, `${one}\n  const last = quiet();\n  plugins.add(last);`)],
  'one that is given in some calls': [before, before.replace(one, `${one}\n  config.quiet && plugins.add(quiet());`)],
  'what is one of several in an object': [before, after].map((text) => text.replace('new Git(config, plugins)', '{ plugins, config }')) as [
    string,
    string,
  ],
  'what is given several in a row': [before, after].map((text) =>
    text
      .replace('  plugins.add(quiet());\n', '')
      .replace(one, text === after ? '  return plugins.add(prefix(config)).add(quiet());' : '  return plugins.add(prefix(config));'),
  ) as [string, string],
  'what another function has made': [before, after].map((text) =>
    text
      .replace('new Plugins()', 'createPlugins()')
      .replace('const count', 'function createPlugins() { return new Plugins() }\nconst count'),
  ) as [string, string],
};
const closures: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a list of what it calls': [
    before.replace('new Plugins()', '[prefix(config)]').replace(one, ''),
    before.replace('new Plugins()', '[prefix(config)]').replace(one, 'plugins.push(quiet());'),
  ],
  'one that is written out': [
    before,
    before.replace(one, `${one}\n  plugins.add({ action: quiet().action });\n  plugins.add((args) => args);`),
  ],
  'a listener of what others have made': [
    "const { EventEmitter } = require('node:events');\nclass Box { constructor(e) { this.e = e } }\nconst f = () => {};\nexports.make = () => { const e = new EventEmitter(); e.on('a', f); return new Box(e) };",
    "const { EventEmitter } = require('node:events');\nclass Box { constructor(e) { this.e = e } }\nconst f = () => {};\nexports.make = () => { const e = new EventEmitter(); e.on('a', f); e.on('error', f); return new Box(e) };",
  ],
};
for (const [what, [was, now]] of Object.entries(closures))
  test(`that objects lack ${what} is said, and such a one keeps the patch out`, async (t) => {
    const p = await program({ 'index.js': was }, { 'index.js': now });
    t.after(() => p.clean());
    assert.deepEqual(
      p.report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => [code, path]),
      [['set-up-kept', 'exports.make']],
    );
    let held: unknown = p.exports['make']({ prefix: ['git'] });
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
    held = null;
    await p.apply();
    assert.equal(held, null);
    await p.revert();
  });
for (const [what, [was, now]] of Object.entries(set))
  test(`that ${what} lacks one is said`, async () => {
    const { verdicts } = await build({ 'index.js': was }, { 'index.js': now });
    const [own, ...more] = verdicts.filter(({ verdict }) => verdict === 'warning');
    assert.deepEqual([own?.code, own?.path, more], ['set-up-kept', 'exports.make', []]);
    assert.match(own!.reason, /was set up without it: plugins\.add\((?:(?:prefix\(config\)\)\.add\()?quiet\(\)|last)\)/);
  });

test('so it is where both are of other modules', async () => {
  const files = (text: string): Record<string, string> => ({
    'index.js': `const { Plugins, Git, prefix, quiet } = require('./parts.js');\n${text.slice(text.indexOf('exports.make')).replace(/exports.more.*/, '')}`,
    'parts.js': `${text.slice(0, text.indexOf('exports.make'))}Object.assign(exports, { Plugins, Git, prefix, quiet, count });`,
  });
  const { verdicts } = await build(files(before), files(after));
  assert.deepEqual(
    verdicts.filter(({ verdict }) => verdict === 'warning').map(({ code, path }) => [code, path]),
    [['set-up-kept', 'exports.make']],
  );
});

const not: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'what the call alone has': [before, after].map((text) => text.replace('new Git(config, plugins)', 'plugins.run([])')) as [string, string],
  'what is no function, nor has one': [before, before.replace(one, `${one}\n  plugins.add(count(2));`)],
  'a list that the call alone has': [
    before
      .replace('new Plugins()', '[prefix(config)]')
      .replace(one, '')
      .replace('new Git(config, plugins)', 'plugins.map(({ action }) => action([]))'),
    before
      .replace('new Plugins()', '[prefix(config)]')
      .replace(one, '  plugins.push(quiet());')
      .replace('new Git(config, plugins)', 'plugins.map(({ action }) => action([]))'),
  ],
  'a list of what calls have computed': [
    before.replace('new Plugins()', '[count(1)]').replace(one, ''),
    before.replace('new Plugins()', '[count(1)]').replace(one, '  plugins.push(count(2));'),
  ],
  'what code of the language makes': [
    'exports.make = (list) => { const all = new Set(list); return all };\nconst f = () => () => 1; exports.f = f;',
    'exports.make = (list) => { const all = new Set(list); all.add(f()); return all };\nconst f = () => () => 1; exports.f = f;',
  ],
};
for (const [what, [was, now]] of Object.entries(not))
  test(`nothing is said of ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': was }, { 'index.js': now });
    assert.deepEqual(
      verdicts.filter(({ code }) => code === 'set-up-kept'),
      [],
    );
  });

interface Git {
  raw(...args: readonly string[]): readonly string[];
}

const make = (p: Program): Git => p.exports['make']({ prefix: ['git'] }) as Git;

test('while one that lacks it is alive the patch does not stay', async (t) => {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  t.after(() => p.clean());
  const held = make(p);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.deepEqual(
    [held.raw('log'), make(p).raw('log')],
    [
      ['git', 'log'],
      ['git', 'log'],
    ],
  );
});

test('where none is, it applies, and what it makes has it', async (t) => {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  t.after(() => p.clean());
  await p.apply();
  assert.deepEqual(make(p).raw('log'), ['git', 'log', '-q']);
  await p.revert();
  assert.deepEqual(make(p).raw('log'), ['git', 'log']);
});

test('nor does one that is given as before, where what takes it is made otherwise', async (t) => {
  const was = before.replace('new Plugins()', 'new Plugins(1)');
  const p = await program({ 'index.js': was }, { 'index.js': was.replace('new Plugins(1)', 'new Plugins(2)') });
  t.after(() => p.clean());
  const held = make(p);
  await p.apply();
  assert.deepEqual(held.raw('log'), ['git', 'log']);
  await p.revert();
});

test('one that only some calls give does not stand in the way', async (t) => {
  const [was, now] = set['one that is given in some calls']!;
  const p = await program({ 'index.js': was }, { 'index.js': now });
  t.after(() => p.clean());
  const held = make(p);
  await p.apply();
  assert.deepEqual(held.raw('log'), ['git', 'log']);
  await p.revert();
});
