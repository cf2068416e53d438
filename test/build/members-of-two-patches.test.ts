/** What two patches put in one place, as a member of a class or an export: while one takes the place of the other, or stacks on it, each task finds its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';
import { begun, tasksOf } from './requests.ts';

/** What is before, and where the result of a call and what is new go. */
const FORMS: Readonly<Record<string, string>> = {
  'members of a class': `class Price {
  async use(gate) { await gate; return RESULT(this); }
  now() { return RESULT(this); }
  MORE(tag(of) { return 'NAME ' + of; } get label() { return 'NAME'; })
}
exports.price = new Price();`,
  exports: `exports.use = async (gate) => { await gate; return RESULT(exports); };
exports.now = () => RESULT(exports);
exports.price = exports;
MORE(exports.tag = function tag(of) { return 'NAME ' + of; }; exports.label = 'NAME';)`,
  'properties of an object': `const price = exports.price = {};
price.use = async (gate) => { await gate; return RESULT(price); };
price.now = () => RESULT(price);
MORE(price.tag = function tag(of) { return 'NAME ' + of; }; price.label = 'NAME';)`,
  'members of a prototype': `function Price() {}
Price.prototype.use = async function (gate) { await gate; return RESULT(this); };
Price.prototype.now = function () { return RESULT(this); };
MORE(Price.prototype.tag = function tag(of) { return 'NAME ' + of; }; Price.prototype.label = 'NAME';)
exports.price = new Price();`,
  'entries of a table': `const price = {
  async use(gate) { await gate; return RESULT(price); },
  now() { return RESULT(price); },
  MORE(tag(of) { return 'NAME ' + of; }, label: 'NAME',)
};
exports.price = price;`,
  classes: `const held = { tag: (of) => new exports.Tag(of).text, get label() { return exports.Tag.label; } };
exports.price = { async use(gate) { await gate; return RESULT(held); }, now() { return RESULT(held); } };
MORE(exports.Tag = class Tag { constructor(of) { this.text = 'NAME ' + of; } }; exports.Tag.label = 'NAME';)`,
  'functions in a map': `const more = new Map([['none', () => 'none'],
  MORE(['tag', (of) => 'NAME ' + of], ['label', () => 'NAME'],)
]);
const held = { tag: (of) => more.get('tag')(of), get label() { return more.get('label')(); } };
exports.price = { async use(gate) { await gate; return RESULT(held); }, now() { return RESULT(held); } };
exports.more = more;`,
  'values in a map': `const more = new Map([['none', 'none'],
  MORE(['tag', 'NAME'], ['label', 'NAME'],)
]);
const held = { tag: (of) => more.get('tag') + ' ' + of, get label() { return more.get('label'); } };
exports.price = { async use(gate) { await gate; return RESULT(held); }, now() { return RESULT(held); } };
exports.more = more;`,
  'members of a set': `const more = new Set(['none',
  MORE('NAME',)
]);
const held = { tag: (of) => (more.has('NAME') ? 'NAME' : 'none') + ' ' + of, get label() { return more.has('NAME') && 'NAME'; } };
exports.price = { async use(gate) { await gate; return RESULT(held); }, now() { return RESULT(held); } };
exports.more = more;`,
};

for (const [what, form] of Object.entries(FORMS))
  for (const replace of [true, false])
    test(`${what}: ${replace ? 'taking the place' : 'stacked'}`, async (t) => {
      const file = `two-${what.replaceAll(' ', '-')}-${String(replace)}.js`;
      const before = form.replaceAll(/RESULT\(\w+\)/g, "['none']").replace(/MORE\(.*\)/, '');
      const after = (name: string): string =>
        form
          .replaceAll(/RESULT\((\w+)\)/g, (_, of) => `['NAME', ${of}.tag('x'), ${of}.label]`)
          .replace(/MORE\((.*)\)/, '$1')
          .replaceAll('NAME', name);
      const first = await program({ [file]: before }, { [file]: after('first') });
      const report = await build({ [file]: before }, { [file]: after('second') });
      const second = new Program(first.root, first.exports, report);
      const runtime = currentRuntime()!;
      const { price } = first.exports;
      const own = (name: string): string[] => [name, `${name} x`, name];
      const { hold, ask } = await tasksOf(t, price);

      await first.apply();
      const old = hold();
      const applied = runtime.apply(report.patch!, { name: second.report.name, replace });
      await begun();
      assert.deepEqual(await ask(), own('second'));
      old.letGo();
      assert.deepEqual(await old.held, own('first'));
      await applied;
      assert.deepEqual(price.now(), own('second'));
      if (price.tag) assert.deepEqual([price.tag.name, price.tag.length], ['tag', 1]);

      // It stays after all, and the next patch finds it as it was.
      const pinned = hold();
      assert.equal((await runtime.revert(second.report.name, { timeoutMs: 100 })).result, 'reversed');
      pinned.letGo();
      assert.deepEqual(await pinned.held, own('second'));
      const third = new Program(first.root, first.exports, await build({ [file]: before }, { [file]: after('third') }));
      const kept = hold();
      const again = runtime.apply(third.report.patch!, { name: third.report.name, replace });
      await begun();
      assert.deepEqual(await ask(), own('third'));
      kept.letGo();
      assert.deepEqual(await kept.held, own('second'));
      await again;
      if (!replace) await third.revert();
      const [last, name] = replace ? [third, 'third'] : [second, 'second'];
      assert.deepEqual(price.now(), own(name));

      const late = hold();
      const reverted = last.revert();
      await begun();
      assert.deepEqual(await ask(), replace ? ['none'] : own('first'));
      late.letGo();
      assert.deepEqual(await late.held, own(name));
      await reverted;
      assert.deepEqual(price.now(), replace ? ['none'] : own('first'));
      const isThere = (): boolean =>
        'tag' in price || 'Tag' in first.exports || ['tag', 'first'].some((one) => first.exports['more']?.has(one) === true);
      assert.equal(isThere(), !replace);
      if (!replace) await first.revert();
      assert.equal(isThere(), false);
    });
