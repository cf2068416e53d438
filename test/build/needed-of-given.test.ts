/** What objects lack that new code hands to a function which cannot do without it, or that is made for them: by a literal, or by a function. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

interface Shop {
  open(): { isOpen(): boolean };
}

const given = (field: string, state: string, check: string): string => `class Till { #props; #${field};
  constructor(props, ${field}) { this.#props = props; this.#${field} = ${field}; }
  isOpen() { return check(this.#${field}); } }
function check(state) { ${check} }
exports.open = () => new Till({ name: 'a' }, ${state});`;
const made = (entry: string, check: string): string => `class Till { constructor(props) { this.props = props; }
  isOpen() { return ${check}; } }
exports.open = () => new Till({ name: 'a', ${entry} });`;
const compiled = (
  more: string,
  check: string,
  head = 'function Till(props) { this.props = props; compile(this); }\nTill.prototype.isOpen = function () {',
  end = '}',
): string =>
  `const rulesOf = (props) => ({ one: /a/ });
function compile(self) { const rules = self.rules = rulesOf(self.props); rules.two = /o/; ${more} }
${head} ${check} ${end}
exports.open = () => new Till({ name: 'a' });`;
const THREE = 'rules.three = /open/;';
const CASES: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a field that a function is given': [
    given('state', '{ open: true }', 'return state.open;'),
    given('status', "{ is: 'open' }", "return state.is === 'open';"),
  ],
  'an entry of what an object is made with': [
    made('open: true', 'this.props.open'),
    made("status: { is: 'open' }", "this.props.status.is === 'open'"),
  ],
  'what a function gives an object that another one has made': [
    compiled('', "return this.rules.two.test('open')"),
    compiled(THREE, "return this.rules.three.test('open')"),
  ],
  'the same by way of a variable, in a class': [
    compiled(
      '',
      "return this.rules.two.test('open')",
      'class Till { constructor(props) { this.props = props; compile(this); } isOpen() {',
      '} }',
    ),
    compiled(
      THREE,
      "let own; own = this.props.x ? this.rules.two : this.rules.three; return own.test('open')",
      'class Till { constructor(props) { this.props = props; compile(this); } isOpen() {',
      '} }',
    ),
  ],
};
for (const [what, [before, after]] of Object.entries(CASES))
  test(`${what}: while an object is alive that lacks it, the patch is refused`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const shop = p.exports as unknown as Shop;
    let held: { isOpen(): boolean } | null = shop.open();
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
    assert.equal(held?.isOpen(), true);
    held = null;
    await p.apply();
    assert.equal(shop.open().isOpen(), true);
    await p.revert();
    assert.equal(shop.open().isOpen(), true);
  });

const ASKS: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a function that asks first': [
    given('state', '{ open: true }', 'return state.open;'),
    given('status', "{ is: 'open' }", "return !state || state.is === 'open';"),
  ],
  'a function that has a default': [
    given('state', '{ open: true }', 'return state.open;'),
    given('status', "{ is: 'open' }", "return state.is === 'open';").replace('check(state)', "check(state = { is: 'open' })"),
  ],
  'code that asks for the entry first': [
    made('open: true', 'this.props.open'),
    made("status: { is: 'open' }", "this.props.status?.is !== 'shut'"),
  ],
};
const counts = (more: string): string =>
  made(`open: true${more}`, 'this.props.open').replace(
    'this.props = props;',
    `this.props = props; ${more && 'this.most = props.limit * 2;'}`,
  );
test('what the constructor alone computes with hinders nothing', async () => {
  const p = await program({ 'index.js': counts('') }, { 'index.js': `${counts(', limit: 5')} exports.of = (one) => one.limit;` });
  const held = (p.exports as unknown as Shop).open();
  await p.apply();
  assert.equal(held.isOpen(), true);
});

for (const [what, [before, after]] of Object.entries(ASKS))
  test(`${what} goes on with objects that lack it`, async () => {
    const p = await program({ 'index.js': before }, { 'index.js': after });
    const held = (p.exports as unknown as Shop).open();
    await p.apply();
    assert.equal(held.isOpen(), true);
    assert.ok(p.codes('warning').includes('instances-lack'), p.codes().join());
  });

for (const check of [
  "return this.rules.three ? this.rules.three.test('open') : true",
  "const own = this.rules.three; return own === undefined || own.test('open')",
  'return [this.rules.three].length > 0',
  "return this.rules?.three?.test('open') ?? true",
])
  test(`that something lacks it is only said where new code does without: ${check}`, async () => {
    const { verdicts } = await build({ 'index.js': compiled('', 'return true') }, { 'index.js': compiled(THREE, check) });
    const lacks = verdicts.filter(({ code }) => code === 'instances-lack');
    assert.deepEqual(
      lacks.map(({ path, reason }) => [path, reason.includes('cannot do without')]),
      [['compile three', false]],
    );
  });
