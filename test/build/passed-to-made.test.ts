/** Parameters that a constructor newly takes and that code of the package passes: objects that exist were made without. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const base = (more: string, set: string): string =>
  `class Base { constructor(name${more}) { this.name = name; ${set} } }\nexports.Base = Base;`;
const heir = (body: string): string =>
  `const base_1 = require('./base.js');\nclass Heir extends base_1.Base { ${body} }\nexports.Heir = Heir;`;
const OLD = { 'base.js': base('', ''), 'heir.js': heir('limit() { return 1; }') };
const NEW = base(', opts = {}', 'this.opts = opts;');
const reads = 'limit() { return this.opts.limit * 2; }';
const maker = (call: string): string =>
  `const { Heir } = require('./heir.js');\nconst { Base } = require('./base.js');\nconst kinds = { Heir };\n${call}`;
const PASSES: Readonly<Record<string, readonly [before: string, after: string, heir: string]>> = {
  'by its name': ["exports.make = () => new Base('a');", "exports.make = () => new Base('a', { limit: 5 });", reads],
  'as what a class hands on': [
    "exports.make = () => new Heir('a');",
    "exports.make = () => new Heir('a', { limit: 5 });",
    `constructor(name, opts) { super(name, opts); } ${reads}`,
  ],
  'to a class that writes no constructor': [
    "exports.make = () => new Heir('a');",
    "exports.make = () => new Heir('a', { limit: 5 });",
    reads,
  ],
  'to one of a table': [
    "exports.make = (kind) => new kinds[kind]('a');",
    "exports.make = (kind) => new kinds[kind]('a', { limit: 5 });",
    reads,
  ],
  'by a class that extends it': [
    "exports.make = () => new Heir('a');",
    "exports.make = () => new Heir('b');",
    `constructor(name) { super(name, { limit: 5 }); } ${reads}`,
  ],
};
for (const [what, [before, after, own]] of Object.entries(PASSES))
  test(`${what}: they are not taken for objects to which nobody gave it`, async () => {
    const { verdicts } = await build(
      {
        ...OLD,
        'index.js': maker(before),
        'heir.js': heir(`${own.startsWith('constructor') ? 'constructor(name) { super(name); } ' : ''}limit() { return 1; }`),
      },
      { 'base.js': NEW, 'heir.js': heir(own), 'index.js': maker(after) },
    );
    const rows = verdicts.filter(({ path }) => path.startsWith('Base#'));
    assert.ok(!rows.some(({ code }) => code === 'field-added'), rows.map(({ reason }) => reason).join('\n'));
    const [lack] = rows.filter(({ code }) => code === 'instances-lack');
    assert.match(lack?.reason ?? '', /have no opts.*applies only where none is alive/);
  });

test('where nobody passes it they get the default', async () => {
  const files = { 'index.js': `${maker("exports.make = () => new Heir('a');")}\nexports.Heir = Heir;`, ...OLD };
  const p = await program(files, { 'base.js': NEW, 'heir.js': heir('limit() { return this.opts.limit ?? 3; }') });
  const held = p.exports['make']();
  await p.apply();
  assert.equal(held.limit(), 3);
  assert.equal(p.exports['make']().limit(), 3);
  await p.revert();
  assert.equal(held.limit(), 1);
});
