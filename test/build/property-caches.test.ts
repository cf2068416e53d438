/** Caches that the top level puts on a function or a class: emptied in place once what fills them has changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const before = `class Script { constructor(text) { this.text = text } run() { return 'old ' + this.text } }
function Path(text) { return Path.prototype.run(text) }
Path.cache = {};
Path.prototype.run = function (text) {
  const key = 'script:' + text;
  if (!Path.cache[key]) { Path.cache[key] = compile(text); }
  return Path.cache[key];
};
Path.parts = function (text) {
  const { cache } = Path;
  if (cache[text]) { return cache[text].concat() }
  cache[text] = text.split('.');
  return cache[text].concat();
};
function compile(text) { return 'old ' + text }
exports.Path = Path;
exports.Script = Script;`;
const after = before.replace("return 'old ' + text }\nexports", "return 'new ' + text }\nexports");

test('results of a function that has changed are not found, on the way there and back', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const { Path } = p.exports;
  const held = Path.cache;
  assert.deepEqual([Path('a'), Path.parts('a.b')], ['old a', ['a', 'b']]);
  await p.apply();
  assert.deepEqual([Object.keys(held), Path.cache === held], [[], true]);
  assert.equal(Path('a'), 'new a');
  assert.deepEqual(held, { 'script:a': 'new a' });
  await p.revert();
  assert.equal(Path('a'), 'old a');
  assert.ok(p.codes().includes('cache-emptied'));
});

test('what the program has put in its place is emptied as well, and what is nothing is left', async () => {
  for (const own of [Object.assign(Object.create(null), { 'script:a': 'own' }), null]) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const { Path } = p.exports;
    Path.cache = own;
    await p.apply();
    assert.deepEqual(own && Object.keys(own), own && []);
    Path.cache = {};
    await p.revert();
    p.clean();
  }
});

test('nothing is emptied where nothing that fills it has changed', async () => {
  const p = await program({ 'index.js': before }, { 'index.js': before.replace("return 'old ' + this.text", "return 'new ' + this.text") });
  const { Path } = p.exports;
  Path('a');
  await p.apply();
  assert.deepEqual(Object.keys(Path.cache), ['script:a']);
  await p.revert();
});

test('objects that are only asked to run are made anew', async () => {
  const compiled = (text: string): string =>
    text
      .replace('Path.cache[key] = compile(text)', 'Path.cache[key] = new Script(compile(text))')
      .replace('return Path.cache[key];', 'return Path.cache[key].run();')
      .replaceAll("'old ' + this.text", 'this.text');
  const p = await program({ 'index.js': compiled(before) }, { 'index.js': compiled(after) });
  const { Path } = p.exports;
  assert.equal(Path('a'), 'old a');
  await p.apply();
  assert.equal(Path('a'), 'new a');
  await p.revert();
  assert.equal(Path('a'), 'old a');
});

const more = (text: string): string => `${text}\n`;
for (const [what, from] of [
  ['has another name', before.replaceAll('cache', 'table')],
  ['begins with something', before.replace('Path.cache = {}', "Path.cache = { 'script:b': 1 }")],
  ['is given twice', `${before}\nPath.cache = {};`],
  ['is counted', `${before}\nexports.size = () => Object.keys(Path.cache).length;`],
  ['is counted by another name', before.replace('cache[text] = text', 'Object.keys(cache); cache[text] = text')],
  ['is filled without asking', `${before}\nexports.put = (key, value) => { Path.cache[key] = value };`],
  ['has an entry taken out', `${before}\nexports.drop = (key) => { delete Path.cache[key] };`],
  ['is added to', `${before}\nexports.count = (key) => { if (!Path.cache[key]) Path.cache[key] += 1 };`],
  ['counts up', `${before}\nexports.count = (key) => { Path.cache[key]++ };`],
  ['is filled by what waits', `${before}\nexports.later = async (key) => { if (!Path.cache[key]) Path.cache[key] = await key };`],
  ['is filled as the module loads', `${before}\nPath.cache['script:b'] = 'old b';`],
  ['is filled as the module loads, where it lacks that', `${before}\nif (!Path.cache['script:b']) Path.cache['script:b'] = 'old b';`],
  [
    'is come to by the constructor of an object',
    `${before}\nPath.prototype.size = function () { return Object.keys(this.constructor.cache).length };`,
  ],
  ['gives away objects of a class', before.replace('Path.cache[key] = compile(text)', 'Path.cache[key] = new Script(compile(text))')],
  [
    'gives away an object of a class as it is made',
    before
      .replace(
        'Path.cache[key] = compile(text)',
        'const made = new Script(compile(text)); setImmediate(() => made.run()); Path.cache[key] = made',
      )
      .replace('return Path.cache[key];', 'return Path.cache[key].run();'),
  ],
  [
    'gives away what it puts there',
    before
      .replace('Path.cache[key] = compile(text)', 'return Path.cache[key] = new Script(compile(text))')
      .replace('return Path.cache[key];', 'return Path.cache[key].run();'),
  ],
  [
    'gives away what it may have found',
    before
      .replace('Path.cache[key] = compile(text)', 'Path.cache[key] = new Script(compile(text)); exports.last = Path.cache[key] || null')
      .replace('return Path.cache[key];', 'return Path.cache[key].run();'),
  ],
  ['holds connections', before.replace('= compile(text)', '= connect(compile(text))') + '\nfunction connect(to) { return { to } }'],
  ['holds what counts on', before.replace('= compile(text)', '= compile(text) + ++count') + '\nlet count = 0;'],
  ['is looked into by what does not fill it', `${before}\nexports.known = (key) => Path.cache[key].run();`],
  [
    'has an entry that goes elsewhere',
    `${before}\nexports.put = (key) => { if (!Path.cache[key]) Path.cache[key] = compile(key); const one = Path.cache[key]; exports.one = one };`,
  ],
  ['is come to by a name that is computed', `${before}\nexports.of = (name) => Path[name];`],
  ['is come to by another name of its owner', `${before}\nconst Other = Path; exports.size = () => Object.keys(Other.cache).length;`],
  ['is come to by what a method is called on', `${before}\nPath.size = function () { return Object.keys(this.cache).length };`],
  ['is taken with all that its owner has', `${before}\nexports.all = () => { const { ...all } = Path; return all };`],
  [
    'is held by a variable that is written',
    before.replace('const { cache }', 'let { cache }').replace('return cache[text].concat();\n}', 'cache = {}; return [];\n}'),
  ],
] as const)
  test(`a table that ${what} is left as it is`, async () => {
    const { verdicts } = await build(
      { 'index.js': more(from) },
      { 'index.js': from.replace("return 'old ' + text }\nexports", "return 'new ' + text }\nexports") },
    );
    assert.ok(!verdicts.some(({ code, path }) => code === 'cache-emptied' && path.startsWith('Path')));
    assert.ok(verdicts.some(({ code }) => code === 'function-changed'));
    // What begins otherwise, or is called otherwise, is no cache.
    const isCache = !/^has another name$|something$|twice$/.test(what);
    assert.equal(
      verdicts.some(({ code, path }) => code === 'results-remembered' && path === 'Path.cache'),
      isCache,
    );
  });

test('a table of which the new version does more is left as it is', async () => {
  for (const now of [
    after.replace('Path.cache = {}', "Path.cache = { 'script:b': 1 }"),
    `${after}\nexports.size = () => Object.keys(Path.cache).length;`,
  ]) {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': now });
    assert.ok(!verdicts.some(({ code }) => code === 'cache-emptied'));
  }
});
