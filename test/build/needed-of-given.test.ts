/** What objects lack that new code hands to a function which cannot do without it, or that a literal is made of for them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { program } from './harness.ts';

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
const CASES: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a field that a function is given': [
    given('state', '{ open: true }', 'return state.open;'),
    given('status', "{ is: 'open' }", "return state.is === 'open';"),
  ],
  'an entry of what an object is made with': [
    made('open: true', 'this.props.open'),
    made("status: { is: 'open' }", "this.props.status.is === 'open'"),
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
