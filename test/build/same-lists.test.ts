/** Lists that statements of the top level go through, by a name in one version and written out in the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

interface Parts {
  readonly above?: string;
  readonly list: string;
  readonly call?: string;
  readonly given?: string;
  readonly step?: number;
}

const version = ({ above = '', list, call = 'forEach', given = '', step = 1 }: Parts): string => `const STEP = ${step};
var handlers = Object.create(null);
${above}
${list}.${call}(function add(name) {
  handlers[name] = function (n) { this.of.emit(name, n + ${step}) };
}${given});
exports.each = (on) => { for (var name in handlers) on(name, handlers[name]) };
exports.step = () => STEP;`;

const written = "['a', 'b']";
const named = { above: "const names = ['a', 'b'];", list: 'names' };

test('a list that has a name now, or none', async () => {
  for (const [before, after] of [
    [{ list: written }, named],
    [named, { list: written }],
    [named, { above: "var all = ['a', 'b'];\nexports.last = () => all[all.length - 1];", list: 'all' }],
  ] as const) {
    const p = await program({ 'index.js': version(before) }, { 'index.js': version({ ...after, step: 2 }) });
    assert.deepEqual(p.codes('refused'), []);
    const given: Record<string, (this: unknown, n: number) => void> = {};
    p.exports['each']((name: string, handler: () => void) => void (given[name] = handler));
    let said = '';
    const say = (): string => (given['b']!.call({ of: { emit: (...all: unknown[]) => (said = all.join(' ')) } }, 1), said);
    assert.equal(say(), 'b 2');
    await p.apply();
    assert.equal(say(), 'b 3');
    p.exports['each']((name: string, handler: () => void) => assert.equal(given[name], handler));
    await p.revert();
    assert.equal(say(), 'b 2');
  }
});

for (const [what, after] of [
  ['another list', { above: "const names = ['a', 'c'];", list: 'names' }],
  ['one that has had more', { above: "const names = ['a', 'b'];\nnames.push('c');", list: 'names' }],
  ['one that others may have changed', { above: "const names = ['a', 'b'];\nrequire('./more.js')(names);", list: 'names' }],
  ['one that is another by then', { above: "let names = ['a', 'b'];\nnames = ['c'];", list: 'names' }],
  ['one that it goes through with more', { ...named, given: ', handlers' }],
  ['the same list in another way', { ...named, call: 'map' }],
] as const)
  test(`${what}: it is refused`, async () => {
    const files = { 'index.js': version({ list: written }), 'more.js': "module.exports = (list) => list.push('c');" };
    const { verdicts } = await build(files, { ...files, 'index.js': version({ ...after, step: 2 }) });
    assert.equal(
      verdicts.some(({ code }) => code === 'statement-changed'),
      true,
    );
  });

test('what is done with the list is another thing, or depends on what is another value', async () => {
  const text = (list: string, kept: string, limit: number, more = ''): string => `const LIMIT = ${limit};
const made = Object.create(null);
${list}.forEach(function add(name${more}) { const kept = ${kept}; made[name] = function () { this.of.emit(kept) } });
exports.each = (on) => { for (var name in made) on(name, made[name]) };`;
  for (const [before, after] of [
    [text(written, 'name', 1), text('names', "name + '!'", 1)],
    [text(written, 'LIMIT', 1), text('names', 'LIMIT', 2)],
    [text(written, 'name', 1), text('names', 'name', 1, ', more = exports.each')],
    [text("['a', LIMIT]", 'name', 1), text('names', 'name', 2).replace('\n', "\nconst names = ['a', LIMIT];\n")],
  ] as const) {
    const now = after.includes('const names') ? after : `const names = ${written};\n${after}`;
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': now });
    assert.equal(
      verdicts.some(({ code }) => code === 'statement-changed'),
      true,
      after,
    );
  }
});
