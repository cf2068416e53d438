/** Listeners that a constructor puts on its object in the new version only. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const SOURCE = `const { EventEmitter } = require('node:events');
function noop() {}
const kept = [];
const LIMIT = 1;
class Socket extends EventEmitter { constructor(id) { super(); this.id = id; } }
class Sub extends Socket {}
const failed = (it) => { try { return it.emit('error', new Error('failed')) } catch (error) { return error.message } };
exports.keep = (id) => { const all = [new Socket(id), new Sub(id)]; kept.push(...all); return all };
exports.fail = () => kept.map(failed);
exports.noop = noop;
exports.count = () => kept.map((it) => it.listenerCount('error'));
exports.keepLate = async (gate) => { await gate; return exports.keep(9) };`;
const FIXED = SOURCE.replace('this.id = id; }', "this.id = id; this.on('error', noop); }");

const changedIn = (was: string, now: string): readonly [string, string] => [SOURCE.replace(was, now), FIXED.replace(was, now)];

test('objects that exist get a listener that the constructor puts on them now, once, and lose it by a revert', async () => {
  const p = await program({ 'index.js': SOURCE }, { 'index.js': FIXED });
  assert.deepEqual(p.codes('carried-with-transform'), ['listener-added']);
  assert.deepEqual(p.codes('warning'), []);
  p.exports['keep'](1);
  let open = (): void => {};
  const late = p.exports['keepLate'](new Promise<void>((resolve) => (open = resolve)));
  const applied = p.apply();
  open();
  await Promise.all([late, applied]);
  p.exports['keep'](2);
  assert.deepEqual(p.exports['count'](), [1, 1, 1, 1, 1, 1]);
  assert.deepEqual(p.exports['fail'](), [true, true, true, true, true, true]);
  await p.revert();
  assert.deepEqual(p.exports['count'](), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(p.exports['fail']().slice(0, 2), ['failed', 'failed']);
});

test('a patch that takes the place of another leaves them the listener that both put on', async () => {
  const first = await program({ 'index.js': SOURCE }, { 'index.js': FIXED });
  const second = await program({ 'index.js': SOURCE }, { 'index.js': FIXED.replace('function noop() {}', 'function noop() { return 1 }') });
  first.exports['keep'](1);
  await first.apply();
  await second.apply();
  assert.deepEqual(first.exports['count'](), [1, 1]);
  await second.revert();
  assert.deepEqual(first.exports['count'](), [0, 0]);
});

test('a listener that the program has put on an object itself is one more, and stays when the patch has gone', async () => {
  const p = await program({ 'index.js': `${SOURCE}\n// put on` }, { 'index.js': FIXED });
  const ignore = p.exports['noop'];
  const [own] = p.exports['keep'](1);
  own.on('error', ignore);
  await p.apply();
  const [late] = p.exports['keep'](2);
  late.on('error', ignore);
  assert.deepEqual(p.exports['count'](), [2, 1, 2, 1]);
  await p.revert();
  assert.deepEqual(p.exports['count'](), [1, 0, 1, 0]);
});

/** With a function that a call is in the middle of. */
const held = (value: number): string => FIXED.replace('await gate;', `await gate; void ${value};`);

test('a patch that is turned round leaves what the program has put there', async () => {
  const p = await program({ 'index.js': `${SOURCE}\n// turned round` }, { 'index.js': held(1) });
  const [own] = p.exports['keep'](1);
  own.on('error', p.exports['noop']);
  let open = (): void => {};
  const late = p.exports['keepLate'](new Promise<void>((resolve) => (open = resolve)));
  await assert.rejects(p.apply(50), /reversed/);
  open();
  await late;
  assert.deepEqual(p.exports['count'](), [1, 0, 0, 0]);
});

test('a patch that would take the place of another and is turned round leaves them what that gave', async () => {
  const source = `${SOURCE}\n// turned round again`;
  const first = await program({ 'index.js': source }, { 'index.js': held(1) });
  const second = await program({ 'index.js': source }, { 'index.js': held(2) });
  first.exports['keep'](1);
  await first.apply();
  let open = (): void => {};
  const late = first.exports['keepLate'](new Promise<void>((resolve) => (open = resolve)));
  await assert.rejects(second.apply(50), /reversed/);
  assert.deepEqual(first.exports['count'](), [1, 1]);
  open();
  await late;
  await first.revert();
  assert.deepEqual(first.exports['count'](), [0, 0, 0, 0]);
});

const INHERITS = [
  'Socket.prototype.__proto__ = EventEmitter.prototype;',
  'Object.setPrototypeOf(Socket.prototype, EventEmitter.prototype);',
  'Socket.prototype = Object.create(EventEmitter.prototype);',
  "require('node:util').inherits(Socket, EventEmitter);",
];
const asFunction = (source: string, statement: string): string =>
  source
    .replace('class Socket extends EventEmitter { constructor(id) { super(); ', 'function Socket(id) {')
    .replace('} }\nclass Sub', `}\n${statement}\nclass Sub`);
for (const statement of INHERITS)
  test(`a constructor that hands nothing on, and whose objects inherit: ${statement}`, async () => {
    const p = await program({ 'index.js': asFunction(SOURCE, statement) }, { 'index.js': asFunction(FIXED, statement) });
    assert.deepEqual(p.codes('carried-with-transform'), ['listener-added']);
    p.exports['keep'](1);
    await p.apply();
    assert.deepEqual(
      [p.exports['count'](), p.exports['fail']()],
      [
        [1, 1],
        [true, true],
      ],
    );
    await p.revert();
    assert.deepEqual(p.exports['count'](), [0, 0]);
    p.clean();
  });

test('one whose objects inherit nothing, or by a statement that is not read', async () => {
  const statements = [
    'Socket.prototype.on = function () {};',
    'Object.assign(Socket.prototype, EventEmitter.prototype);',
    'function Third() {} Third.prototype.__proto__ = EventEmitter.prototype; Object.setPrototypeOf(Third.prototype, EventEmitter.prototype);',
    "function Third() {} require('node:util').inherits(Third, EventEmitter); Third.prototype = Object.create(EventEmitter.prototype);",
  ];
  for (const statement of statements) {
    const { verdicts } = await build({ 'index.js': asFunction(SOURCE, statement) }, { 'index.js': asFunction(FIXED, statement) });
    assert.ok(verdicts.every(({ code }) => code !== 'listener-added') && verdicts.some(({ code }) => code === 'set-up-kept'));
  }
});

test('a class that makes no event emitters: the patch is not linked', async () => {
  const own = "class EventEmitter { on() {} } class Other {}\nconst fixed = require('node:events');";
  const [was, now] = changedIn("const { EventEmitter } = require('node:events');", own);
  const p = await program({ 'index.js': was }, { 'index.js': now });
  await assert.rejects(p.apply(), { code: 'ERR_LINK' });
});

const WRITTEN: Readonly<Record<string, string>> = {
  'an arrow function': FIXED.replace('noop);', '(error) => { this.failed = [Number(this.id), error.message, kept.length > 0, LIMIT] });'),
  'a function': FIXED.replace('noop);', 'function (error) { this.failed = [this.id, arguments[0].message, kept.length > 0, LIMIT] });'),
  'one that only the new version has': FIXED.replace('noop);', 'note);').replace(
    'function noop',
    'function note(error) { this.failed = [this.id, error.message, kept.length > 0, LIMIT] }\nfunction noop',
  ),
};
for (const [what, fixed] of Object.entries(WRITTEN))
  test(`a listener that is ${what}: each object has one of its own, once, and loses it by a revert`, async () => {
    const p = await program({ 'index.js': `${SOURCE}\n// ${what}` }, { 'index.js': fixed });
    assert.deepEqual(p.codes('carried-with-transform'), ['listener-added']);
    const all = [...p.exports['keep'](1)];
    let open = (): void => {};
    const late = p.exports['keepLate'](new Promise<void>((resolve) => (open = resolve)));
    const applied = p.apply();
    open();
    await Promise.all([late, applied]);
    all.push(...(await late), ...p.exports['keep'](2));
    assert.deepEqual(p.exports['count'](), [1, 1, 1, 1, 1, 1]);
    assert.deepEqual(p.exports['fail'](), [true, true, true, true, true, true]);
    assert.deepEqual(
      all.map(({ failed }) => failed),
      [1, 1, 9, 9, 2, 2].map((id) => [id, 'failed', true, 1]),
    );
    await p.revert();
    assert.deepEqual(p.exports['count'](), [0, 0, 0, 0, 0, 0]);
    p.clean();
  });

const ARROW = WRITTEN['an arrow function']!;

test('a patch that takes the place of another leaves each object the listener that is its own', async () => {
  const source = `${SOURCE}\n// again`;
  const first = await program({ 'index.js': source }, { 'index.js': ARROW });
  const second = await program({ 'index.js': source }, { 'index.js': ARROW.replace('await gate;', 'await gate; void 1;') });
  first.exports['keep'](1);
  await first.apply();
  first.exports['keep'](2);
  await second.apply();
  first.exports['keep'](3);
  assert.deepEqual(first.exports['count'](), [1, 1, 1, 1, 1, 1]);
  await second.revert();
  assert.deepEqual(first.exports['count'](), [0, 0, 0, 0, 0, 0]);
});

test('a patch that is turned round leaves no such listener, and all of them where it takes the place of another', async () => {
  const source = `${SOURCE}\n// turned`;
  const turned = ARROW.replace('await gate;', 'await gate; void 2;');
  const first = await program({ 'index.js': source }, { 'index.js': turned });
  const second = await program({ 'index.js': source }, { 'index.js': ARROW.replace('await gate;', 'await gate; void 3;') });
  first.exports['keep'](1);
  let open = (): void => {};
  let late = first.exports['keepLate'](new Promise<void>((resolve) => (open = resolve)));
  await assert.rejects(first.apply(50), /reversed/);
  open();
  await late;
  assert.deepEqual(first.exports['count'](), [0, 0, 0, 0]);
  await first.apply();
  late = first.exports['keepLate'](new Promise<void>((resolve) => (open = resolve)));
  await assert.rejects(second.apply(50), /reversed/);
  open();
  await late;
  assert.deepEqual(first.exports['count'](), [1, 1, 1, 1, 1, 1]);
  await first.revert();
  assert.deepEqual(first.exports['count'](), [0, 0, 0, 0, 0, 0]);
});

const refused: Readonly<Record<string, readonly [was: string, now: string]>> = {
  'that is put on in a branch': ["this.on('error', noop)", "if (id > 1) this.on('error', noop)"],
  'that may not be come to': ["this.on('error', noop)", "if (id > 9) return; this.on('error', noop)"],
  'that is a value of the call': ["this.on('error', noop)", "const own = () => id; this.on('error', own)"],
  'for an event that is computed': ["'error', noop", '`e${id}`, noop'],
  'that is called once': ['this.on(', 'this.once('],
  'that is written out and names a value of the call': ["'error', noop", "'error', () => id"],
  'that is written out and takes the arguments of the call': ["'error', noop", "'error', () => arguments"],
  'that is written out and names what is new': ["'error', noop", "'error', () => ignore()"],
  'that is written out and is another constant by now': ["'error', noop", "'error', () => LIMIT"],
  'that only the new version has, and asks for `this`': ["'error', noop", "'error', outside"],
  'that is written out and asks for a module': ["'error', noop", "'error', () => require('node:fs')"],
  'that is written out and waits': ["'error', noop", "'error', async () => {}"],
  'that is written out and stops between': ["'error', noop", "'error', function* () {}"],
  'that is written out and asks for code by its place': ["'error', noop", "'error', () => super.on('x', noop)"],
  'that is written out and runs text': ["'error', noop", "'error', () => eval('id')"],
};
for (const [what, [was, now]] of Object.entries(refused))
  test(`a listener ${what} is not put on objects that exist`, async () => {
    const fixed = now.includes('ignore')
      ? FIXED.replace('function noop', 'function ignore() {}\nfunction noop')
      : FIXED.replace('function noop', 'const outside = () => this.id;\nfunction noop');
    const { verdicts } = await build(
      { 'index.js': SOURCE },
      { 'index.js': fixed.replace(was, now).replace('LIMIT = 1', now.includes('LIMIT') ? 'LIMIT = 2' : 'LIMIT = 1') },
    );
    assert.ok(verdicts.some(({ code }) => code === 'set-up-kept'));
  });

test('an arrow function that only the new version has, and that needs no object, is put on objects that exist', async () => {
  const after = FIXED.replace('noop); }', 'note); }').replace('function noop', 'const note = () => kept.length;\nfunction noop');
  const { verdicts } = await build({ 'index.js': SOURCE }, { 'index.js': after });
  assert.ok(verdicts.some(({ code }) => code === 'listener-added'));
});

test('a listener that the running module may have given another value is not put on objects that exist', async () => {
  const before = SOURCE.replace('function noop() {}', 'let noop = () => {};\nexports.set = (f) => { noop = f };');
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': FIXED.replace('function noop() {}', 'const noop = () => {};') });
  assert.ok(verdicts.every(({ code }) => code !== 'listener-added'));
});

test('where one is not, the patch does not stay while one of the objects is alive', async () => {
  const p = await program({ 'index.js': SOURCE }, { 'index.js': FIXED.replace("'error', noop", "'error', () => id") });
  p.exports['keep'](1);
  await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
  assert.deepEqual(p.exports['count'](), [0, 0]);
});

test('a class that extends none has an `on` of its own, which may be anything', async () => {
  const { verdicts } = await build(
    {
      'index.js':
        'function noop() {} class Socket { constructor() { this.all = [] } on(name, fn) { this.all.push(fn) } } exports.Socket = Socket;',
    },
    {
      'index.js':
        "function noop() {} class Socket { constructor() { this.all = []; this.on('error', noop) } on(name, fn) { this.all.push(fn) } } exports.Socket = Socket;",
    },
  );
  assert.ok(verdicts.some(({ code }) => code === 'set-up-kept'));
});
