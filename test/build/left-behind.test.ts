/** Old code that would go on after the patch, since the new version has nothing in its place: while it can be come to, the patch does not stay. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program } from './harness.ts';

type App = ((text: string) => unknown)[];

const handlers = `function makeHandler(limit) {
  return (text) => text.slice(0, limit * 100);
}
exports.setup = (app) => { app.push(makeHandler(2)); };`;
const changed = `class Handler {
  constructor(limit) { this.limit = limit; }
  handle(text) { if (text.length > this.limit) throw new RangeError('too long'); return text; }
}
exports.setup = (app) => { const handler = new Handler(2); app.push((text) => handler.handle(text)); };`;

test('a closure of a function that has gone', async () => {
  const p = await program({ 'index.js': handlers }, { 'index.js': changed });
  const setup = p.exports['setup'] as (app: App) => void;
  let app: App | null = [];
  setup(app);
  assert.deepEqual(
    p.report.verdicts.filter((v) => v.code === 'closure-kept').map((v) => v.path),
    ['makeHandler'],
  );
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.equal(app[0]!('abc'), 'abc', 'the old code goes on');
  assert.deepEqual(currentRuntime()!.status().patches, []);
  app = null;
  await p.apply();
  const later: App = [];
  setup(later);
  assert.throws(() => later[0]!('abc'), RangeError);
  await p.revert();
});

test('an object of a class that has gone', async () => {
  const before = `class Handler { constructor(limit) { this.limit = limit; } run(text) { return text.slice(0, this.limit * 100); } }
exports.make = () => new Handler(2);`;
  const after = `exports.make = () => ({ run: (text) => { if (text.length > 2) throw new RangeError('too long'); return text; } });`;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const made = p.exports['make']();
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.equal(made.run('abc'), 'abc');
});

test('a closure of a function that others have, and that makes another kind of it', async () => {
  const source = (made: string): string => `function make(limit) { return ${made} }\nmodule.exports = { make };`;
  const p = await program(
    { 'index.js': source('(text) => text.slice(0, limit * 100)') },
    { 'index.js': source("{ run(a, b, c) { if (a.length > limit || b || c) throw new RangeError('too long'); return a } }") },
  );
  const made = p.exports['make'](2);
  assert.deepEqual(p.codes('warning'), ['closure-kept']);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.equal(made('abc'), 'abc');
});

test('an object that the top level made of one is a value, which the patch has no more', async () => {
  const source = (
    give: string,
  ): string => `class Handler { constructor(limit) { this.limit = limit } run(text) { return text.slice(0, this.limit * 100) } }
const handler = new Handler(2);
exports.run = (text) => handler.run(text);${give}`;
  const after = `const checked = (text) => { if (text.length > 2) throw new RangeError('too long'); return text };
exports.run = (text) => checked(text);`;
  const p = await program({ 'index.js': source('') }, { 'index.js': after });
  assert.deepEqual(p.codes('warning'), []);
  await p.apply();
  assert.throws(() => p.exports['run']('abc'), RangeError);
  await p.revert();
  assert.equal(p.exports['run']('abc'), 'abc');
  const given = await build({ 'index.js': source('\nexports.make = () => new Handler(2);') }, { 'index.js': after });
  assert.ok(
    given.verdicts.some((v) => v.code === 'closure-kept'),
    'functions make more of them',
  );
});

test('closures that the load alone has made are values of the top level, unless a function of it may have given them away', async () => {
  const text = 'a'.repeat(300);
  const encoders = `const encode = ((size) => (text) => text.slice(0, size))(200);
const by = { all: (text) => text };
(() => { ['short', 'long'].forEach((name) => { by[name] = (text) => encode(text) + name }) })();
exports.run = (text) => by.short(text).length + encode(text).length;`;
  const gone = `const safe = (size, text) => { if (text.length > size) throw new RangeError('too long'); return text };
const encode = ((size) => safe.bind(null, size))(100);
exports.run = (text) => encode(text).length;`;
  const p = await program({ 'index.js': encoders }, { 'index.js': gone });
  assert.equal(p.exports['run'](text), 405);
  await p.apply();
  assert.throws(() => p.exports['run'](text), RangeError);
  await p.revert();
  assert.equal(p.exports['run'](text), 405);
  // Its value stays what the load has made of it.
  const kept = await program({ 'index.js': encoders }, { 'index.js': gone.replace('(100)', '(200)') });
  assert.ok(kept.codes('warning').includes('computed-at-load'));
  await assert.rejects(kept.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  // A callback that goes on, and that has given its closures to somebody else.
  const listening = (made: string): string => `const events = new (require('node:events'))();
['a', 'b'].forEach((name) => { events.on(name, ${made}); });
const say = (list, name) => ({ run: () => list.push('new ' + name) });
exports.emit = () => { const list = []; events.emit('a', list); return list };`;
  const q = await program({ 'index.js': listening("(list) => list.push('old ' + name)") }, { 'index.js': listening('say([], name).run') });
  assert.ok(q.codes('warning').includes('closure-kept'));
  await assert.rejects(q.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.deepEqual(q.exports['emit'](), ['old a']);
});

const task = `exports.run = async (gate, list) => {
  const timer = setInterval(() => list.push('old'), 1000);
  await gate;
  clearInterval(timer);
};`;

test('a closure that a task made for itself holds nothing up', async () => {
  const p = await program(
    { 'index.js': task },
    { 'index.js': task.replace("const timer = setInterval(() => list.push('old'), 1000);", 'const timer = undefined;') },
  );
  assert.deepEqual(p.codes('warning'), ['closure-kept']);
  const gate = Promise.withResolvers<void>();
  const running = p.exports['run'](gate.promise, []) as Promise<void>;
  const applying = p.apply();
  gate.resolve();
  await Promise.all([running, applying]);
  await p.revert();
});

const silent: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a callback that is called at once': [
    'function total(list) { return list.reduce((sum, n) => sum + n, 0) }\nexports.run = (list) => total(list);',
    'exports.run = (list) => { let sum = 0; for (const n of list) sum += n; return sum };',
  ],
  'a function of a scope that is only called there': [
    'exports.make = (list) => { function add(n) { list.push(n) } return (n) => { add(n); return list.length } };',
    'exports.make = (list) => { return (n) => { list.push(n); return list.length } };',
  ],
  'what the top level made as it loaded': [
    `const list = { n: 1 };
function shown(from) { const to = {}; for (const key in from) Object.defineProperty(to, key, { get: () => from[key] }); return to }
exports.all = shown(list); exports.run = () => 1;`,
    `const list = { n: 1 };
const show = { all: (from, to = {}) => { for (const key of Object.keys(from)) Object.defineProperty(to, key, { enumerable: true, get() { return from[key] } }); return to } };
exports.all = show.all(list); exports.run = () => 2;`,
  ],
  'what functions made that the top level alone calls, by others that it alone calls': [
    `function rest(fn) { return function (...all) { return fn(all) } }
function counter(step) { return rest((all) => all.length * step) }
const count = counter(2);
exports.run = (...all) => count(...all);`,
    `const given = (fn) => ({ call: (...all) => fn(all, null, null) });
function rest(fn) { const { call } = given(fn); return call }
function counter(step) { return rest((all) => all.length * step) }
const count = counter(2);
exports.run = (...all) => count(...all);`,
  ],
};
test('of what such functions made it is said where a function that the module gives away calls one of them as well', async () => {
  const [before, after] = Object.values(silent)
    .at(-1)!
    .map((text) => `${text}\nexports.counter = (step) => counter(step);`);
  const p = await program({ 'index.js': before! }, { 'index.js': after! });
  const made = p.exports['counter'](3);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.equal(made(1, 1), 6);
});

for (const [what, [before, after]] of Object.entries(silent))
  test(`nothing of that is said of ${what}`, async () => {
    const { patch, verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(patch);
    assert.deepEqual(
      verdicts.filter((v) => v.code === 'closure-kept'),
      [],
    );
  });

/** `user`: what the other module does with the maker, which has gone in the new version. */
const lazily = (user: string, format: 'cjs' | 'esm' = 'cjs'): readonly [Record<string, string>, Record<string, string>] => {
  const maker = 'function lazily(value) { let held; return () => held ??= value * 100 }';
  const name = format === 'cjs' ? 'js' : 'mjs';
  const [asked, given, instead] =
    format === 'cjs'
      ? ["const { lazily } = require('./tools');", `${maker}\nmodule.exports = { lazily };`, 'exports.other = 1;']
      : ["import { lazily } from './tools.mjs';", `export ${maker}`, 'export const other = 1;'];
  const run = (body: string): string => (format === 'cjs' ? `exports.run = () => ${body};` : `export const run = () => ${body};`);
  const isAsked = user.includes('require') || user.includes(' from ');
  return [
    { [`index.${name}`]: `${isAsked ? '' : asked}\n${user}\n${run('load()')}`, [`tools.${name}`]: given },
    { [`index.${name}`]: `let held;\nfunction load() { return held ??= 3 }\n${run('load()')}`, [`tools.${name}`]: instead },
  ];
};

const takers: Readonly<Record<string, string>> = {
  'by its name': 'const load = lazily(2);',
  'as a member': "const tools = require('./tools');\nconst load = tools.lazily(2);",
  'as it asks for it': "const load = require('./tools').lazily(2);",
  'as a variable that it asks for': "const lazily = require('./tools').lazily;\nconst load = lazily(2);",
};
const ways: Readonly<Record<string, string>> = {
  'in an object': 'function lazily(value) { let held; return () => held ??= value * 100 }\nmodule.exports = { lazily };',
  'by a name': 'exports.lazily = function (value) { let held; return () => held ??= value * 100 };',
};
for (const [how, given] of Object.entries(ways))
  test(`closures are values of a module that loads where the other one gives their maker away ${how}, and calls it itself no more`, async () => {
    const [before, after] = lazily('const load = lazily(2);');
    const codes = async (tools: string): Promise<string[]> =>
      (await build({ ...before, 'tools.js': tools }, after)).verdicts.map(({ code }) => code);
    assert.ok(!(await codes(given)).includes('closure-kept'));
    assert.ok((await codes(`${given}\nexports.other = () => module.exports.lazily(1);`)).includes('closure-kept'));
  });

for (const [how, user] of Object.entries(takers))
  test(`what a module that loads made by a function of another one, ${how}, is a value of it`, async () => {
    const p = await program(...lazily(user));
    assert.equal(p.exports['run'](), 200);
    assert.deepEqual(
      p.report.verdicts.filter((v) => v.code === 'closure-kept'),
      [],
    );
    await p.apply();
    assert.equal(p.exports['run'](), 3);
    await p.revert();
    assert.equal(p.exports['run'](), 200);
  });

const keepers: Readonly<Record<string, string>> = {
  'a function calls it': 'function load() { return made()() }\nfunction made() { return lazily(2) }',
  'a function calls it as a member': "const tools = require('./tools');\nconst load = () => tools.lazily(2)();",
  'a function asks for it': "const load = () => require('./tools').lazily(2)();",
  'a function takes it out': "const load = () => { const { lazily } = require('./tools'); return lazily(2)() };",
  'it is given away': 'const load = lazily(2);\nexports.lazily = lazily;',
  'it is given away as a member': "const tools = require('./tools');\nconst load = tools.lazily(2);\nexports.more = tools.lazily;",
};
for (const [what, user] of Object.entries(keepers))
  test(`closures that another module has made are looked for where ${what}`, async () => {
    const { verdicts } = await build(...lazily(user));
    assert.ok(verdicts.some((v) => v.code === 'closure-kept' && v.path === 'lazily'));
  });

test('closures are looked for where a module that stays as it is has made them', async () => {
  const [before, after] = lazily('const load = lazily(2);');
  const stays = { 'stays.js': "exports.load = require('./tools').lazily?.(2);" };
  const { verdicts } = await build({ ...before, ...stays }, { ...after, ...stays });
  assert.ok(verdicts.some((v) => v.code === 'closure-kept' && v.path === 'lazily'));
});

test('closures are looked for where a function of their own module makes more of them', async () => {
  const [before, after] = lazily("import { lazily } from './tools.mjs';\nconst load = lazily(2);", 'esm');
  const own = `${before['tools.mjs']}\nexport const more = () => lazily(1);`;
  const { verdicts } = await build({ ...before, 'tools.mjs': own }, after);
  assert.ok(verdicts.some((v) => v.code === 'closure-kept'));
});

for (const more of ['', "export { lazily } from './tools.mjs';"])
  test(`a module that imports it ${more ? 'and passes it on ' : ''}is looked at as one that requires it`, async () => {
    const { verdicts } = await build(...lazily(`import { lazily } from './tools.mjs';\nconst load = lazily(2);\n${more}`, 'esm'));
    assert.equal(
      verdicts.some((v) => v.code === 'closure-kept'),
      more !== '',
    );
  });

test('where a function gives one more kind of closure, those that exist stay of the kind that they are, which is said', async () => {
  const text = (given: string): string => `exports.allow = (by) => { ${given} }`;
  const list = 'return (name) => by.includes(name)';
  const before = text(`if (typeof by === 'string') return () => true; ${list}`);
  for (const after of [
    text(`if (typeof by === 'string') { if (by === '*') return () => true; return (name) => by === name } ${list}`),
    text(`if (typeof by === 'string') return by === '*' ? () => true : (name) => by === name; ${list}`),
  ]) {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    assert.deepEqual(p.codes('warning'), ['closure-kept']);
    const held = p.exports['allow']('a');
    await p.apply();
    assert.deepEqual([held('b'), p.exports['allow']('a')('b')], [true, false]);
    await p.revert();
  }
  const one = await build({ 'index.js': text('return by') }, { 'index.js': text(list) });
  assert.deepEqual(
    one.verdicts.filter(({ verdict }) => verdict === 'warning'),
    [],
    'there is none of it yet',
  );
});

const guarding = (listener: string, limit: number, params = 'text'): string => `const { EventEmitter } = require('node:events');
class Guard {
  constructor(source) { this.seen = []; const self = this; let current = this; this.move = (to) => { current = to }; source.on('data', ${listener}); }
  see(${params}) { this.seen.push(text.slice(0, ${limit})); }
  other(text) { this.seen.push('other'); }
}
exports.Guard = Guard;
exports.EventEmitter = EventEmitter;`;

for (const [was, now] of [
  ['(text) => this.see(text)', 'this.see.bind(this)'],
  ['(text) => { this.see(text); }', 'this.see.bind(this)'],
  ['function (text) { return self.see(text); }', 'this.see.bind(this)'],
] as const)
  test(`a closure that only calls a method does not keep a patch away that gives it bound: ${was}`, async () => {
    const p = await program({ 'index.js': guarding(was, 9) }, { 'index.js': guarding(now, 2) });
    // What the method has put into the list is said by itself.
    assert.deepEqual(p.codes('warning'), ['instances-hold']);
    const source = new p.exports['EventEmitter']();
    const guard = new p.exports['Guard'](source);
    await p.apply();
    source.emit('data', 'abc');
    const later = new p.exports['Guard'](source);
    source.emit('data', 'def');
    assert.deepEqual([guard.seen, later.seen], [['ab', 'de'], ['de']]);
    await p.revert();
    source.emit('data', 'ghi');
    assert.deepEqual(guard.seen, ['ab', 'de', 'ghi']);
  });

for (const [what, was, now, params] of [
  ['calls another method', '(text) => this.other(text)', 'this.see.bind(this)', 'text'],
  ['hands on less than the method takes', '(text) => this.see(text)', 'this.see.bind(this)', 'text, more'],
  ['does more', '(text) => { this.n = 1; this.see(text); }', 'this.see.bind(this)', 'text'],
  ['gives it something else', '(text) => this.see(text + 1)', 'this.see.bind(this)', 'text'],
  ['is of another object by then', 'function (text) { this.see(text); }', 'this.see.bind(this)', 'text'],
  ['is of another object by the time it is called', '(text) => current.see(text)', 'current.see.bind(current)', 'text'],
  ['is given more when it is bound', '(text) => this.see(text)', "this.see.bind(this, 'a')", 'text'],
] as const)
  test(`a closure stays in the way where it ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': guarding(was, 9, params) }, { 'index.js': guarding(now, 2, params) });
    assert.ok(verdicts.some(({ code }) => code === 'closure-kept'));
  });

const joining = (entries: string, body: string, more = ''): string => `exports.make = (limit) => {
  const list = [];
  const box = { add(text) { ${body} }, ${entries} };
  return box;
};${more}`;
const CLIPPED = 'clip(text) { return text.slice(0, limit * 100) }';

test('a method of an object that is written out, and that the module itself called, stays callable where nothing asks for it', async () => {
  for (const [entry, call] of [
    [CLIPPED, 'box.clip(text)'],
    ['clip: (text) => text.slice(0, limit * 100)', 'this.clip(text)'],
    ["'clip'(text) { return text.slice(0, limit * 100) }", 'box.clip(text)'],
  ] as const) {
    const p = await program(
      { 'index.js': joining(entry, `list.push(${call}); return list.join()`) },
      { 'index.js': joining('', 'list.push(text.slice(0, limit)); return list.join()') },
    );
    const held = p.exports['make'](2);
    assert.equal(held.add('abc'), 'abc');
    assert.ok(p.codes('warning').includes('closure-kept'));
    await p.apply();
    assert.equal(held.add('def'), 'abc,de');
    assert.equal(held.clip('abc'), 'abc', 'who calls it all the same gets the old one');
    await p.revert();
    assert.equal(held.add('ghi'), 'abc,de,ghi');
  }
});

test('in a bundle, what another of its modules says under that name is another thing', async () => {
  const bundle = (own: string): string => `var __commonJS = (cb, mod) => function __require() {
  return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
};
var require_own = __commonJS({ 'own.js'(exports, module) { ${own} } });
var require_other = __commonJS({ 'other.js'(exports, module) { exports.trim = (shape) => shape.clip(1); } });
exports.make = require_own().make;
exports.trim = require_other().trim;`;
  const p = await program(
    { 'index.js': bundle(joining(CLIPPED, 'list.push(box.clip(text)); return list.join()')) },
    { 'index.js': bundle(joining('', 'list.push(text.slice(0, limit)); return list.join()')) },
  );
  const held = p.exports['make'](2);
  assert.equal(held.add('abc'), 'abc');
  await p.apply();
  assert.equal(held.add('def'), 'abc,de');
  await p.revert();
});

for (const [what, before, after] of [
  ['others may call it', joining(CLIPPED, 'list.push(text)'), joining('', 'list.push(text + 1)')],
  ['new code may still ask for it', joining(CLIPPED, 'list.push(box.clip(text))'), joining('', 'list.push(box.clip?.(text))')],
  [
    'new code takes it out of the object',
    joining(CLIPPED, 'list.push(box.clip(text))'),
    joining('', 'const { clip } = box; list.push(clip ? 1 : text)'),
  ],
  ['new code asks for it by a string', joining(CLIPPED, 'list.push(box.clip(text))'), joining('', "list.push(box['clip'] ? 1 : text)")],
  ['its name is computed', joining(`['clip']: (text) => text`, 'list.push(box.clip(text))'), joining('', 'list.push(text + 1)')],
  [
    'it stands in a list',
    joining('all: [(text) => text.slice(limit)]', 'list.push(box.all[0](text), box.clip(text))'),
    joining('', 'list.push(text + 1)'),
  ],
  [
    'nothing of the object goes on',
    `exports.make = (limit) => {
  const box = { clip(text) { return text.slice(0, limit * 100) }, add(text) { return box.clip(text) } };
  return { box, run: (text) => box.add(text) };
};`,
    'exports.make = (limit) => ({ box: null, run: (text) => text.slice(0, limit) });',
  ],
] as const)
  test(`it is looked for where ${what}`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const held = p.exports['make'](2);
    assert.ok(held);
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  });

test('a class without methods gives way to another, for which the same function asks', async () => {
  const source = (name: string, asked = name, more = ''): string => `class ${name} { constructor(n) { this.n = n; } ${more} }
exports.make = (n) => new ${name}(n); exports.is = (x) => x instanceof ${asked};`;
  const said = async (before: string, after: string): Promise<string[]> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.flatMap(({ code, path, reason }) => (code === 'closure-kept' ? `${path}: ${reason}` : []));
  };
  const both = `class Kept {}\nexports.Kept = Kept;\n`;
  assert.deepEqual(
    await said(both + source('Point'), both + source('Place', 'Place', '#more = 1;').replace('this.n = n', 'this.at = n + 1')),
    ['Point: objects that exist are none of Place, for which the new version asks in its place'],
  );
  // It goes on, or nobody asks, or for one that was there.
  assert.deepEqual(await said(both + source('Point'), both + source('Point', 'Point', 'get() { return 1; }')), []);
  assert.deepEqual(
    await said(both + source('Point', 'Kept'), both + source('Place', 'Kept', '#more = 1;').replace('this.n = n', 'this.at = n + 1')),
    [],
  );
  assert.deepEqual(
    await said(both + source('Point'), both + source('Place', 'Kept', '#more = 1;').replace('this.n = n', 'this.at = n + 1')),
    [],
  );
  const place = source('Place', 'Place', '#more = 1;').replace('this.n = n', 'this.at = n + 1');
  assert.deepEqual(await said(both + source('Point', 'Kept'), both + place), []);
  assert.deepEqual(await said(both + source('Point', 'Kept'), both.replace('{}', '{ n = 1 }') + place), []);
  assert.deepEqual(
    await said(both + source('Point'), `${both}${place.replace('exports.is', 'exports.isOne')} exports.is = () => false;`),
    [],
  );
  const methods = await said(both + source('Point', 'Point', 'get() { return 1; }'), both + place);
  assert.deepEqual(methods, ['Point: objects that exist keep their old methods, the new version has no such class']);
});

test('a module that has thrown before it came to a class has made no object of it', async () => {
  const part = (made: string, own: string): string =>
    `exports.make = () => ${made};\nif (exports.fails !== false) throw new Error('no more of it');\n${own}`;
  const index = (n: number): string =>
    `try { require('./part.js'); } catch (error) { exports.why = error.message; }\nexports.n = () => ${n};`;
  for (const own of ['class Handler { run() { return 1; } }', 'var Handler = class { run() { return 1; } };']) {
    const p = await program(
      { 'index.js': index(1), 'part.js': part('new Handler().run()', own) },
      { 'index.js': index(2), 'part.js': part("({ run: () => 'two' })", '') },
    );
    assert.equal(p.exports['why'], 'no more of it');
    assert.ok(p.codes('warning').includes('closure-kept'));
    await p.apply();
    assert.equal(p.exports['n'](), 2);
    await p.revert();
  }
});
