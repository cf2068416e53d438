/** Code within a wrapper, or of a module in a bundle: what is carried of a plain module is carried there as well, and nothing else is said. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInThisContext } from 'node:vm';
import { program } from './harness.ts';
import type { Exports, Program } from './harness.ts';

const ESM = 'var __esm = (fn, res) => function __init() { return fn && (res = (0, fn[Object.keys(fn)[0]])(fn = 0)), res };';
const COMMON =
  'var __commonJS = (cb, mod) => function __require() { return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports };';

const ROLLUP = `function createCommonjsModule(fn, basedir, module) {
  return module = { path: basedir, exports: {}, require: function (path, base) { return commonjsRequire(path, base) } }, fn(module, module.exports), module.exports;
}`;

/** By what stands around them; `gives` are the names of what the module gives away. */
const wraps: Readonly<Record<string, (body: string, gives: readonly string[]) => string>> = {
  'a function called in place': (body, gives) => `(function () {\n'use strict';\n${body}\nmodule.exports = { ${gives.join(', ')} };\n})();`,
  'a UMD factory': (body, gives) => `(function (global, factory) {
  typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports) : factory((global.lib = {}));
})(this, function (exports) {\n'use strict';\n${body}\n${gives.map((name) => `exports.${name} = ${name};`).join('\n')}\n});`,
  'a CommonJS module of esbuild': (body, gives) =>
    `${COMMON}\nvar require_lib = __commonJS({ 'lib.js'(exports, module) {\n${body}\nmodule.exports = { ${gives.join(', ')} };\n} });\nmodule.exports = require_lib();`,
  'a CommonJS module of Rollup': (body, gives) => `${ROLLUP}\nvar lib = createCommonjsModule(function (module, exports) {
${body}\n${gives.map((name) => `exports.${name} = ${name};`).join('\n')}\n});\nmodule.exports = lib;`,
  'an ES module of esbuild that is asked for as it runs': (body, gives) => {
    const names = [...body.matchAll(/^(?:const|let|class) (\w+)/gm)].map(([, name]) => name!);
    const functions = [...body.matchAll(/^function .*$/gm)].map(([text]) => text);
    const set = body
      .replaceAll(/^function .*\n?/gm, '')
      .replaceAll(/^(?:const|let) (\w+) =/gm, '$1 =')
      .replaceAll(/^class (\w+)/gm, '$1 = class');
    const declared = names.length > 0 ? `var ${names.join(', ')};` : '';
    return `${ESM}\n${functions.join('\n')}\n${declared}\nvar init_lib = __esm({ 'lib.js'() {\n${set}\n} });\ninit_lib();\nmodule.exports = { ${gives.join(', ')} };`;
  },
};
const plainly = (body: string, gives: readonly string[]): string => `'use strict';\n${body}\nmodule.exports = { ${gives.join(', ')} };`;

interface Change {
  readonly body: string;
  readonly edits: readonly (readonly [before: string, after: string])[];
  readonly gives: readonly string[];
  /** Does what a program does before the patch, and gives what looks at it. */
  readonly use: (lib: Exports) => () => unknown;
}

const changes: Readonly<Record<string, Change>> = {
  'tables that become others, of objects and of the module': {
    body: `const kOwn = Symbol('own');
class Jar {
field = {};
constructor() { this.held = {}; this.seen = []; this.s = { n: 0, map: {} }; this[kOwn] = {} }
get lazy() { return this._lazy || (this._lazy = {}) }
put(key) { this.held[key] = 1; if (!this.seen.includes(key)) this.seen.push(key) }
all() { return [[...this.seen], ...[this.held, this.field, this.s.map, this[kOwn], this.lazy].map((map) => [Object.keys(map), 'toString' in map])] }
}
function Old() { this.held = {} }
Old.prototype.put = function (key) { this.held[key] = 1 };
Old.prototype.has = function (key) { return key in this.held };
let names = {};
function clear() { names = {} }
function put(key) { names[key] = 1 }
function has(key) { return key in names }`,
    edits: [
      ['field = {}', 'field = Object.create(null)'],
      ['this.seen = []', 'this.seen = new Set()'],
      ['if (!this.seen.includes(key)) this.seen.push(key)', 'this.seen.add(key)'],
      ['map: {}', 'map: Object.create(null)'],
      ['this[kOwn] = {}', 'this[kOwn] = Object.create(null)'],
      ['this._lazy = {}', 'this._lazy = Object.create(null)'],
      ['Old() { this.held = {} }', 'Old() { this.held = new Map() }'],
      ['this.held = {};', 'this.held = Object.create(null);'],
      ['(key) { this.held[key] = 1 };', '(key) { this.held.set(key, 1) };'],
      ['key in this.held', 'this.held.has(key)'],
      ['names = {}', 'names = new Map()'],
      ['names[key] = 1', 'names.set(key, 1)'],
      ['key in names', 'names.has(key)'],
    ],
    gives: ['Jar', 'Old', 'clear', 'put', 'has'],
    use: ({ Jar, Old, put, has }) => {
      const [jar, old] = [new Jar(), new Old()];
      for (const add of [jar.put.bind(jar), old.put.bind(old), put]) add('x');
      jar.all();
      return () => [...jar.all(), ...['x', 'toString'].map((key) => [old.has(key), has(key)])];
    },
  },
  'caches, and options that are completed': {
    body: `const cache = new Map();
const step = 1;
const defaults = { min: 1 };
class Table {
constructor() { this.cache = new Map() }
get(x) { let y = this.cache.get(x); if (y === undefined) { y = x + step; this.cache.set(x, y) } return y }
}
function of(x) { if (!cache.has(x)) cache.set(x, x + step); return cache.get(x) }
function complete(o) { return Object.assign({}, defaults, o) }
class Server {
constructor(o) { this.options = complete(o) }
all() { return [this.options.min, this.options.max] }
}`,
    edits: [
      ['step = 1', 'step = 2'],
      ['min: 1', 'min: 1, max: 9'],
    ],
    gives: ['Table', 'of', 'Server'],
    use: ({ Table, of, Server }) => {
      const [table, ...all] = [new Table(), new Server(), new Server({ max: 2 })];
      table.get(5);
      of(5);
      return () => [table.get(5), of(5), ...all.map((server) => server.all())];
    },
  },
  'fields and members': {
    body: `class Session {
constructor(id) { this.id = id }
tag(t) { return t }
}
function Queue(n) { this.limit = n }
Queue.prototype.add = function (x) { return x };`,
    edits: [
      ['constructor(id)', "tags = ['new'];\nlonger() { return this.tags.length }\nconstructor(id)"],
      ['tag(t) { return t }', 'tag(t) { return [this.tags[0], this.longer(), t] }'],
      ['this.limit = n }', 'this.limit = n; this.waiting = [n] }'],
      ['return x }', 'return [x, this.waiting.length] }'],
    ],
    gives: ['Session', 'Queue'],
    use: ({ Session, Queue }) => {
      const [session, queue] = [new Session('a'), new Queue(1)];
      return () => [session.tag('x'), queue.add(2)];
    },
  },
};

/** What a program that starts with the module gets of it. */
function fresh(body: string, gives: readonly string[]): Exports {
  const module = { exports: {} as Exports };
  (runInThisContext(`(function (module) {${plainly(body, gives)}\n})`) as (own: typeof module) => void)(module);
  return module.exports;
}

/** The warnings, what is seen once the patch is applied, and once it has gone. */
async function story(p: Program, use: Change['use']): Promise<readonly [readonly string[], unknown, unknown]> {
  const look = use(p.exports);
  await p.apply();
  const seen = look();
  await p.revert();
  return [p.codes('warning'), seen, look()];
}

const edited = ({ body, edits }: Change): string =>
  edits.reduce((text, [before, after]) => (assert.ok(text.includes(before), before), text.replaceAll(before, after)), body);

for (const [what, change] of Object.entries(changes))
  test(`${what}: as in a plain module`, async () => {
    const { body, gives, use } = change;
    const after = edited(change);
    const file = { 'index.js': `// ${what}, plainly\n${plainly(body, gives)}` };
    const plain = await program(file, { 'index.js': `// ${what}, plainly\n${plainly(after, gives)}` });
    const told = await story(plain, use);
    assert.deepEqual(told.slice(1), [use(fresh(after, gives))(), use(fresh(body, gives))()]);
    for (const [where, wrap] of Object.entries(wraps)) {
      const [from, to] = [body, after].map((text) => `// ${what}\n${wrap(text, gives)}`);
      const p = await program({ 'index.js': from! }, { 'index.js': to! });
      assert.deepEqual(await story(p, use), told, where);
    }
  });

test('entries of a kind that new code cannot read: refused where there are some', async () => {
  const body = `const hooks = [];
function put(x) { hooks.push((v) => v + x) }
function run(v) { return hooks.reduce((all, hook) => hook(all), v) }`;
  const after = body.replace('(v) => v + x', '{ fn: (v) => v + x }').replace('hook(all)', 'hook.fn(all)');
  for (const [where, wrap] of Object.entries(wraps)) {
    const [from, to] = [body, after].map((text) => `// entries\n${wrap(text, ['put', 'run'])}`);
    const p = await program({ 'index.js': from! }, { 'index.js': to! });
    p.exports['put'](1);
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' }, where);
    assert.equal(p.exports['run'](1), 2);
  }
});

test('what a `WeakMap` of a wrapper knows of objects stays, and is said to', async () => {
  const body = `const maps = new WeakMap();
class Jar {
constructor() { maps.set(this, {}) }
has(key) { return key in maps.get(this) }
}`;
  for (const [where, wrap] of Object.entries(wraps)) {
    const [from, to] = ['{}', 'Object.create(null)'].map((made) => wrap(body.replace('{})', `${made})`), ['Jar']));
    const p = await program({ 'index.js': from! }, { 'index.js': to! });
    assert.deepEqual(p.codes('warning'), ['instances-hold'], where);
  }
});

test('a module of a bundle that first runs while the patch is there: its objects get their old shape back with a revert', async () => {
  const body = `class Jar {
constructor() { this.held = {} }
put(key) { this.held[key] = 1 }
has(key) { return key in this.held }
}
const own = new Jar();
own.put('x');`;
  const after = body
    .replace('this.held = {}', 'this.held = new Map()')
    .replace('this.held[key] = 1', 'this.held.set(key, 1)')
    .replace('key in this.held', 'this.held.has(key)');
  for (const where of ['a CommonJS module of esbuild', 'an ES module of esbuild that is asked for as it runs']) {
    const lazily = (text: string): string =>
      wraps[where]!(text, ['Jar', 'own'])
        .replace('module.exports = require_lib();', 'exports.load = require_lib;')
        .replace(/init_lib\(\);\nmodule.exports = (.*);/, 'exports.load = () => (init_lib(), $1);');
    const p = await program({ 'index.js': lazily(body) }, { 'index.js': lazily(after) });
    await p.apply();
    const { Jar, own } = p.exports['load']();
    const jar = new Jar();
    jar.put('y');
    assert.deepEqual([jar.has('y'), own.has('x'), own.has('toString')], [true, true, false], where);
    await p.revert();
    assert.deepEqual(
      [jar.has('y'), own.has('x'), own.has('toString'), Object.getPrototypeOf(own.held)],
      [true, true, true, Object.prototype],
      where,
    );
  }
});
