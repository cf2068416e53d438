/** Code that makes code: what it generated before a patch is out of the patch's reach, and the report says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import { build, program } from './harness.ts';
import type { Files } from './harness.ts';

const manifest = JSON.stringify({ name: 'p', version: '1.0.0', main: 'index.js' });
const compiler = (make: string): string =>
  `const rules = require('./lib/rules');\nconst cache = {};\nexports.compile = (name) => (cache[name] ??= ${make});\n`;
const rules = (text: string): string => `exports.text = (name) => '${text}' + name;\n`;
const passing = "module.exports = require('./deep');\n";

async function codes(before: Files, after: Files): Promise<string[]> {
  const report = await build({ 'package.json': manifest, ...before }, { 'package.json': manifest, ...before, ...after });
  return report.verdicts.filter((v) => v.verdict !== 'carried').map((v) => `${v.file}:${v.line} ${v.code}`);
}

for (const make of [
  "new Function('x', rules.text(name))",
  'Function(`return ${rules.text(name)}`)',
  'eval(rules.text(name))',
  '(0, eval)(rules.text(name))',
  'globalThis.eval(rules.text(name))',
  "require('vm').runInThisContext(rules.text(name))",
  "new (require('node:vm').Script)(rules.text(name))",
]) {
  test(`a module that the generator imports: ${make}`, async () => {
    const before = { 'index.js': compiler(make), 'lib/rules.js': passing, 'lib/deep.js': rules('return 1 + ') };
    assert.deepEqual(await codes(before, { 'lib/deep.js': rules('return 2 + ') }), ['index.js:3 generated-code']);
  });
}

/** In one line. */
const script = (use: string): string => `const vm = require('vm'); const script = new vm.Script(rules.text(name)); ${use}`;

test('code that is run for what it does, and whose result nobody takes, is not likely in a cache', async () => {
  const runner = (run: string): string => `const rules = require('./lib/rules');\nexports.run = async (name) => {\n  ${run}\n};\n`;
  const cases: [string, string][] = [
    ['eval(rules.text(name));', 'results-kept'],
    ['await (0, eval)(rules.text(name));', 'results-kept'],
    ['for (const [key, value] of Object.entries(eval(rules.text(name)))) console.log(key, value);', 'results-kept'],
    ['new Function(rules.text(name))();', 'results-kept'],
    ['return new Function(rules.text(name))();', 'generated-code'],
    ['const done = eval(rules.text(name)); return done;', 'generated-code'],
    ['return eval(rules.text(name));', 'generated-code'],
    [script('return script.runInThisContext();'), 'results-kept'],
    [script('if (!script) return; return this._runScript(script, 1);'), 'results-kept'],
    [script('this.last = script; return script.runInThisContext();'), 'generated-code'],
    [script('return script;'), 'generated-code'],
    [script('return keep(script);'), 'generated-code'],
    [script('return script.createCachedData();'), 'generated-code'],
    [script('scripts.push(script);'), 'generated-code'],
    ["const vm = require('vm'); const found = vm.runInThisContext(rules.text(name)); return run(found);", 'generated-code'],
  ];
  for (const [run, code] of cases) {
    const before = { 'index.js': runner(run), 'lib/rules.js': rules('1 + ') };
    assert.deepEqual(await codes(before, { 'lib/rules.js': rules('2 + ') }), [`index.js:3 ${code}`], run);
  }
});

test('a script in a variable that goes on when the call is over is kept', async () => {
  const body = '(name) => { last = new vm.Script(rules.text(name)); return last.runInThisContext(); };\n';
  const before = {
    'index.js': `const vm = require('vm');\nconst rules = require('./lib/rules');\nlet last; exports.run = ${body}`,
    'lib/rules.js': rules('1 + '),
  };
  assert.deepEqual(await codes(before, { 'lib/rules.js': rules('2 + ') }), ['index.js:3 generated-code']);
});

for (const make of ["new Function('return this')", "Function('return ' + '1')", 'eval(`1 + 1`)', 'run(rules.text(name))']) {
  test(`no generator: ${make}`, async () => {
    const before = { 'index.js': compiler(make), 'lib/rules.js': rules('return 1 + ') };
    const expected = make.startsWith('run') ? ['index.js:2 cache-emptied'] : [];
    assert.deepEqual(await codes(before, { 'lib/rules.js': rules('return 2 + ') }), expected);
  });
}

test('a generator in a bundle, and a module there that it asks for, one that asks for it, and one of its own', async () => {
  const bundle = (texts: Readonly<Record<string, string>>): string => `var __commonJS = (cb, mod) => function __require() {
  return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports };
var require_deep = __commonJS({ 'deep.js'(exports) { exports.text = (name) => '${texts['deep'] ?? 'return 1 + '}' + name } });
var require_rules = __commonJS({ 'rules.js'(exports, module) { module.exports = require_deep() } });
var require_compiler = __commonJS({ 'compiler.js'(exports) {
  var rules = require_rules(); var cache = {};
  exports.compile = (name) => (cache[name] ??= new Function('x', rules.text(name)));
} });
var require_user = __commonJS({ 'user.js'(exports) { var { compile } = require_compiler(); exports.use = (name) => compile(name)(${texts['user'] ?? 1}) } });
module.exports = require_user();`;
  const before = { 'index.js': bundle({}) };
  assert.deepEqual(await codes(before, { 'index.js': bundle({ deep: 'return 2 + ' }) }), ['index.js:7 generated-code']);
  assert.ok(!(await codes(before, { 'index.js': bundle({ user: '2' }) })).some((code) => code.endsWith(' generated-code')));
});

test('a module that the generator does not import', async () => {
  const before = {
    'index.js': "exports.compile = require('./lib/compiler').compile; exports.other = require('./other');",
    'lib/compiler.js': compiler('new Function(rules.text(name))').replace('./lib/', './'),
    'lib/rules.js': rules(''),
    'other.js': 'module.exports = () => 1',
  };
  assert.deepEqual(await codes(before, { 'other.js': 'module.exports = () => 2' }), []);
});

test('in one module: the generator and what it calls are worth a warning, the rest is not', async () => {
  const before = `function part() { return 'a' }
function template(text) { return new Function(part() + text) }
function other() { return 1 }
module.exports = { template, other };
`;
  const change = (from: string, to: string): Promise<string[]> => codes({ 'index.js': before }, { 'index.js': before.replace(from, to) });
  assert.deepEqual(await change("return 'a'", "return 'b'"), ['index.js:2 results-kept']);
  assert.deepEqual(await change('+ text', '+ text.trim()'), ['index.js:2 results-kept']);
  assert.deepEqual(await change('return 1', 'return 2'), []);
  const applied = before.replace('new Function(part() + text)', 'Function.apply(null, [part(), text])');
  assert.deepEqual(await codes({ 'index.js': applied }, { 'index.js': applied.replace("return 'a'", "return 'b'") }), [
    'index.js:2 results-kept',
  ]);
});

test('in one module: what it generated is kept by something that is called a cache', async () => {
  const before = `const parserCache = require('./lib/rules')
function part() { return 'a' }
function template(text) { return new Function(part() + text) }
exports.once = (text) => parserCache.find(text, template)`;
  const change = (text: string): Promise<string[]> =>
    codes({ 'index.js': text, 'lib/rules.js': '' }, { 'index.js': text.replace("return 'a'", "return 'b'") });
  assert.deepEqual(await change(before), ['index.js:3 generated-code']);
  assert.deepEqual(await change(before.replaceAll('parserCache', 'parsers')), ['index.js:3 results-kept']);
});

test('a package whose export makes code is one of the generators of the module that calls it', async () => {
  const installed = {
    'node_modules/gen/index.js':
      'module.exports = () => { const lines = []; return { add: (x) => lines.push(x), end: () => new Function(lines.join()) } }',
    'node_modules/plain/index.js': 'module.exports = () => ({ add() {}, end() {} })',
  };
  const index = (gen: string): string => `const gen = require('${gen}');
const part = (name) => 'return ' + name;
exports.compile = (name) => { const all = gen(); all.add(part(name)); return all.end() };`;
  const change = (gen: string): Promise<string[]> =>
    codes({ ...installed, 'index.js': index(gen) }, { 'index.js': index(gen).replace('return ', 'return 1 + ') });
  assert.deepEqual(await change('gen'), ['index.js:3 results-kept']);
  assert.deepEqual(await change('plain'), []);
});

test('what another module puts on `this` is followed to where it comes from', async () => {
  const before: Files = {
    'index.js': `const compile = require('./compile'), rules = require('./rules');
exports.Tool = class { constructor() { this.RULES = rules() } make(name) { return compile.call(this, name) } };`,
    'compile.js': `module.exports = function (name) { const RULES = this.RULES; return new Function(run({ RULES: RULES }, name)) };
const run = ({ RULES }, name) => RULES.map((rule) => rule(name)).join();`,
    'rules.js': `const all = require('./all'); module.exports = () => [all.text];`,
    'all.js': `exports.text = (name) => 'return ' + name; exports.other = () => 1;`,
  };
  const change = (from: string, to: string): Promise<string[]> => codes(before, { 'all.js': before['all.js']!.replace(from, to) });
  assert.deepEqual(await change('return ', 'return 1 + '), ['compile.js:1 generated-code']);
  assert.deepEqual(await change('=> 1', '=> 2'), []);
});

test('a module that the generator imports, and that has no hand in the text', async () => {
  const before = (body: string): Files => ({
    'index.js': `const rules = require('./lib/rules');\nconst table = { a: 1 };\nfunction make(text) { ${body} }\nexports.run = (text) => rules.text(make('return ' + text)());`,
    'lib/rules.js': rules(''),
  });
  const after = { 'lib/rules.js': rules('x') };
  for (const body of [
    'return new Function(text)',
    'return new Function(text + this.more)',
    'const all = [text, JSON.stringify(table)]; return new Function(all.join())',
    'const part = { text }; part.get = () => rules.text(1); return new Function(part.text)',
    `const list = []; for (const name of text.split(' ')) { const part = { name }; part.get = () => rules.text(name); list.push(part) } const all = []; for (const part of list) all.push(part.name); return new Function(...all, 'return ' + all.join()).apply(null, list.map((p) => p.get))`,
    'const part = { inner: { text } }; part.next = { text: rules.text }; return new Function(part.inner.text)',
    '{ const text = rules.text(1); table.b = text } return new Function(text)',
  ])
    assert.deepEqual(await codes(before(body), after), ['index.js:3 results-kept'], body);
  for (const body of [
    'return new Function(text + rules.text(1))',
    'const part = rules.text(1); const all = []; all.push(part); return new Function(all.join() + text)',
    'return new Function(text + this.text)',
    "return new Function(text + require('./lib/rules').text(1))",
    'const part = { text }; const same = part; same.text = rules.text(1); return new Function(part.text)',
    'const part = { text: rules.text(1) }; const list = [part]; for (const one of list) return new Function(one.text)',
    'const part = {}; Object.assign(part, { text: rules.text(1) }); return new Function(part.text)',
    'const parts = { a: { text: rules.text(1) } }; return new Function(Object.values(parts).map((one) => one.text).join())',
    'const part = { inner: { text: rules.text(1) } }; const inner = part.inner; return new Function(inner.text)',
    'const parts = {}; parts[text] = { text: rules.text(1) }; return new Function(parts[text].text)',
    'const { text: own } = { text: rules.text(1) }; return new Function(own)',
    'const part = { made: rules.text(1), text() { return this.made } }; return new Function(part.text())',
    'const part = { text() { return this.made } }; part.made = rules.text(1); return new Function(part.text())',
    'let part = null; part ??= { text: rules.text(1) }; return new Function(part?.text)',
    'const part = {}; fill(part, rules.text(1)); function fill(o, value) { o.text = value } return new Function(part.text)',
  ])
    assert.deepEqual(await codes(before(body), after), ['index.js:3 generated-code'], body);
  const two: Files = {
    ...before('return new Function(text + rules.text(1))'),
    'lib/rules.js': `exports.text = text; function text(name) { return prefix() + name }
function prefix() { return '' }
exports.other = () => 1;`,
  };
  const changed = (from: string, to: string): Files => ({ 'lib/rules.js': two['lib/rules.js']!.replace(from, to) });
  assert.deepEqual(await codes(two, changed("''", "'+'")), ['index.js:3 generated-code'], 'what the function calls that gives the text');
  assert.deepEqual(await codes(two, changed('=> 1', '=> 2')), ['index.js:3 results-kept'], 'another function of the module that gives it');
  const given = { ...before('return new Function(text)') };
  given['index.js'] = given['index.js']!.replace("'return ' + text", "rules.text('return ')");
  assert.deepEqual(await codes(given, after), ['index.js:3 generated-code'], 'what a caller gives');
});

test('what a module puts on objects counts where one module leads to it and to the generator', async () => {
  const before: Files = {
    'package.json': JSON.stringify({ name: 'p', version: '1.0.0', main: 'all.js' }),
    'all.js': "require('./index');",
    'index.js':
      "require('./other');\nclass Template { make() { return new Function('return ' + this.text) } }\nexports.Template = Template;",
    'other.js': 'exports.other = () => 1;',
    'bundle.js': 'exports.Template = class { fill(own) { own.text = own.a } };',
  };
  const after = {
    'other.js': 'exports.other = () => 2;',
    'bundle.js': 'exports.Template = class { fill(own) { own.text = own.b } };',
  };
  const entries = {
    ...before,
    'package.json': before['package.json']!.replace('}', ',"exports":{".":"./all.js","./bundle":"./bundle.js"}}'),
  };
  assert.deepEqual(await codes(entries, { ...entries, ...after }), ['index.js:2 results-kept']);
  const led = { ...before, 'all.js': "require('./bundle'); require('./index');" };
  assert.deepEqual(await codes(led, { ...led, ...after }), ['index.js:2 generated-code']);
});

test('a package that another brings along makes its code of what it imports, whatever its users have', async () => {
  const own = (text: string): string => `function part() { return '${text}' } exports.fill = function () { this.text = part(); };`;
  const maker = "class Template { make() { return new Function('return ' + this.text) } }\nexports.Template = Template;";
  const files = (folder: string): Files => ({
    'index.js': `const { Template } = require('./${folder}/maker'); const { fill } = require('./lib/own'); exports.make = () => { const t = new Template(); fill.call(t); return t };`,
    'lib/own.js': own('a'),
    [`${folder}/maker.js`]: maker,
    'vendor/package.json': '{ "name": "maker", "version": "1.0.0" }',
  });
  const told = async (folder: string): Promise<string[]> =>
    (await codes(files(folder), { 'lib/own.js': own('b') })).filter((code) => code.endsWith('generated-code'));
  assert.deepEqual(await told('lib'), ['lib/maker.js:1 generated-code']);
  assert.deepEqual(await told('vendor'), []);
});

test('a bundle that makes code goes by what its own modules ask for, and by who imports it', async () => {
  const webpack = (maker: string, other: string): string => `(() => { var modules = {
1: (module) => { class Maker { make() { return new Function(this.head() + this.top) } head() { return ${maker} } } module.exports = Maker; },
2: (module, exports, require) => { var Maker = require(1); class Own extends Maker { head() { return Own.text() } static text() { return 'a' } } module.exports = Own; },
3: (module, exports, require) => { module.exports = { head: ${other}, Own: require(2) }; } };
var cache = {}; function require(id) { var known = cache[id]; if (known !== undefined) return known.exports; var module = (cache[id] = { exports: {} }); modules[id](module, module.exports, require); return module.exports; }
module.exports = require(3); })();
`;
  const other = "function head() { return 'c' }";
  const files = { 'index.js': webpack("'x'", other), 'lib/rules.js': rules('a') };
  assert.deepEqual(await codes(files, { 'index.js': webpack("'x'", other.replace("'c'", "'d'")) }), []);
  const importing = (text: string): Files => ({
    'index.js': webpack("'x'", `() => require_('./rules')`).replaceAll('require_', 'globalThis.require'),
    'use.js': `const Maker = require('./index').Own; function part() { return ${text} } class Mine extends Maker { constructor() { super(); this.top = part(); } } exports.Mine = Mine;`,
    'far.js': `function part() { return ${text} } class Far { constructor() { this.top = part(); } } exports.Far = Far;`,
    'all.js': "require('./use'); require('./far');",
    'package.json': manifest.replace('index.js', 'all.js'),
  });
  const change = async (file: string): Promise<string[]> => codes(importing("'e'"), { [file]: importing("'f'")[file]! });
  assert.ok((await change('use.js')).includes('index.js:2 generated-code'));
  assert.ok(!(await change('far.js')).some((code) => code.endsWith('generated-code')));
});

test('a script is run in a context: only the module is given text', async () => {
  const before = (run: string): Files => ({
    'index.js': `const vm = require('vm');\nconst rules = require('./lib/rules');\nexports.run = (script, context) => ${run};`,
    'lib/rules.js': rules(''),
  });
  const after = { 'lib/rules.js': rules('x') };
  assert.deepEqual(await codes(before('script.runInContext(rules.text(context))'), after), []);
  assert.deepEqual(await codes(before('vm.runInContext(rules.text(script), context)'), after), ['index.js:3 generated-code']);
});

const texts = (n: number, use: string): Files => ({
  'index.js': `function work(x) { return x + ${n} }\nconst textOf = (fn) => \`(\${fn})\`;\nexports.f = (x) => work(x);\n${use}`,
});

test('new code takes the new text of a function that has changed', async () => {
  for (const use of [
    'exports.take = () => textOf(work);',
    'exports.take = () => `(${work})`;',
    "exports.take = () => '(' + work + ')';",
    'exports.take = () => `(${work.toString()})`;',
    "exports.take = () => ['(', String(work), ')'].join('');",
    "class Taker { take() { return '(' + work + ')' } }\nexports.take = () => new Taker().take();",
    "exports.take = (() => { const own = () => '(' + work + ')'; return () => own() })();",
    "var text = function () { return '(' + copy + ')' }, copy = function work(x) { return x + STEP };\nexports.take = () => text();",
  ]) {
    const files = (n: number): Files => ({ 'index.js': texts(n, use)['index.js']!.replace('STEP', String(n)) });
    const p = await program(files(1), files(2));
    const { take } = p.exports;
    const run = (): unknown => (runInThisContext(take()) as (x: number) => unknown)(40);
    assert.equal(run(), 41, use);
    await p.apply();
    assert.deepEqual([run(), p.codes('warning')], [42, ['text-kept']], use);
    await p.revert();
    assert.equal(run(), 41, use);
    p.clean();
  }
});

test('so does a constant that holds the text, or what is made of it', async () => {
  for (const use of [
    'const text = `(${work})`;\nexports.take = () => text;',
    'const text = work.toString();\nexports.take = () => `(${text})`;',
    'const text = `(${work})`, more = `${text}`;\nexports.take = () => more;',
    'const text = textOf(work);\nexports.take = () => text;\nexports.text = text;',
    // Where code is made of text, too.
    'const text = `(${work})`;\nexports.take = () => text;\nexports.run = () => (0, eval)(text);',
  ]) {
    const p = await program(texts(1, use), texts(2, use));
    const run = (): unknown => (runInThisContext(p.exports['take']()) as (x: number) => unknown)(40);
    assert.equal(run(), 41, use);
    await p.apply();
    assert.equal(run(), 42, use);
    assert.ok(!(p.codes() as string[]).includes('generated-code'));
    await p.revert();
    assert.equal(run(), 41, use);
    p.clean();
  }
});

test('code that may be given another text than that of the new source is told of, and refused where it is made into code', async () => {
  const told = async (use: string): Promise<readonly string[]> => await codes(texts(1, use), texts(2, use));
  const all = {
    // What has run stays.
    'exports.text = `(${work})`;\nexports.take = () => exports.text;': 4,
    'let text = `(${work})`;\nexports.take = () => text;\nexports.set = (other) => { text = other };': 4,
    'const own = () => 1, all = [own, (() => { const text = `(${work})`; return text })()];\nexports.take = () => all[1];': 4,
    'exports.take = () => Function.prototype.toString.call(work);': 4,
    'exports.take = (tag) => tag`(${work})`;': 4,
    'exports.take = () => work.toString(2);': 4,
    'exports.take = () => { const { name } = work; return name + textOf(work) };\nwork.toString = () => "mine";': 4,
    "Object.defineProperty(work, 'toString', { value: () => 'mine' });\nexports.take = () => `${work}`;": 5,
    'const String = (fn) => fn;\nexports.take = () => String(work);': 5,
    'function both(fn) { return [`${fn}`, fn] }\nexports.take = () => both(work);': 5,
    'function rest(fn) { return [`${fn}`, arguments[0]] }\nexports.take = () => rest(work);': 5,
    'var turns = (fn) => `${fn}`;\nexports.take = () => turns(work);\nexports.turn = () => { turns = (fn) => fn };': 5,
  };
  for (const [use, line] of Object.entries(all)) {
    const report = await build(texts(1, use), texts(2, use));
    const rows = report.verdicts.filter(({ code }) => code === 'text-kept');
    assert.ok(
      rows.every(({ reason }) => reason.includes('gives that of the old version')),
      use,
    );
    assert.deepEqual(
      rows.map((row) => row.line),
      [line],
      use,
    );
  }
  assert.deepEqual(await told('exports.take = () => work;'), []);
  const made = 'exports.run = (x) => (0, eval)(`(${Function.prototype.toString.call(work)})`)(x);';
  assert.deepEqual(await told(made), ['index.js:4 generated-code', 'index.js:4 results-kept']);
  assert.deepEqual(await told('exports.run = (x) => (0, eval)(textOf(work))(x);'), ['index.js:4 text-kept', 'index.js:4 results-kept']);
});

const lru = `exports.Lru = class {
  constructor(max) { this.max = max; this.all = new Map() }
  get(key) { return this.all.get(key) }
  set(key, value) { if (this.all.size < this.max) this.all.set(key, value) }
  clear() { this.all.clear() }
};\n`;
const keeper = (more = ''): string => `const { Lru } = require('./lru');
const parserCache = new Lru(2);
exports.getParser = function (key, compiler) {
  let parser = parserCache.get(key);
  if (!parser) { parser = compiler(key); parserCache.set(key, parser) }
  return parser;
};
${more}`;
const reader = (step: number, call = 'parserCache.getParser'): string => `const parserCache = require('./keeper');
const compile = (key) => new Function('x', 'return x + key.length * ${step}'.replace('key', JSON.stringify(key)));
exports.parse = (key, x) => ${call}(key, compile)(x);
exports.keeper = parserCache;\n`;

test('the cache of another module, which holds what was generated, is emptied', async () => {
  const ways: [string, string, string?][] = [
    ['', 'exports.size = () => 0;'],
    ['as TypeScript calls it', 'exports.size = () => 0;', '(0, parserCache.getParser)'],
    // What code has set on it stays.
    [
      'set up',
      'exports.setMax = (max) => { parserCache.max = max };\\nexports.clear = () => { parserCache.clear() };'.replaceAll('\\n', '\n'),
    ],
  ];
  for (const [name, more, call] of ways) {
    const files = { 'index.js': reader(1, call), 'keeper.js': keeper(more), 'lru.js': lru };
    const p = await program(files, { 'index.js': reader(2, call) });
    const { parse, keeper: kept } = p.exports;
    kept.setMax?.(1);
    assert.deepEqual([parse('ab', 1), parse('abc', 1)], [3, 4], name);
    await p.apply();
    assert.deepEqual([parse('ab', 1), parse('abc', 1)], [5, 7], name);
    await p.revert();
    assert.deepEqual([parse('ab', 1), parse('abc', 1)], [3, 4], name);
    assert.deepEqual([p.codes('carried-with-transform'), p.codes('warning')], [['cache-emptied'], ['results-kept']], name);
    p.clean();
  }
});

test('a cache of another module that may hold more, or that nothing empties, stays a matter of the author', async () => {
  const all = {
    walked: 'exports.all = () => { const all = []; parserCache.forEach((one) => all.push(one)); return all };',
    'set up, and never emptied': 'exports.setMax = (max) => { parserCache.max = max };',
    'given away': 'exports.cache = parserCache;',
    'filled later': `exports.setMax = (max) => { parserCache.max = max };\nexports.clear = () => { parserCache.clear() };
exports.later = async (key, compiler) => { parserCache.set(key, await compiler(key)) };`,
    'beside another': `const others = {};\nexports.other = (key, value) => { others[key] = value };`,
  };
  for (const [name, more] of Object.entries(all)) {
    const taker =
      name === 'beside another'
        ? keeper(more).replace('return parser;', 'if (!(key in others)) others[key] = compiler(key); return parser;')
        : keeper(more);
    const before = { 'index.js': reader(1), 'keeper.js': taker, 'lru.js': lru };
    assert.ok(
      (await codes(before, { 'index.js': reader(2) })).some((code) => code === 'index.js:2 generated-code'),
      name,
    );
  }
});

test('values that code was generated with, of a module that gives away others now', async () => {
  const before = {
    'index.js': `const formats = require('./formats');
exports.compile = (name, how) => new Function('test', 'return (x) => test' + how + '(x)')(formats[name]);`,
    'formats.js': 'exports.mail = /^a+$/;\nexports.host = (x) => x.length > 1;',
    'lib/other.js': "const { count } = require('./count');\nexports.make = (text) => new Function(text)(count);",
    'lib/count.js': 'exports.count = () => 1;',
  };
  assert.deepEqual(await codes(before, { 'formats.js': 'exports.mail = (x) => /^a+$/.test(x);\nexports.host = (x) => x.length > 1;' }), [
    'index.js:2 results-kept',
  ]);
});

test('values that a package which makes code was given', async () => {
  const before = {
    'index.js': `const gen = require('gen');
const formats = require('./formats');
exports.compile = (name) => gen('(x) => test(x)').toFunction({ test: formats[name] });`,
    'formats.js': 'exports.mail = /^a+$/;',
    'node_modules/gen/package.json': JSON.stringify({ name: 'gen', version: '1.0.0', main: 'index.js' }),
    'node_modules/gen/index.js':
      'module.exports = (text) => ({ toFunction: (scope) => Function(...Object.keys(scope), `return ${text}`)(...Object.values(scope)) })',
  };
  const manifest = JSON.stringify({ name: 'p', version: '1.0.0', main: 'index.js', dependencies: { gen: '1.0.0' } });
  assert.deepEqual(await codes({ ...before, 'package.json': manifest }, { 'formats.js': 'exports.mail = /^b+$/;' }), [
    'index.js:3 results-kept',
  ]);
});

test('a rule of another module, which code that the generator leads to calls by its name', async () => {
  const files = (pattern: string): Files => ({
    'index.js': "const { Core } = require('./core');\nexports.make = () => new Core().add(require('./pattern')).add(require('./other'));",
    'core.js': `const { compile } = require('./compile');
exports.Core = class { constructor() { this.rules = []; this.scope = 'x'; } add(rule) { this.rules.push(rule); return this } compile(schema) { return compile.call(this, schema) } };`,
    'compile.js': `const { walk } = require('./walk');
exports.compile = function (schema) { const parts = [this.scope];
  walk({ parts, self: this, schema });
  return new Function('x', 'return ' + parts.join('')) };`,
    'walk.js': 'exports.walk = (it) => { for (const rule of it.self.rules) one(it, rule) };\nfunction one(it, rule) { rule.render(it) }',
    'pattern.js': pattern,
    'other.js': 'exports.render = (it) => { it.parts.push(1) };',
  });
  const told = (before: string, after: string, more: Files = {}): Promise<string[]> =>
    codes({ ...files(before), ...more }, { 'pattern.js': after });
  const rule = (add: string): string => `module.exports = { render(it) { it.parts.push('${add}') }, name() { return '${add}' } };`;
  assert.deepEqual(await told(rule('+1'), rule('+2')), ['compile.js:4 results-kept']);
  const others: [string, string, Files?][] = [
    ['a method that nobody calls so', rule('+1').replace("name() { return '+1'", "name() { return '+2'")],
    [
      'one that is only called of what is known',
      rule('+2'),
      { 'walk.js': "const rule = require('./other');\nexports.walk = (it) => rule.render(it);" },
    ],
    [
      'in code that the generator does not lead to',
      rule('+2'),
      {
        'compile.js': files('')['compile.js']!.replace(
          "const { walk } = require('./walk');",
          'let walk = () => {}; exports.use = (f) => { walk = f };',
        ),
        'index.js': `${files('')['index.js']}\nrequire('./compile').use(require('./walk').walk);`,
      },
    ],
    [
      'text that nobody else has a hand in',
      rule('+2'),
      {
        'compile.js':
          "const { walk } = require('./walk');\nexports.compile = (schema) => { walk(schema); return new Function('x', String(schema)) };",
      },
    ],
  ];
  for (const [name, after, more] of others) assert.deepEqual(await told(rule('+1'), after, more), [], name);
  const method = (add: string): string => rule(add).replaceAll('render', 'push');
  const pushes = {
    'walk.js': 'exports.walk = (it) => { for (const rule of it.self.rules) one(it, rule) };\nfunction one(it, rule) { rule.push(it) }',
  };
  assert.deepEqual(await told(method('+1'), method('+2'), pushes), [], 'a name that lists have');
});
