/** Closures go on with what they hold where an object made anew for each use would not be the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, patched, program } from './harness.ts';

interface Case {
  readonly title: string;
  readonly helpers?: string;
  readonly was: string;
  readonly is: string;
  readonly use: string;
}

const source = ({ helpers = '', use }: Case, value: string): string => `${helpers}
exports.make = function () {
  const held = ${value};
  return (text) => ${use};
};
exports.made = exports.make();`;

const kept: readonly Case[] = [
  {
    title: 'a pattern that goes on where it has ended',
    was: '/a/g',
    is: '/[ab]/g',
    use: `{ const ends = []; while (ends.length < 9 && held.exec(text)) ends.push(held.lastIndex); return ends; }`,
  },
  { title: 'a sticky one', was: '/a/y', is: '/[ab]/y', use: '[held.test(text), held.test(text)]' },
  { title: 'one that is replaced by', was: '/a/y', is: '/[ab]/y', use: `[text.replace(held, '-'), text.replace(held, '-')]` },
  {
    title: 'one that a helper is given',
    helpers: 'const next = (pattern, text) => pattern.exec(text) && pattern.lastIndex;',
    was: '/a/g',
    is: '/[ab]/g',
    use: '[next(held, text), next(held, text)]',
  },
  {
    title: 'one whose flags are not known',
    helpers: 'const all = /a/g, more = /[ab]/g;',
    was: 'new RegExp(all)',
    is: 'new RegExp(more)',
    use: '[held.test(text), held.test(text)]',
  },
  {
    title: 'a collection that a helper fills',
    helpers: 'const add = (set, text) => set.add(text).size;',
    was: 'new Set()',
    is: `new Set(['first'])`,
    use: '[add(held, text), add(held, text.toUpperCase())]',
  },
  {
    title: 'an object that the language fills',
    was: '{ n: 1 }',
    is: '{ n: 1, m: 2 }',
    use: '(Reflect.set(held, text, 1), Object.keys(held).length)',
  },
  { title: 'a date that is set', was: 'new Date(0)', is: 'new Date(9)', use: '(held.setTime(+held + 1), +held)' },
  { title: 'a method that is lent', was: 'new Set()', is: `new Set(['first'])`, use: '(Set.prototype.add.call(held, text), held.size)' },
  {
    title: 'an object with methods that change it',
    helpers: 'class Counter { constructor(from) { this.at = from } next() { return ++this.at } }',
    was: 'new Counter(0)',
    is: 'new Counter(10)',
    use: '[held.next(), held.next()]',
  },
  {
    title: 'a function that holds what changes',
    helpers: 'const counter = (from) => () => ++from;',
    was: 'counter(0)',
    is: 'counter(10)',
    use: '[held(), held()]',
  },
  {
    title: 'a list made of another one that code is given that is not known',
    was: '[1].slice()',
    is: '[1, 2].slice()',
    use: '(globalThis.fill(held), held.length)',
  },
  { title: 'a list that code is given that is not known', was: '[]', is: `['first']`, use: '(globalThis.fill(held), held.length)' },
];

for (const one of kept)
  test(`not made anew for each use: ${one.title}`, async () => {
    const { verdicts } = await build({ 'index.js': source(one, one.was) }, { 'index.js': source(one, one.is) });
    const said = verdicts.map(({ code, reason }) => `${code}: ${reason}`);
    assert.ok(
      said.some((text) => text.startsWith('capture-kept: closures that exist keep the held')),
      said.join('\n'),
    );
    assert.ok(!said.some((text) => text.startsWith('capture-derived')), said.join('\n'));
  });

const shared: readonly Case[] = [
  {
    title: 'a listener that is taken off again',
    was: '',
    is: `const held = () => log.push('heard');`,
    use: `{ emitter.on(text, held); emitter.emit(text); emitter.off(text, held); return [log.length, emitter.listenerCount(text)] }`,
  },
  {
    title: 'one that is declared',
    was: '',
    is: `function held() { log.push('heard') }`,
    use: `{ emitter.on(text, held); emitter.emit(text); emitter.removeListener(text, held); return [log.length, emitter.listenerCount(text)] }`,
  },
  {
    title: 'a listener in a table',
    was: '',
    is: 'const held = { text: () => log.length };',
    use: '{ emitter.on(text, held.text); emitter.off(text, held.text); return [log.length, emitter.listenerCount(text)] }',
  },
  {
    title: 'a mark that code looks for',
    was: '',
    is: 'const held = Object.freeze({});',
    use: '{ const same = (one) => one === held; log.push(held); return log.every(same) }',
  },
  {
    title: 'a function that counts its calls itself',
    was: '',
    is: 'const held = function next() { return (next.count = (next.count ?? 0) + log.length + 1) };',
    use: '[held(), held()]',
  },
  {
    title: 'one that a helper puts something on',
    helpers: 'const mark = (one) => (one.marks = (one.marks ?? 0) + 1);',
    was: '',
    is: 'const held = () => log.length;',
    use: '[mark(held), mark(held)]',
  },
  {
    title: 'what a function of the module makes',
    helpers: 'function open() { const all = {}; return all }',
    was: '',
    is: 'const held = open();',
    use: '{ log.push(held); return log.every((one) => one === held) }',
  },
  {
    title: 'a part of a list',
    was: '',
    is: 'const held = [1, 2].slice(1);',
    use: '{ log.push(held); return log.every((one) => one === held) }',
  },
  {
    title: 'what a function makes that is called in place',
    was: '',
    is: 'const held = (() => () => log.length)();',
    use: '{ emitter.on(text, held); emitter.off(text, held); return emitter.listenerCount(text) }',
  },
  {
    title: 'what is put into two lists',
    was: '',
    is: 'const held = () => log.length;',
    use: '{ log.push(held); log.unshift(held); return log.every((one) => Object.is(one, log[0])) }',
  },
  {
    title: 'an object that two others hold',
    was: '',
    is: 'const held = { log };',
    use: '{ log.push({ held }); log.push({ held }); return log.every((one) => one.held === log[0].held) }',
  },
];

const beside = (helpers: string, value: string, use: string): string => `const { EventEmitter } = require('node:events');
${helpers}
exports.make = function (emitter = new EventEmitter(), text = 'x') {
  const log = [];
  ${value}
  return [(text) => ${use}, (text) => ${use}, emitter.once, log, text];
};
exports.made = exports.make();`;

for (const { title, helpers = '', is, use } of shared)
  test(`given to those of one call together: ${title}`, async () => {
    const p = await patched(beside(helpers, '', '{ emitter.emit(text + log.length); return [] }'), beside(helpers, is, use));
    assert.ok(p.codes().includes('capture-added') && !p.codes().includes('capture-derived'), p.codes().join());
    const { made, make } = p.exports as Record<string, unknown> as { made: Uses; make: () => Uses };
    const fresh = make();
    for (let i = 0; i < 2; i++) assert.deepEqual([made[0]('a'), made[1]('a')], [fresh[0]('a'), fresh[1]('a')]);
    await p.revert();
    assert.deepEqual(made[0]('a'), []);
  });

for (const [title, is] of [
  ['a function', 'const held = () => log.length;'],
  ['a class', 'const held = class { size() { return log.length } };'],
] as const)
  test(`${title} that is made anew has the name of its variable`, async () => {
    const p = await patched(beside('', '', '{ emitter.emit(text + log.length); return [] }'), beside('', is, 'held.name'));
    assert.ok(p.codes().includes('capture-derived'), p.codes().join());
    assert.equal((p.exports['made'] as Uses)[0]('a'), 'held');
    await p.revert();
  });

test('a function that is given out is the same each time', async () => {
  const make = (value: string, given: string): string => `exports.make = () => { const log = []; ${value} return (text) => ${given} };`;
  const p = await program({ 'index.js': make('', 'log.length') }, { 'index.js': make('const held = () => log.length;', 'held') });
  const give = (p.exports['make'] as () => (text: string) => unknown)();
  await p.apply();
  assert.equal(give('a'), give('b'));
  await p.revert();
});

test('what branches give a variable, and code fills, is not made anew', async () => {
  const before = beside('', '', '{ emitter.emit(text + log.length); return [] }');
  const branches = beside('', 'let held; if (emitter.quiet) held = []; else held = [1];', 'Reflect.set(held, text, 1) && held.a');
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': branches });
  const codes = verdicts.map(({ code }) => code);
  assert.ok(codes.includes('closure-stranded') && !codes.includes('capture-derived'), codes.join());
});

type Uses = readonly [(text: string) => unknown, (text: string) => unknown];

const derived: readonly Case[] = [
  { title: 'a pattern that keeps no place', was: '/x/', is: '/a/', use: '[held.test(text), held.test(text)]' },
  {
    title: 'one that strings begin anew',
    was: '/b/g',
    is: '/[ab]/g',
    use: `[text.replace(held, '-'), text.match(held), text.split(held)]`,
  },
  {
    title: 'one that is made of a text',
    was: `new RegExp('x' + '')`,
    is: `new RegExp('a' + '|b')`,
    use: '[held.test(text), held.exec(text)]',
  },
  { title: 'a collection that is read', was: `new Set(['a'])`, is: `new Set(['ab'])`, use: '[held.has(text), [...held]]' },
  {
    title: 'one that a helper reads',
    helpers: 'const has = (set, text) => set.has(text);',
    was: `new Set(['a'])`,
    is: `new Set(['ab'])`,
    use: 'has(held, text)',
  },
  {
    title: 'options that code is given that is not known',
    was: '{ n: 1 }',
    is: '{ n: 2 }',
    use: 'Intl.DateTimeFormat.length + structuredClone(held).n',
  },
];

for (const one of derived)
  test(`made anew for each use: ${one.title}`, async () => {
    const p = await patched(source(one, one.was), source(one, one.is));
    assert.ok(p.codes().includes('capture-derived'), p.codes().join());
    const { made, make } = p.exports as { made: (text: string) => unknown; make: () => (text: string) => unknown };
    for (let use = 0; use < 2; use++) assert.deepEqual(made('ab'), make()('ab'));
    const fresh = made('ab');
    await p.revert();
    assert.notDeepEqual(made('ab'), fresh);
  });
