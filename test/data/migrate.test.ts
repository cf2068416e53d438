/** Instances that exist get the shape of the new code: on access, all at once, in slices; all of it or nothing, and back. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { currentRuntime } from '../../src/node/current.ts';
import type { DataReport } from '../../src/agent/protocol.ts';
import { patchingComplete, version } from '../../src/data.ts';
import { build, Program, program } from '../build/harness.ts';

let texts = 0;

/** Timeouts in milliseconds, that become seconds. No two programs have a file or a text in common: a patch is for all modules of one text, and replaces those of its files. */
function sessions(hooks: string, after = (text: string): string => text): Promise<Program> {
  const file = `session-${++texts}.js`;
  const milliseconds = `// ${texts}
class Session {
  constructor(id, ttlMs) { this.id = id; this.ttlMs = ttlMs; }
  expired(ageMs) { return ageMs > this.ttlMs; }
  extend(ms) { this.ttlMs += ms; return this; }
}
exports.Session = Session;
exports.all = [];
exports.open = (id, ttlMs) => { const s = new Session(id, ttlMs); exports.all.push(s); return s; };
`;
  const seconds = milliseconds
    .replace('this.ttlMs = ttlMs; }', 'this.ttl = ttlMs / 1000; }')
    .replace('ageMs > this.ttlMs', 'ageMs / 1000 > this.ttl')
    .replace('this.ttlMs += ms', 'this.ttl += ms / 1000');
  return program({ [file]: milliseconds }, { [file]: after(seconds) }, { name: 'fix.mjs', text: hooks.replace('session.js', file) });
}

/** A patch from the same program to another version of it; applied. */
async function nextPatch(p: Program, after: (text: string) => string, hooks: string): Promise<Program> {
  const { file } = p.patch.modules[0]!;
  const before = readFileSync(join(p.root, file), 'utf8');
  const report = await build({ [file]: before }, { [file]: after(before) }, { name: 'next.mjs', text: hooks.replace('session.js', file) });
  const next = new Program(p.root, p.exports, report);
  await next.apply();
  return next;
}

const migration = (more: string): string => `export const module = 'session.js';
export const mode = 'barrier';
livepatch.migrate(Session, {
  added: { ttl: 0 },
  discarded: ['ttlMs'],
  up(session, { ttlMs }) { if (ttlMs < 0) throw new RangeError('negative'); session.ttl = ttlMs / 1000; },
  down(session) { session.ttlMs = session.ttl * 1000; },
  ${more}
});
`;

function report(p: Program): DataReport {
  return currentRuntime()!
    .status()
    .patches.find((patch) => patch.name === p.report.name)!.data![0]!;
}

test('on access: an instance is migrated by its first touch, once, and a revert brings all back', async () => {
  const p = await sessions(migration(''));
  const { open, all } = p.exports;
  for (let i = 0; i < 10; i++) open(i, 1000 * i);
  await p.apply();
  assert.deepEqual(Object.keys(all[3]), ['id', 'ttlMs'], 'nobody has touched it');
  assert.equal(all[3].expired(2000), false);
  assert.deepEqual({ ...all[3] }, { id: 3, ttl: 3 });
  assert.equal(all[3].expired(4000), true);
  assert.equal(all[4].ttl, 4, 'whoever reads an added field touches the instance too');
  all[5].ttl += 1;
  assert.deepEqual({ ...all[5] }, { id: 5, ttl: 6 });
  assert.equal(report(p).objects, 3);
  const made = open('new', 500);
  assert.deepEqual({ ...made }, { id: 'new', ttl: 0.5 }, 'what is made now needs no migration');
  assert.equal(made.extend(500).ttl, 1);
  assert.equal(report(p).objects, 3);
  await p.revert();
  assert.deepEqual({ ...all[3] }, { id: 3, ttlMs: 3000 });
  assert.deepEqual({ ...all[5] }, { id: 5, ttlMs: 6000 });
  assert.deepEqual({ ...all[6] }, { id: 6, ttlMs: 6000 });
  assert.deepEqual({ ...made }, { id: 'new', ttlMs: 1000 });
  assert.equal('ttl' in all[6], false);
});

test('on access: a method that the class gains may be the first to touch an instance', async () => {
  const p = await sessions(migration('').replace('added: { ttl: 0 },', ''), (text) =>
    text.replace('extend(ms)', 'get left() { return this.ttl; }\n  double(times = 2) { return this.ttl * times; }\n  extend(ms)'),
  );
  const [first, second] = [p.exports['open'](1, 1000), p.exports['open'](2, 2000)];
  await p.apply();
  assert.deepEqual([first.left, second.double(), second.double.name, second.double.length], [1, 4, 'double', 0]);
  assert.deepEqual(
    [{ ...first }, { ...second }],
    [
      { id: 1, ttl: 1 },
      { id: 2, ttl: 2 },
    ],
  );
  await p.revert();
  assert.equal(second.ttlMs, 2000);
});

test('a migration that throws leaves the instance as it was, tells who touched it, and is tried again', async () => {
  const p = await sessions(migration(''));
  const session = p.exports['open']('bad', -1);
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', listen);
  await p.apply();
  for (let i = 0; i < 3; i++)
    assert.throws(
      () => session.expired(0),
      (error: Error & { code: string }) => error.code === 'ERR_MIGRATION' && (error.cause as Error).message === 'negative',
    );
  assert.deepEqual(Object.entries(session), [
    ['id', 'bad'],
    ['ttlMs', -1],
  ]);
  await turn();
  process.off('warning', listen);
  assert.equal(warnings.filter((text) => text.includes('An instance of Session could not be migrated: negative')).length, 1);
  assert.deepEqual([report(p).objects, report(p).failed], [0, 3]);
  session.ttlMs = 1000;
  assert.equal(session.expired(2000), true);
  await p.revert();
  assert.deepEqual({ ...session }, { id: 'bad', ttlMs: 1000 });
});

test('world: every live instance, in the turn in which the patch is complete', async () => {
  const p = await sessions(migration("when: 'world',"));
  const { open, all } = p.exports;
  for (let i = 0; i < 1000; i++) open(i, 1000 * i);
  open('bad', -1);
  await p.apply();
  assert.deepEqual({ ...all[999] }, { id: 999, ttl: 999 });
  assert.deepEqual({ ...all[1000] }, { id: 'bad', ttlMs: -1 });
  const { objects, failed, left, pauseMs, searchMs, nsPerObject } = report(p);
  assert.deepEqual([objects, failed, left], [1000, 1, 0]);
  assert.ok(pauseMs > searchMs && searchMs > 0 && nsPerObject > 0);
  const outcome = await currentRuntime()!.revert(p.report.name, {});
  assert.ok(outcome.result === 'complete');
  const { cpuMs, gcMs } = outcome.data![0]!;
  assert.ok(cpuMs > 0 && gcMs > 0, 'the search of the heap collects garbage');
  assert.ok(all.every((s: object) => Object.keys(s).join() === 'id,ttlMs'));
});

test('slices: each turn keeps its budget, and what has not had its turn is migrated on access', async () => {
  const p = await sessions(migration("when: 'slices', budgetMs: 0.01,"));
  const { open, all } = p.exports;
  for (let i = 0; i < 2000; i++) open(i, 1000 * i);
  await p.apply();
  assert.ok(report(p).left > 0, 'a budget of 10 µs is not enough for all');
  const last = all.findLast((s: object) => Object.hasOwn(s, 'ttlMs'));
  assert.equal(last.expired(0), false);
  assert.deepEqual(Object.keys(last), ['id', 'ttl']);
  while (report(p).left > 0) await turn();
  assert.equal(report(p).objects, 2000);
  assert.ok(all.every((s: object) => Object.keys(s).join() === 'id,ttl'));
  await p.revert();
  assert.ok(all.every((s: object) => Object.keys(s).join() === 'id,ttlMs'));
});

/** Enough that they are not done in one turn: the clock is asked after 32. */
const MANY = 1000;

const isOld = (session: object): boolean => Object.keys(session).join() === 'id,ttlMs';

/** Resolves in the first turn in which some have their old shape back and others have not. */
async function half(all: readonly object[]): Promise<void> {
  while (!all.some(isOld)) await turn();
  assert.ok(!all.every(isOld), 'all in one turn');
}

/** Many sessions, migrated in slices; `down` begins the way back of each. */
async function migratedInSlices(down: string): Promise<Program> {
  const p = await sessions(migration("when: 'slices', budgetMs: 0,").replace('down(session) {', `down(session) { ${down}`));
  for (let i = 0; i < MANY; i++) p.exports['open'](i, 1000 * i);
  await p.apply();
  while (report(p).left > 0) await turn();
  return p;
}

test('slices: the way back keeps its budget too, and old code that comes first takes an instance back by its touch', async () => {
  const p = await migratedInSlices("if (session.id === 'bad') throw new RangeError('no way'); session.expired(0);");
  const { all } = p.exports;
  const reverted = currentRuntime()!.revert(p.report.name, { timeoutMs: 20_000 });
  await half(all);
  const [called, read, written] = all.filter((session: object) => !isOld(session));
  assert.equal(called.expired(called.id * 1000 - 1), false);
  assert.equal(called.expired(called.id * 1000 + 1), true);
  assert.equal(read.ttlMs, read.id * 1000);
  written.ttlMs = 7;
  assert.deepEqual([called, read, written].map(Object.keys), Array(3).fill(['id', 'ttlMs']));
  assert.ok(!all.every(isOld));
  assert.equal(patchingComplete(), false);
  await assert.rejects(p.apply(), { code: 'ERR_BUSY' });
  assert.throws(() => currentRuntime()!.reverse(), { code: 'ERR_NO_TRANSITION' });
  const outcome = await reverted;
  assert.ok(outcome.result === 'complete' && outcome.data![0]!.left === 0);
  assert.ok(all.every(isOld));
  assert.deepEqual(
    all.map(({ ttlMs }: { ttlMs: number }) => ttlMs),
    all.map((session: { id: number }) => (session === written ? 7 : session.id * 1000)),
  );
  assert.deepEqual([patchingComplete(), 'ttlMs' in p.exports['Session'].prototype], [true, false]);
});

test('slices: an instance that cannot be taken back is as it was, told to who touches it, and reported', async () => {
  const p = await migratedInSlices("session.x = 1; if (session.id === 'bad') throw new RangeError('no way'); delete session.x;");
  const { open, all } = p.exports;
  const bad = open('bad', 1000);
  const reverted = currentRuntime()!.revert(p.report.name, { timeoutMs: 20_000 });
  await half(all);
  assert.throws(() => bad.expired(0), { code: 'ERR_MIGRATION', message: /no way/ });
  assert.deepEqual({ ...bad }, { id: 'bad', ttl: 1 });
  const outcome = await reverted;
  assert.ok(outcome.result === 'complete' && outcome.data![0]!.failed >= 2, JSON.stringify(outcome));
  assert.deepEqual(
    all.filter((session: object) => !isOld(session)),
    [bad],
  );
});

test('where new code reads both, all have their old shape back before any old code is reached', async () => {
  const both = (text: string): string =>
    `const { version } = require('livepatch/data');\n${text}`
      .replace('ageMs / 1000 > this.ttl', 'version(this) > 1 ? ageMs / 1000 > this.ttl : ageMs > this.ttlMs')
      .replace('this.ttl = ttlMs / 1000; }', 'this.ttlMs = ttlMs; }')
      .replace('this.ttl += ms / 1000', 'if (version(this) > 1) this.ttl += ms / 1000; else this.ttlMs += ms');
  const hooks = migration("when: 'slices', budgetMs: 0, reads: 'both',").replace("export const mode = 'barrier';\n", '');
  const p = await sessions(hooks, both);
  const { open, all } = p.exports;
  for (let i = 0; i < MANY; i++) open(i, 1000 * i);
  await p.apply();
  while (report(p).left > 0) await turn();
  const reverted = currentRuntime()!.revert(p.report.name, { timeoutMs: 20_000 });
  await half(all);
  for (const session of all) {
    const shape = isOld(session);
    assert.deepEqual([session.expired(session.id * 1000 - 1), session.expired(session.id * 1000 + 1)], [false, true]);
    assert.equal(isOld(session), shape, 'new code reads it as it is');
  }
  assert.equal(patchingComplete(), false);
  currentRuntime()!.reverse();
  assert.equal((await reverted).result, 'reversed');
  while (report(p).left > 0) await turn();
  assert.ok(!all.some(isOld), 'the patch is in force again');
  await p.revert();
  assert.ok(all.every(isOld));
  assert.deepEqual(
    all.map(({ ttlMs }: { ttlMs: number }) => ttlMs),
    all.map(({ id }: { id: number }) => id * 1000),
  );
});

test('fields that were added are taken off a part in each turn', async () => {
  const file = `session-${++texts}.js`;
  const before = `// ${texts}\nclass Session { constructor(id, ttlMs) { this.id = id; this.ttlMs = ttlMs; } see() { return 1; } }\nexports.all = Array.from({ length: 100_000 }, (_, i) => new Session(i, 1));\n`;
  const p = await program(
    { [file]: before },
    { [file]: before.replace('class Session {', 'class Session { count = 0;').replace('return 1', 'return ++this.count') },
  );
  await p.apply();
  const { all } = p.exports;
  for (const session of all) session.see();
  const reverted = currentRuntime()!.revert(p.report.name, { timeoutMs: 20_000 });
  while (!all.some(isOld)) await turn();
  const lacking = all.filter(isOld).length;
  await reverted;
  assert.ok(all.every(isOld));
  assert.ok(lacking < all.length, 'a budget of 5 ms is not enough for all');
});

for (const when of ['access', 'world', 'slices'])
  test(`${when}: an instance behind a Proxy, and behind another one`, async () => {
    const p = await sessions(migration(`when: '${when}',`));
    const { open } = p.exports;
    const made = [open(1, 1000), open(2, 2000)];
    const through = [new Proxy(made[0], {}), new Proxy(new Proxy(made[1], {}), { get: (target, key) => Reflect.get(target, key) })];
    await p.apply();
    while (report(p).left > 0) await turn();
    for (const [i, proxy] of through.entries()) for (const age of [999, 1001]) assert.equal(proxy.expired(age * (i + 1)), age > 1000);
    assert.equal(report(p).objects, 2);
    assert.deepEqual(made.map(Object.keys), Array(2).fill(['id', 'ttl']));
    await p.revert();
    for (const [i, proxy] of through.entries()) for (const age of [999, 1001]) assert.equal(proxy.expired(age * (i + 1)), age > 1000);
    assert.deepEqual(made.map(Object.keys), Array(2).fill(['id', 'ttlMs']));
  });

test('a collection of the program takes the place of the search', async () => {
  const p = await sessions(migration("when: 'world', objects: () => exports.all,"));
  const { open, all, Session } = p.exports;
  open(1, 1000);
  const hidden = new Session(2, 2000);
  await p.apply();
  assert.deepEqual(
    [Object.keys(all[0]), Object.keys(hidden)],
    [
      ['id', 'ttl'],
      ['id', 'ttlMs'],
    ],
  );
  await p.revert();
});

test('what new code cannot read both of must not switch task by task', async () => {
  const p = await sessions(migration('').replace("export const mode = 'barrier';\n", ''));
  assert.deepEqual(p.codes('warning'), ['shape-early'], 'that instances lack the field is taken care of');
  assert.deepEqual((await sessions(migration(''))).codes('warning'), []);
  await assert.rejects(p.apply(), { code: 'ERR_MIGRATION_MODE' });
  assert.equal(p.exports['open'](1, 1000).expired(2000), true);
});

test('declarations stand where the callbacks are loaded', async () => {
  const late = `export const module = 'session.js';
const { migrate } = require('livepatch/data');
export function postPatch() { try { migrate(Session, { added: { x: 1 } }) } catch (error) { exports.error = error.message } }
`;
  const p = await sessions(late);
  await p.apply();
  assert.match(p.exports['error'], /migrate\(\) declares/);
  await p.revert();
  const shared = "export const module = 'session.js';\nlivepatch.migrate(Session, { added: { tags: [] } });\n";
  await assert.rejects((await sessions(shared)).apply(), {
    code: 'ERR_LINK',
    message: /write a function that makes it, as in tags: \(\) => \[\]/,
  });
});

test('without a way back the patch cannot be taken out once an instance is migrated', async () => {
  const text = migration('').replace(/down.*\n/, '');
  const p = await sessions(text);
  const session = p.exports['open'](1, 1000);
  await p.apply();
  assert.equal(session.expired(2000), true);
  await assert.rejects(p.revert(), { code: 'ERR_IRREVERSIBLE' });
  assert.equal(session.expired(2000), true);
});

test('on create: what is made once all tasks run the patch has the new shape, and nothing else', async () => {
  const readsBoth = (text: string): string =>
    text.replace('return ageMs / 1000 > this.ttl', 'return ageMs > (this.ttlMs ?? this.ttl * 1000)');
  const hooks = (more: string): string => `export const module = 'session.js';
export const create = ['Session#constructor'];
livepatch.migrate(Session, { when: 'create', ${more} });
`;
  const p = await sessions(hooks('down(session) { session.ttlMs = session.ttl * 1000; delete session.ttl; }'), readsBoth);
  const { open, all } = p.exports;
  open('old', 1000);
  await p.apply();
  const made = open('new', 2000);
  assert.deepEqual([all[0].expired(1500), made.expired(1500), made.expired(2500)], [true, false, true]);
  assert.deepEqual(
    [{ ...all[0] }, { ...made }],
    [
      { id: 'old', ttlMs: 1000 },
      { id: 'new', ttl: 2 },
    ],
  );
  assert.deepEqual([report(p).when, report(p).objects], ['create', 1]);
  await p.revert();
  assert.deepEqual({ ...made }, { id: 'new', ttlMs: 2000 });

  const oneWay = await sessions(hooks(''), readsBoth);
  await oneWay.apply();
  oneWay.exports['open']('new', 2000);
  await assert.rejects(oneWay.revert(), { code: 'ERR_IRREVERSIBLE', message: /it gave 1 instances of Session their new shape/ });
  await assert.rejects((await sessions(hooks('up() {}'), readsBoth)).apply(), { code: 'ERR_LINK', message: /no instance is migrated/ });
});

test('a patch that takes the place of another goes on from its shape, and a revert leads back from both', async () => {
  const p = await sessions(migration(''));
  const { open, all } = p.exports;
  for (let i = 0; i < 4; i++) open(i, 1000 * i);
  await p.apply();
  assert.deepEqual([all[1].expired(0), all[2].expired(0)], [false, false]);
  const minutes = (text: string): string =>
    text
      .replace('this.ttlMs = ttlMs; }', 'this.minutes = ttlMs / 60000; }')
      .replace('ageMs > this.ttlMs', 'ageMs / 60000 > this.minutes')
      .replace('this.ttlMs += ms', 'this.minutes += ms / 60000');
  const hooks = `export const module = 'session.js';
export const mode = 'barrier';
livepatch.migrate(Session, {
  version: 3,
  added: { minutes: 0 },
  discarded: ['ttlMs', 'ttl'],
  up(session, { ttlMs, ttl }, from) { session.minutes = from === 1 ? ttlMs / 60000 : ttl / 60; },
  down(session) { session.ttlMs = session.minutes * 60000; },
});
`;
  const second = await nextPatch(p, minutes, hooks);
  const made = open('new', 60_000);
  assert.deepEqual([all[1].expired(0), all[3].expired(0)], [false, false]);
  assert.deepEqual(
    all.map((session: object) => ({ ...session })),
    [
      { id: 0, ttlMs: 0 },
      { id: 1, minutes: 1 / 60 },
      { id: 2, ttl: 2 },
      { id: 3, minutes: 3 / 60 },
      { id: 'new', minutes: 1 },
    ],
  );
  assert.deepEqual(all.map(version), [1, 3, 2, 3, 3]);
  await second.revert();
  assert.deepEqual(
    all.map((session: object) => ({ ...session })),
    [
      { id: 0, ttlMs: 0 },
      { id: 1, ttlMs: 1000 },
      { id: 2, ttlMs: 2000 },
      { id: 3, ttlMs: 3000 },
      { id: 'new', ttlMs: 60_000 },
    ],
  );
  assert.deepEqual({ ...made }, { id: 'new', ttlMs: 60_000 });
});

test('a patch that stacks on one that migrates the class goes on from its shape, and the lower one stays as long', async () => {
  const p = await sessions(migration(''));
  const { open, all } = p.exports;
  for (let i = 0; i < 3; i++) open(i, 60_000 * i);
  await p.apply();
  assert.equal(all[1].expired(0), false);
  const minutes = (text: string): string =>
    text
      .replace('this.ttlMs = ttlMs; }', 'this.minutes = ttlMs / 60000; }')
      .replace('ageMs > this.ttlMs', 'ageMs / 60000 > this.minutes')
      .replace('this.ttlMs += ms', 'this.minutes += ms / 60000');
  const hooks = (version: number): string => `export const module = 'session.js';
export const mode = 'barrier';
livepatch.migrate(Session, {
  version: ${version},
  discarded: ['ttlMs', 'ttl'],
  up(session, { ttlMs, ttl }, from) { session.minutes = from === 1 ? ttlMs / 60000 : ttl / 60; },
  down(session) { session.ttlMs = session.minutes * 60000; delete session.minutes; },
});
`;
  const { file } = p.patch.modules[0]!;
  const before = readFileSync(join(p.root, file), 'utf8');
  const stacked = async (version: number): Promise<string> => {
    const { patch } = await build(
      { [file]: before },
      { [file]: minutes(before) },
      { name: 'next.mjs', text: hooks(version).replace('session.js', file) },
    );
    return patch!;
  };
  const runtime = currentRuntime()!;
  const options = { name: `on ${p.report.name}`, replace: false };
  await assert.rejects(runtime.apply(await stacked(2), options), {
    code: 'ERR_STATE_INCOMPATIBLE',
    hint: 'Nothing was changed. Let it migrate Session to version 3, from 1 and from 2.',
  });
  await runtime.apply(await stacked(3), options);
  assert.deepEqual([all[1].expired(0), all[2].expired(0)], [false, false]);
  assert.deepEqual(
    all.map((session: object) => ({ ...session })),
    [
      { id: 0, ttlMs: 0 },
      { id: 1, minutes: 1 },
      { id: 2, minutes: 2 },
    ],
  );
  await assert.rejects(p.revert(), { code: 'ERR_REQUIRED' });
  assert.equal((await runtime.revert(options.name, {})).result, 'complete');
  assert.deepEqual(
    [all[0].expired(1), all[1].expired(0), { ...all[1] }, { ...all[2] }],
    [true, false, { id: 1, ttl: 60 }, { id: 2, ttlMs: 120_000 }],
  );
  await p.revert();
  assert.deepEqual(
    all.map(({ ttlMs }: { ttlMs: number }) => ttlMs),
    [0, 60_000, 120_000],
  );
});

/**
 * Three sessions under a patch that gives them a count, of which the first has counted once; and a patch on it, `name`, that makes
 * of that what the options of its migration say.
 */
async function counting(migration: string, more = ''): Promise<{ readonly p: Program; readonly name: string }> {
  const file = `session-${++texts}.js`;
  const before = `// ${texts}
class Session { constructor(id) { this.id = id; } see() { return 1; } }
exports.all = [new Session(1), new Session(2), new Session(3)];
${more}`;
  const counts = before.replace('class Session {', 'class Session { count = 5;').replace('return 1', 'return ++this.count');
  const lists = before.replace('this.id = id;', 'this.id = id; this.seen = [5];').replace('return 1', 'this.seen[0]++; return this.seen');
  const p = await program({ [file]: before }, { [file]: counts });
  await p.apply();
  assert.equal(p.exports['all'][0].see(), 6);
  const text = `export const module = '${file}';\nexport const mode = 'barrier';\nlivepatch.migrate(Session, {\n${migration}});\n`;
  const { patch } = await build({ [file]: before }, { [file]: lists }, { name: 'next.mjs', text });
  const name = `over ${p.report.name}`;
  await currentRuntime()!.apply(patch!, { name, replace: false });
  return { p, name };
}

test('a field of a patch below that a patch on it gives back goes with the patch below, unless the program had given it itself', async () => {
  const { p, name } = await counting(
    `objects: () => exports.all,
  discarded: ['count'],
  up(session, { count }) { session.seen = [count]; },
  down(session) {
    Object.defineProperty(session, 'count', { value: session.seen[0], writable: true, enumerable: true, configurable: true });
    delete session.seen;
  },
`,
    'exports.all[2].count = 9;\n',
  );
  const { all } = p.exports;
  assert.deepEqual(
    all.map((session: { see(): number[] }) => session.see()[0]),
    [7, 6, 10],
  );
  await currentRuntime()!.revert(name, {});
  assert.deepEqual(
    all.map((session: { see(): number }) => session.see()),
    [8, 7, 11],
  );
  await p.revert();
  assert.deepEqual(
    all.map((session: object) => ({ ...session })),
    [{ id: 1 }, { id: 2 }, { id: 3, count: 11 }],
  );
});

test('a patch that stacks on one that only adds fields finds them on every instance, and leaves them to it', async () => {
  const { p, name } = await counting(`when: 'world', objects: () => exports.all.slice(0, 2),
  discarded: ['count'],
  up(session, { count }) { session.seen = [count]; },
  down(session) { delete session.seen; },
`);
  const { all } = p.exports;
  assert.deepEqual(
    all.map((session: object) => ({ ...session })),
    [{ id: 1, seen: [6] }, { id: 2, seen: [5] }, { id: 3 }],
    'the second got the count that nobody had asked for yet',
  );
  await assert.rejects(p.revert(), { code: 'ERR_REQUIRED' }, 'what the second made of the field is not for the first to take off');
  assert.equal((await currentRuntime()!.revert(name, {})).result, 'complete');
  assert.deepEqual(
    all.map((session: { see(): number }) => session.see()),
    [6, 6, 6],
    'each has a count again',
  );
  await p.revert();
  assert.deepEqual(
    all.map((session: object) => ({ ...session })),
    [{ id: 1 }, { id: 2 }, { id: 3 }],
  );
});

for (const [what, lower] of [
  ['adds a field', null],
  [
    'migrates the class',
    `export const mode = 'barrier';
livepatch.migrate(Session, { up(session) { session.count = 5; }, down(session) { delete session.count; } });
`,
  ],
] as const)
  test(`a method that only a patch which ${what} has, called while the one above it is taken out in slices`, async () => {
    const file = `session-${++texts}.js`;
    const before = `// ${texts}
class Session { constructor(id) { this.id = id; } see() { return this.id; } }
exports.all = Array.from({ length: ${MANY} }, (_, i) => new Session(i));
`;
    const field = lower === null ? 'class Session { count = 5;' : 'class Session {';
    const hook = (text: string): { name: string; text: string } => ({ name: 'fix.mjs', text: `export const module = '${file}';\n${text}` });
    const p = await program(
      { [file]: before },
      { [file]: before.replace('class Session {', field).replace('see()', 'peek() { return this.count; } see()') },
      lower === null ? undefined : hook(lower),
    );
    const { all } = p.exports;
    await p.apply();
    const upper = hook(`export const mode = 'barrier';
livepatch.migrate(Session, {
  version: 3, when: 'slices', budgetMs: 0, objects: () => exports.all,
  discarded: ['count'],
  up(session) { session.name = String(session.id); },
  down(session) { delete session.name; },
});
`);
    const { patch } = await build({ [file]: before }, { [file]: before.replace('return this.id', 'return this.name') }, upper);
    const runtime = currentRuntime()!;
    const name = `over ${p.report.name}`;
    await runtime.apply(patch!, { name, replace: false });
    const named = (session: object): boolean => Object.hasOwn(session, 'name');
    while (!all.every(named)) await turn();
    const reverted = runtime.revert(name, {});
    while (all.every(named)) await turn();
    const left = all.findLast(named);
    assert.deepEqual([left.peek(), named(left)], [5, false]);
    assert.ok(all.some(named));
    assert.equal((await reverted).result, 'complete');
    assert.ok(all.every((session: { peek(): number }) => session.peek() === 5));
    await p.revert();
    assert.ok(all.every((session: object) => Object.keys(session).join() === 'id'));
  });
