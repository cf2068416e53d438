/** What a function does once for the closures or the object that it makes: those that exist have not had it, and the report says so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const maker = `module.exports = function make(options, server) {
  server.on('data', (list) => { server.last = list.slice(0, options.limit) });
};`;
const made = `class Socket { constructor(server) { this.server = server; } }
exports.Socket = Socket;`;

const set: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a property of what closures go by': [maker, maker.replace('  server.on', '  options.limit = options.limit || 10;\n  server.on')],
  'a property within a condition': [maker, maker.replace('  server.on', '  if (!options.limit) options.limit = 10;\n  server.on')],
  'a method that is called on what closures go by': [maker, maker.replace('  server.on', '  server.setTimeout(5000);\n  server.on')],
  'another argument of one': [
    maker.replace('  server.on', '  server.setTimeout(0);\n  server.on'),
    maker.replace('  server.on', '  server.setTimeout(5000);\n  server.on'),
  ],
  'one more closure that is given away': [maker, maker.replace('  server.on', "  events.on('error', () => {});\n  server.on")],
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
  'a listener of a constructor': [made, made.replace('server; }', `server; server.on('error', () => {}); }`)],
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
  'what a timer runs once': [
    'module.exports = (request) => { setTimeout(() => request.end(), 10); };',
    'module.exports = (request) => { request.id = 1; setTimeout(() => request.end(), 10); };',
  ],
  'what a promise runs once': [
    'module.exports = (request) => { request.begin().then(() => request.end()); };',
    `module.exports = (request) => { request.id = 1; request.begin().then(() => request.end()); };`,
  ],
  'a closure that changes, and is given away as before': [maker, maker.replace('options.limit)', 'options.limit || 10)')],
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

test('what is made from now on has had it', async () => {
  const [before, after] = set['a property of what closures go by']!;
  const p = await program({ 'index.js': before }, { 'index.js': after });
  const make = p.exports as unknown as (options: { limit?: number }, server: object) => void;
  const begin = (): { last?: readonly number[]; listener: (list: readonly number[]) => void } => {
    const server = {
      last: [] as readonly number[],
      on: (_: string, listener: () => void) => (server.listener = listener),
      listener: () => {},
    };
    make({}, server);
    return server;
  };
  const list = Array.from({ length: 12 }, (_, i) => i);
  const old = begin();
  await p.apply();
  const now = begin();
  for (const server of [old, now]) server.listener(list);
  assert.deepEqual([old.last?.length, now.last?.length], [12, 10]);
});
