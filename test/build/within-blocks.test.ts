/** Statements that a block of the top level gains, which ran as the module loaded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const LENGTH = "Object.defineProperty(List.prototype, 'length', { get: function () { return textOf(this) } });";
const TEXT = 'function textOf(list) { return list.items.length }';
const FIRST = "Object.defineProperty(List.prototype, 'first', { get: function () { return this.items[0] + SHIFT } });";
const source = (block: string, shift = 1): string => `'use strict';
const SHIFT = ${shift};
function List(items) { this.items = items }
let put = (list, item) => { list.items.push(item) };
${block}
List.prototype.add = function (item) { put(this, item); return this.length };
exports.List = List;`;
const inIf = (body: string): string => `if (Object.defineProperty) { ${body} }`;
const tried = (body: string): string => `try { ${body} } catch (e) {}`;
const inTry = (body: string): string =>
  `try { if (Object.defineProperty) { ${body} put = function (list, item) { list.items.push(item) } } } catch (e) {}`;

for (const [where, around] of Object.entries({ inIf, inTry, 'in both': (body: string) => `if (Object.create) { ${inTry(body)} }` }))
  for (const [what, after] of [
    ['behind the others', `${LENGTH} ${TEXT} ${FIRST}`],
    ['ahead of them', `${FIRST} ${LENGTH} ${TEXT}`],
  ] as const)
    test(`a property that is defined ${what}: ${where}`, async () => {
      const p = await program({ 'index.js': source(around(`${LENGTH} ${TEXT}`)) }, { 'index.js': source(around(after)) });
      const list = new p.exports['List']([4]);
      assert.deepEqual([list.add(5), list.first], [2, undefined]);
      await p.apply();
      assert.deepEqual([list.add(6), list.first], [3, 5]);
      await p.revert();
      assert.deepEqual([list.add(7), list.first, 'first' in list], [4, undefined, false]);
    });

test('a method that is put on a prototype there', async () => {
  const p = await program(
    { 'index.js': source(inTry(`${LENGTH} ${TEXT}`)) },
    { 'index.js': source(inTry(`${LENGTH} ${TEXT} List.prototype.last = function () { return this.items.at(-1) };`)) },
  );
  const list = new p.exports['List']([4, 5]);
  await p.apply();
  assert.equal(list.last(), 5);
  await p.revert();
  assert.equal(list.last, undefined);
});

test('what of the block has run with a value that is another one now is said', async () => {
  const reads = 'List.shift = SHIFT;';
  const block = `${reads} ${TEXT}`;
  const { verdicts } = await build({ 'index.js': source(inIf(block)) }, { 'index.js': source(inIf(`${block} ${FIRST}`), 2) });
  assert.ok(verdicts.some(({ code }) => code === 'computed-at-load'));
});

const WHOLE = LENGTH.replace('textOf(this)', 'this.items.length + 10');
for (const [where, around] of Object.entries({ inIf, inTry }))
  for (const [what, after, first] of [
    ['loses a function', WHOLE, undefined],
    ['gains a property beside', `${FIRST} ${WHOLE}`, 5],
  ] as const)
    test(`a block that ${what}: ${where}`, async () => {
      const p = await program({ 'index.js': source(around(`${LENGTH} ${TEXT}`)) }, { 'index.js': source(around(after)) });
      const list = new p.exports['List']([4]);
      await p.apply();
      assert.deepEqual([list.add(5), list.first], [12, first]);
      await p.revert();
      assert.equal(list.add(6), 3);
      p.clean();
    });

test('a function that a block loses, and that stands elsewhere now or hid what the new code means', async () => {
  const moved = await build({ 'index.js': source(inTry(`${LENGTH} ${TEXT}`)) }, { 'index.js': source(`${TEXT}\n${inTry(LENGTH)}`) });
  assert.ok(moved.verdicts.some(({ code }) => code === 'statement-changed'));
  const sloppy = (body: string): string => source(inIf(body)).replace("'use strict';", '');
  const own = "Object.defineProperty(List.prototype, 'at', { get: function () { return encodeURI(this.items[0]) } });";
  const p = await program({ 'index.js': sloppy(`${own} function encodeURI(x) { return [x] }`) }, { 'index.js': sloppy(`${own} ${FIRST}`) });
  const list = new p.exports['List'](['é']);
  assert.deepEqual(list.at, ['é']);
  await p.apply();
  assert.equal(list.at, '%C3%A9');
  p.clean();
});

const block = `${LENGTH} ${TEXT}`;
for (const [what, before, after] of [
  ['another place for it', `put(new List([]), SHIFT); ${inIf(block)}`, `${inIf(`${block} ${FIRST}`)} put(new List([]), SHIFT);`],
  [
    'another place for what was ahead of it',
    `${inIf(block)} put(new List([]), SHIFT);`,
    `put(new List([]), SHIFT); ${inIf(`${block} ${FIRST}`)}`,
  ],
  ['another condition', tried(inIf(block)), tried(`if (Object.defineProperties) { ${block} ${FIRST} }`)],
  ['a condition that may not have held', `if (List.on) { ${block} }`, `if (List.on) { ${block} ${FIRST} }`],
  ['a condition on what nothing has', tried(`if (Object.observe) { ${block} }`), tried(`if (Object.observe) { ${block} ${FIRST} }`)],
  ['a condition on what it may hold', `if (List.defineProperty) { ${block} }`, `if (List.defineProperty) { ${block} ${FIRST} }`],
  [
    'a condition on a variable of its own',
    `var Object = { create: () => 0 }; if (Object.create) { ${TEXT} }`,
    `var Object = { create: () => 0 }; if (Object.create) { ${TEXT} List.a = 1; }`,
  ],
  [
    'a condition on what that has in turn',
    tried(`if (Object.prototype.toString) { ${block} }`),
    tried(`if (Object.prototype.toString) { ${block} ${FIRST} }`),
  ],
  ['another branch beside it', tried(`${inIf(block)} else { put(1); }`), tried(`${inIf(`${block} ${FIRST}`)} else { put(2); }`)],
  ['a branch more', tried(inIf(block)), tried(`${inIf(`${block} ${FIRST}`)} else { put(2); }`)],
  ['a branch less', tried(`${inIf(block)} else { put(2); }`), tried(inIf(`${block} ${FIRST}`))],
  ['another handler', inTry(block), inTry(`${block} ${FIRST}`).replace('{}', '{ put(e); }')],
  ['what runs in any case', `${inTry(block)} finally { put = null; }`, `${inTry(`${block} ${FIRST}`)} finally { put = null; }`],
  ['a call that may have thrown', inTry(`${block} put(1);`), inTry(`${block} put(1); ${FIRST}`)],
  ['a property that was there', inTry(`${block} ${LENGTH}`), inTry(`${block} ${LENGTH} ${FIRST}`)],
  [
    'a property of what may be anything',
    inTry(block.replace('List.prototype', 'List.own')),
    inTry(`${block.replace('List.prototype', 'List.own')} ${FIRST}`),
  ],
  [
    'a value that is computed',
    inTry(block.replace('function () { return textOf(this) }', 'put(1)')),
    inTry(`${block.replace('function () { return textOf(this) }', 'put(1)')} ${FIRST}`),
  ],
  ['a key that is computed', inTry(block.replace("'length'", 'put(1)')), inTry(`${block.replace("'length'", 'put(1)')} ${FIRST}`)],
  [
    'an assignment to what may be anything',
    inTry(`${block} put.own.a = function () {};`),
    inTry(`${block} put.own.a = function () {}; ${FIRST}`),
  ],
  ['an assignment of what is computed', inTry(`${block} put = put(1);`), inTry(`${block} put = put(1); ${FIRST}`)],
  ['what runs in any case, from now on', inTry(block), `${inTry(`${block} ${FIRST}`)} finally { put = null; }`],
  ['what ran in any case', `${inTry(block)} finally { put = null; }`, inTry(`${block} ${FIRST}`)],
  ['a condition that may have thrown', inTry(`${block} if (put(1)) { }`), inTry(`${block} if (put(1)) { } ${FIRST}`)],
  [
    'another call',
    inTry(`${block} Object.setPrototypeOf(List.prototype, 'own', { get: () => 1 });`),
    inTry(`${block} Object.setPrototypeOf(List.prototype, 'own', { get: () => 1 }); ${FIRST}`),
  ],
  [
    'a call of an object of its own',
    `var Object = { defineProperty() { throw 1 } }; try { ${block} } catch {}`,
    `var Object = { defineProperty() { throw 1 } }; try { ${block} List.a = 1; } catch {}`,
  ],
  [
    'a descriptor that is computed',
    inTry(`${block} Object.defineProperty(List.prototype, 'own', put(1));`),
    inTry(`${block} Object.defineProperty(List.prototype, 'own', put(1)); ${FIRST}`),
  ],
  [
    'a name of a descriptor that is computed',
    inTry(`${block} Object.defineProperty(List.prototype, 'own', { [put(1)]: () => 1 });`),
    inTry(`${block} Object.defineProperty(List.prototype, 'own', { [put(1)]: () => 1 }); ${FIRST}`),
  ],
  ['a condition on another object', tried(`if (Map.create) { ${block} }`), tried(`if (Map.create) { ${block} ${FIRST} }`)],
  [
    'a condition on what a function of it has',
    tried(`if (Object.create.own) { ${block} }`),
    tried(`if (Object.create.own) { ${block} ${FIRST} }`),
  ],
  ['less than there was', inIf(`${block} List.a = 1;`), inIf(`${block} ${FIRST}`)],
  ['what names a function of the block', inIf(block), inIf(`${block} List.prototype.size = function () { return textOf(this) };`)],
  ['a declaration', inIf(block), inIf(`${block} var more = List;`)],
  ['a call for what it does', inIf(block), inIf(`${block} put(new List([]), 1);`)],
] as const)
  test(`a block that has run is not taken apart where there is ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': source(before) }, { 'index.js': source(after) });
    assert.ok(verdicts.some(({ code }) => code === 'statement-changed'));
  });

const BUNDLED = `let textOf2 = ${TEXT.replace('function textOf', 'function')}; textOf = textOf2; ${LENGTH.replace('textOf(', 'textOf2(')}`;
const sloppy = (text: string, more = ''): string => `${text.replace("'use strict';\n", '')}\n${more}`;
for (const [where, around] of Object.entries({ inIf, inTry })) {
  test(`a block that loses a function, as a bundler wrote it: ${where}`, async () => {
    const p = await program(
      { 'index.js': sloppy(source(around(BUNDLED)), 'var textOf;') },
      { 'index.js': sloppy(source(around(WHOLE)), '// without') },
    );
    const list = new p.exports['List']([4]);
    assert.equal(list.add(5), 2);
    await p.apply();
    assert.equal(list.add(6), 13);
    await p.revert();
    assert.equal(list.add(7), 4);
  });
  for (const [what, block] of [
    ['of a function that is somewhere else', BUNDLED.replace('textOf = textOf2', 'textOf = other')],
    ['that is more than a function', BUNDLED.replace('let textOf2 =', 'let start = Date.now(), textOf2 =')],
  ] as const)
    test(`one that loses another name ${what} is refused, or said: ${where}`, async () => {
      const more = 'var textOf;\nfunction other() { return 0 }\nexports.other = other;';
      const { verdicts } = await build(
        { 'index.js': sloppy(source(around(block)), more) },
        { 'index.js': sloppy(source(around(WHOLE)), more.replace('var textOf;\n', '')) },
      );
      // Without functions of its own, what every process does is as at the top level.
      const said = around === inIf ? 'statement-removed' : 'statement-changed';
      assert.ok(verdicts.some(({ code }) => code === said));
    });
}
