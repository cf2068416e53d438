/** What a function does once for the closures or the object that it makes: those that exist have not had it, and the report says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program } from './harness.ts';
import type { Program } from './harness.ts';
import type { HookSource } from '../../src/build/index.ts';

const maker = `module.exports = function make(options, server) {
  server.on('data', (list) => { server.last = list.slice(0, options.limit) });
};`;
const failing = `module.exports = function make(options, server) {
  const read = () => options.limit;
  server.on('data', read);
  try { server.start(); } catch (error) { END }
};`;
const made = `class Socket { constructor(server) { this.server = server; } }
exports.Socket = Socket;`;

const defining = `const mark = Symbol('mark'); exports.read = (one) => one[mark];
exports.decorate = (type, options) => { Object.defineProperties(type, { ok: { value: 1 }, own: { get() { return options.limit } } }); };`;

const set: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a property of what closures go by': [maker, maker.replace('  server.on', '  options.limit = options.limit || 10;\n  server.on')],
  'a property within a condition': [maker, maker.replace('  server.on', '  if (!options.limit) options.limit = 10;\n  server.on')],
  'a method that is called on what closures go by': [maker, maker.replace('  server.on', '  server.setTimeout(5000);\n  server.on')],
  'another argument of one': [
    maker.replace('  server.on', '  server.setTimeout(0);\n  server.on'),
    maker.replace('  server.on', '  server.setTimeout(5000);\n  server.on'),
  ],
  'one more closure that is given away': [maker, maker.replace('  server.on', "  events.on('error', () => {});\n  server.on")],
  'what is in a list of what closures go by from the start': [
    maker.replace('  server.on', "  options.rules = ['a'];\n  server.on"),
    maker.replace('  server.on', "  options.rules = ['a', 'b'];\n  server.on"),
  ],
  'what is in an object of what closures go by from the start': [
    maker.replace('  server.on', '  options.rules = { a: 1 };\n  server.on'),
    maker.replace('  server.on', '  options.rules = { a: 1, b: 2 };\n  server.on'),
  ],
  'what a constructor does for its object': [made, made.replace('server; }', `server; this.server.setTimeout(5000); }`)],
  'what the constructor of a superclass is given': [
    'class Base { constructor(o) { this.limit = o.limit } }\nexports.Socket = class extends Base { constructor() { super({ limit: 0 }); } };',
    'class Base { constructor(o) { this.limit = o.limit } }\nexports.Socket = class extends Base { constructor() { super({ limit: 9 }); } };',
  ],
  'the same, as a compiler calls it': [
    'function Base(o) { this.limit = o.limit }\nexports.Socket = function Socket() { Base.call(this, { limit: 0 }); this.x = 1 };',
    'function Base(o) { this.limit = o.limit }\nexports.Socket = function Socket() { Base.call(this, { limit: 9 }); this.x = 1 };',
  ],
  'a method that a constructor calls': [made, made.replace('server; }', `server; this.on('data', this.onData); }`)],
  'a closure that a timer of a socket keeps': [
    made,
    made.replace('server; }', 'server; server.setTimeout(100, () => server.destroy()); }'),
  ],
  'another argument of a timer that an object keeps': [
    made.replace('server; }', 'server; this.timer = setInterval(() => server.ping(), 10); }'),
    made.replace('server; }', 'server; this.timer = setInterval(() => server.ping(), 1000); }'),
  ],
  'a method of what a constructor makes for its object': [
    'class B { limit(n) { this.n = n } }\nexports.Socket = class { constructor() { this.b = new B(); this.b.limit(1) } };',
    'class B { limit(n) { this.n = n } }\nexports.Socket = class { constructor() { this.b = new B(); this.b.limit(2) } };',
  ],
  'a listener that hears of what it did not': [
    made.replace('server; }', "server; server.addEventListener('a', () => {}, false); }"),
    made.replace('server; }', "server; server.addEventListener('a', () => {}, true); }"),
  ],
  'what is set where something has been thrown, and the call goes on': [
    failing.replace('END', 'options.limit = 10;'),
    failing.replace('END', 'options.limit = 5;'),
  ],
  'what is set where something has been thrown, and a closure is given back': [
    failing.replace('END', 'options.limit = 10; return () => options.limit;'),
    failing.replace('END', 'options.limit = 5; return () => options.limit;'),
  ],
  'what is set there for a closure that has a name': [
    failing.replace('END', 'options.limit = 10; return read;'),
    failing.replace('END', 'options.limit = 5; return read;'),
  ],
  'a listener of a constructor': [made, made.replace('server; }', `server; server.on('error', () => {}); }`)],
  'a property of an object on which it puts closures': [defining, defining.replace('ok:', '[mark]: { value: true }, ok:')],
  'another value of one': [defining, defining.replace('value: 1', 'value: 2')],
  'one that is said by itself': [defining, defining.replace(' };', " Object.defineProperty(type, 'limit', { value: options.limit }); };")],
};
for (const [what, [before, after]] of Object.entries(set))
  test(`${what} is said to be missing`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    const [own, ...others] = verdicts.filter((v) => v.code === 'set-up-kept');
    assert.ok(own, 'said nothing');
    assert.deepEqual(others, []);
    assert.match(own.reason, /^(closures|objects) that exist were made without it: \S/);
  });

const not: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a property of what the call alone has': [maker, maker.replace('  server.on', '  const own = {};\n  own.limit = 10;\n  server.on')],
  'a function that gives nothing away': [
    'module.exports = (options) => { return options.limit };',
    'module.exports = (options) => { options.limit ||= 10; return options.limit };',
  ],
  'a table that becomes one of another kind, which is a matter of what is in it': [
    maker.replace('  server.on', '  options.seen = {};\n  server.on'),
    maker.replace('  server.on', '  options.seen = new Map();\n  server.on'),
  ],
  'a table without a prototype that something else makes': [
    maker.replace('  server.on', '  options.seen = Object.create(null);\n  server.on'),
    maker.replace('  server.on', '  options.seen = require("./seen.js");\n  server.on'),
  ],
  'a method of an object that is written out': [
    maker.replace('  server.on', '  options.own = { run() { return 1 } };\n  server.on'),
    maker.replace('  server.on', '  options.own = { run() { return 2 } };\n  server.on'),
  ],
  'one that is written out and becomes another': [
    maker.replace('  server.on', '  options.seen = [1];\n  server.on'),
    maker.replace('  server.on', '  options.seen = { 1: true };\n  server.on'),
  ],
  'what a timer runs once': [
    'module.exports = (request) => { setTimeout(() => request.end(), 10); };',
    'module.exports = (request) => { request.id = 1; setTimeout(() => request.end(), 10); };',
  ],
  'what a promise runs once': [
    'module.exports = (request) => { request.begin().then(() => request.end()); };',
    `module.exports = (request) => { request.id = 1; request.begin().then(() => request.end()); };`,
  ],
  'what is cleaned up where the call ends because something has been thrown': [
    failing.replace('END', 'return options.done(error);'),
    failing.replace('END', 'options.limit = 0; options.close(error); return options.done(error);'),
  ],
  'what is cleaned up before it is thrown on': [
    failing.replace('END', 'throw error;'),
    failing.replace('END', 'options.close(error); throw error;'),
  ],
  'a closure that changes, and is given away as before': [maker, maker.replace('options.limit)', 'options.limit || 10)')],
  'a listener that is told what goes without saying': [
    made.replace('server; }', "server; server.addEventListener('a', () => {}, false); }"),
    made.replace('server; }', "server; server.addEventListener('a', () => {}); }"),
  ],
  'a closure that changes, and is put on an object as before': [defining, defining.replace('options.limit }', 'options.limit || 1 }')],
  'what is defined on what gets no closure': [
    'exports.decorate = (type, other) => { Object.defineProperty(type, "a", { value: 1 }); return () => other };',
    'exports.decorate = (type, other) => { Object.defineProperty(type, "a", { value: 2 }); return () => other };',
  ],
  'a field, which is looked at by its name': [made, made.replace('server; }', 'server; this.id = 1; }')],
};
for (const [what, [before, after]] of Object.entries(not))
  test(`nothing is said of ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.deepEqual(
      verdicts.filter((v) => v.code === 'set-up-kept'),
      [],
    );
  });

const EMITTER = "const { EventEmitter } = require('node:events'); const bus = new EventEmitter(); exports.bus = bus;\n";
const NAMED = 'const f = () => {}, g = () => {}; exports.all = [f, g];\n';
const lasting: Readonly<Record<string, readonly [before: string, was: string, now: string]>> = {
  'a limit of an emitter': [`${EMITTER}exports.begin = () => { bus.setMaxListeners(5) };`, '(5)', '(9)'],
  'a limit of one that it makes': [
    `${EMITTER}exports.begin = () => { const own = new EventEmitter(); own.setMaxListeners(5); return own };`,
    '(5)',
    '(9)',
  ],
  'a timeout of a socket': ['exports.begin = (socket) => { socket.setTimeout(5) };', '(5)', '(9)'],
  'one more listener': [`${NAMED}exports.begin = (s) => { s.on('a', f) };`, "'a', f)", "'a', f); s.on('b', f)"],
  'a listener of another event': [`${NAMED}exports.begin = (s) => { s.on('a', f) };`, "'a'", "'b'"],
  'a listener that stays': [`${NAMED}exports.begin = (s) => { s.once('a', f) };`, 's.once', 's.on'],
  'a listener that has gone': [`${NAMED}exports.begin = (s) => { s.on('a', f); s.on('b', f) };`, " s.on('b', f)", ''],
  'a listener of the process': [`${NAMED}exports.begin = () => { f() };`, 'f() }', "f(); process.on('a', f) }"],
  'a method as a listener': [
    "exports.C = class { begin(s) { s.on('a', this.a) } a() {} b() {} };",
    'this.a)',
    "this.a); s.on('b', this.b)",
  ],
  'a handler that is a property': [`${NAMED}exports.begin = (s) => { s.onmessage = f };`, '= f }', '= f; s.onerror = g }'],
  'a timer that nobody keeps': [`${NAMED}exports.begin = () => { setInterval(f, 5) };`, ', 5', ', 9'],
  'a route by the name of its handler': [
    `${NAMED}exports.begin = (router) => { router.get('/a', f) };`,
    "'/a', f)",
    "'/a', f); router.get('/b', g)",
  ],
  'a method that an application gains': [
    'exports.begin = (app) => { app.a = function () { return 1 } };',
    'return 1 }',
    'return 1 }; app.b = function () { return 2 }',
  ],
  'what is put under each of a list': [`${NAMED}exports.begin = (app) => { for (const k of ['a']) app[k] = f };`, "['a']", "['a', 'b']"],
  'what is put under each of a list that is called': [
    `${NAMED}exports.begin = (app) => { ['a'].forEach((k) => { app[k] = f }) };`,
    "['a']",
    "['a', 'b']",
  ],
  'what a method sets': ['exports.begin = (pool) => { pool.setLimit(5) };', '5', '9'],
  'what a method sets by a constant': ['const MAX = 5; exports.begin = (pool) => { pool.setLimit(MAX) };', '5', '9'],
  'a property of a server': ['exports.begin = (server) => { server.timeout = 5 };', '5', '9'],
  'a property of a server, by a constant': ['const MAX = 5; exports.begin = (s) => { s.httpServer.timeout = MAX };', '5', '9'],
  'what a call makes for an application': [
    "const made = require('dep'); exports.begin = (app) => { app.use(made.json({ limit: 5 })) };",
    '5',
    '9',
  ],
  'one more that a call makes for a router': [
    "const made = require('dep'); exports.begin = (router) => { router.use(made.json()) };",
    'made.json())',
    'made.json()); router.use(new made.Guard())',
  ],
  'a route of a router that it makes': [
    `${NAMED}const express = require('dep'); exports.begin = () => { const router = express.Router(); router.get('/a', f); return router };`,
    "'/a', f)",
    "'/a', g, f)",
  ],
  'a setting of an application': ["exports.begin = (app) => { app.set('limit', 5) };", ', 5', ', 9'],
};
for (const [what, [before, was, now]] of Object.entries(lasting))
  test(`${what} is said to stay as calls have set it up`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': before.replace(was, now) });
    const own = verdicts.filter((v) => v.code === 'set-up-kept');
    assert.equal(own.length, 1);
    assert.match(own[0]!.path, /^exports\.(?:C#)?begin$/);
    assert.match(own[0]!.reason, /^what its calls have set up (?:was set up without it|keeps it): \S/);
  });

const over: Readonly<Record<string, readonly [before: string, was: string, now: string]>> = {
  'a listener of a request': [`${NAMED}exports.f = (req) => { req.on('a', f) };`, "'a', f)", "'a', f); req.on('b', g)"],
  'a listener of what the call alone has': [
    `${EMITTER}${NAMED}exports.f = () => { const own = new EventEmitter(); own.on('a', f); own.emit('a') };`,
    "own.on('a'",
    "own.on('b'",
  ],
  'what a listener is told that goes without saying': [
    `${NAMED}exports.f = (scope) => { scope.dom.addEventListener('a', f, false) };`,
    ', false',
    '',
  ],
  'what is put on each request': ["exports.f = (req) => { ['a'].forEach((k) => { req[k] = 5 }) };", "['a']", "['a', 'b']"],
  'what a method sets to what it is given': ['exports.f = (pool, n) => { pool.setLimit(n + 5) };', '5', '9'],
  'a property of what is given, that each call gives another': ['exports.f = (server, n) => { server.timeout = n * 5 };', '5', '9'],
  'a property of what is no part of the program, as far as its name tells': ['exports.f = (item) => { item.limit = 5 };', '5', '9'],
  'what a call makes for that': ["const made = require('dep'); exports.f = (list) => { list.use(made.json({ limit: 5 })) };", '5', '9'],
  'what a call makes that asks something of a server': [
    "const made = require('dep'); exports.f = (server) => server.request(made.url({ limit: 5 }));",
    '5',
    '9',
  ],
  'a route of a router that the call alone has': [
    `${NAMED}const express = require('dep'); exports.f = () => { const router = express.Router(); router.get('/a', f); router.run() };`,
    "'/a', f)",
    "'/a', g, f)",
  ],
  'what is no part of the program, as far as its name tells': [
    `${NAMED}const dep = require('dep'); exports.f = () => { const list = dep.List(); list.register('/a', f); return list };`,
    "'/a', f)",
    "'/b', f)",
  ],
  'a router that is given': [
    `${NAMED}const express = require('dep'); exports.f = (o) => { const router = o.router; router.get('/a', f); return router };`,
    "'/a', f)",
    "'/a', g, f)",
  ],
  'a date': ['exports.f = (date) => { date.setHours(5) };', '5', '9'],
  'a header of a response': ["exports.f = (out) => { out.setHeader('a', 5) };", '5', '9'],
  'what a map is given': ["exports.f = (headers) => { headers.set('a', 5) };", '5', '9'],
  'a timer that fires once': [`${NAMED}exports.f = () => { setTimeout(f, 5) };`, ', 5', ', 9'],
};
for (const [what, [before, was, now]] of Object.entries(over))
  test(`nothing is said to stay of ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': before.replace(was, now) });
    assert.deepEqual(
      verdicts.filter(({ verdict }) => verdict === 'warning'),
      [],
    );
  });

interface Server {
  last?: readonly number[];
  listener: (list: readonly number[]) => void;
}
const list = Array.from({ length: 12 }, (_, i) => i);

async function served(hooks?: HookSource): Promise<{ readonly p: Program; readonly begin: () => Server }> {
  const [before, after] = set['a property of what closures go by']!;
  const p = await program({ 'index.js': before }, { 'index.js': after }, hooks);
  const make = p.exports as unknown as (options: { limit?: number }, server: object) => void;
  const begin = (): Server => {
    const server = {
      last: [] as readonly number[],
      on: (_: string, listener: () => void) => (server.listener = listener),
      listener: () => {},
    };
    make({}, server);
    return server;
  };
  return { p, begin };
}

test('while a closure is alive that has not had it, the patch is not one that has been applied', async () => {
  const { p, begin } = await served();
  const old = begin();
  const { refusal } = currentRuntime()!.check(p.report.patch!, {});
  assert.equal(refusal?.code, 'ERR_LIVE_CLOSURES');
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.deepEqual(currentRuntime()!.status().patches, [], 'nothing of it stays');
  old.listener(list);
  assert.equal(old.last?.length, 12);
});

test('what is made from now on has had it', async () => {
  const { p, begin } = await served();
  await p.apply();
  const now = begin();
  now.listener(list);
  assert.equal(now.last?.length, 10);
  await p.revert();
});

test('an author who takes it upon himself gives it to those that exist', async () => {
  const { p, begin } = await served({ name: 'hook.mjs', text: `export const claims = ['index.js set-up-kept'];` });
  const old = begin();
  await p.apply();
  const now = begin();
  for (const server of [old, now]) server.listener(list);
  assert.deepEqual([old.last?.length, now.last?.length], [12, 10]);
  await p.revert();
});

const task = `module.exports = async function (gate, options, server) {
  server.on((values) => values.slice(0, options.limit));
  await gate;
  server.off();
};`;

test('what a task that is under way made for itself holds nothing up', async () => {
  const p = await program({ 'index.js': task }, { 'index.js': task.replace('  server.on', '  options.limit ??= 10;\n  server.on') });
  assert.deepEqual(p.codes('warning'), ['set-up-kept']);
  const run = p.exports as unknown as (gate: Promise<void>, options: object, server: object) => Promise<void>;
  const server = {
    listener: null as ((values: readonly number[]) => readonly number[]) | null,
    on: (listener: (values: readonly number[]) => readonly number[]) => void (server.listener = listener),
    off: () => void (server.listener = null),
  };
  const gate = Promise.withResolvers<void>();
  const running = run(gate.promise, {}, server);
  const applying = p.apply();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(server.listener);
  gate.resolve();
  await Promise.all([running, applying]);
  void run(Promise.resolve(), {}, server);
  assert.equal(server.listener!(list).length, 10);
  await p.revert();
});

const socket = `const { EventEmitter } = require('node:events');
class Socket extends EventEmitter { constructor(name) { super(); this.name = name; } hi() { return this.name; } }
exports.Socket = Socket;`;

test('an object that is there from the start to the end, and has not had it, turns the transition round', async () => {
  const p = await program(
    { 'index.js': socket },
    {
      'index.js': socket
        .replace('this.name = name;', "this.name = name; this.on('error', () => name);")
        .replace('return this', "return '' + this"),
    },
  );
  const held = new p.exports['Socket']('a');
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.deepEqual([held.listenerCount('error'), new p.exports['Socket']('b').listenerCount('error')], [0, 0]);
});

test('where none is there it applies, and objects of the new code are none of those', async () => {
  const p = await program(
    { 'index.js': socket },
    { 'index.js': socket.replace('this.name = name;', "this.name = name; this.on('error', () => name);") },
  );
  await p.apply();
  assert.equal(new p.exports['Socket']('b').listenerCount('error'), 1);
  await p.revert();
});

const alone = `exports.make = (limit = 5) => { const most = limit * 2; return { take(values) { return values.slice(0, most); } }; };`;

test('where a patch is about nothing but what closures hold, it does not stay while one is alive', async () => {
  const p = await program({ 'index.js': alone }, { 'index.js': alone.replace('limit * 2', 'limit * 1') });
  assert.deepEqual(p.codes('warning'), ['capture-kept']);
  let held = p.exports['make']();
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_CLOSURES' });
  assert.equal(held.take(list).length, 10);
  held = null;
  await p.apply();
  assert.equal(p.exports['make']().take(list).length, 5);
  await p.revert();
});

test('where it is about more, they keep what they hold, which is said', async () => {
  const p = await program(
    { 'index.js': alone },
    { 'index.js': alone.replace('limit * 2', 'limit * 1').replace('values.slice', '[...values].slice') },
  );
  const held = p.exports['make']();
  await p.apply();
  assert.deepEqual([held.take(new Set(list)).length, p.exports['make']().take(new Set(list)).length], [10, 5]);
  await p.revert();
});

test('a closure that says the version of its package goes on saying the old one, which keeps no patch away', async () => {
  const source = (version: string, limit: number): Record<string, string> => ({
    'index.js': `exports.make = (window) => {
  const Purifier = (text) => text.slice(0, ${limit});
  Purifier.version = '${version}';
  Purifier.window = () => [window, Purifier.version];
  return Purifier;
};`,
    'package.json': JSON.stringify({ name: 'p', version, main: 'index.js' }),
  });
  const p = await program(source('1.2.3', 9), source('1.2.4', 2));
  const held = p.exports['make']({});
  const said = p.report.verdicts.filter(({ file, verdict }) => file === 'index.js' && verdict === 'warning');
  assert.deepEqual(
    said.map(({ code }) => code),
    ['computed-at-load'],
  );
  await p.apply();
  assert.deepEqual([held('abc'), held.version, p.exports['make']({}).version], ['ab', '1.2.3', '1.2.4']);
  await p.revert();
  const more = source('1.2.4', 2)['index.js']!.replace('Purifier.window', 'Purifier.limit = 5; Purifier.window');
  const { verdicts } = await build(source('1.2.3', 9), { ...source('1.2.4', 2), 'index.js': more });
  assert.ok(verdicts.some(({ code, reason }) => code === 'set-up-kept' && reason.includes('limit = 5')));
});
