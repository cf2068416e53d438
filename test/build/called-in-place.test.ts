/** Statements that the new version has put into a function, which it calls in their place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const version = (statements: string, more = '', setup = 'set.add(name)'): string => `const set = new Set();
function setup(name) { ${setup} }
${statements}
exports.all = () => [...set]${more};`;

async function codes(before: string, after: string): Promise<readonly string[]> {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.flatMap(({ verdict, code, line }) => (verdict === 'carried' || code === 'instances-hold' ? [] : `${code} ${line}`));
}

test('they have run, and the function is there for who calls it again', async () => {
  const before = version("setup('a'); setup('b');");
  for (const init of [
    "const init = () => { setup('a'); setup('b'); }; init(); exports.init = init;",
    "init(); function init() { setup('a'); setup('b'); } exports.init = init;",
  ]) {
    const p = await program({ 'index.js': before }, { 'index.js': version(init) });
    p.exports['all']();
    await p.apply();
    assert.deepEqual(p.exports['all'](), ['a', 'b']);
    p.exports['init']();
    assert.deepEqual(p.exports['all'](), ['a', 'b']);
    await p.revert();
    assert.equal('init' in p.exports, false);
  }
  const one = await program(
    { 'index.js': version("setup('a');") },
    { 'index.js': version("const init = () => setup('a'); init();", '.length') },
  );
  await one.apply();
  assert.equal(one.exports['all'](), 1);
});

test('what they did with what has changed is said', async () => {
  const before = version("setup('a');");
  assert.deepEqual(await codes(before, version("const init = () => { setup('a'); }; init();", '', 'set.add(`${name}!`)')), [
    'computed-at-load 3',
  ]);
  const named = (statements: string, name: string): string => `const NAME = '${name}'; const set = require('node:util');
${statements}; exports.name = () => NAME;`;
  const after = named('const init = () => { set.debuglog(NAME); }; init()', 'b');
  assert.deepEqual(await codes(named('set.debuglog(NAME)', 'a'), after), ['computed-at-load 2']);
});

test('a function that does something else than they did, or is called elsewhere, is refused', async () => {
  const external = (statements: string): string => `const util = require('node:util'); exports.all = () => 1;
${statements}`;
  const before = external("util.debuglog('a'); util.debuglog('b'); util.inspect(1);");
  const inPlace = (after: string): string => external(`${after} util.inspect(1);`);
  for (const after of [
    "const init = () => { util.debuglog('b'); util.debuglog('a'); }; init();",
    "const init = () => { util.debuglog('a'); util.debuglog('b'); util.debuglog('c'); }; init();",
    "const init = (n) => { util.debuglog('a'); util.debuglog('b'); }; init();",
    "const init = async () => { util.debuglog('a'); util.debuglog('b'); }; init();",
    "const init = function* () { util.debuglog('a'); util.debuglog('b'); }; init();",
    "const init = () => { util.debuglog('a'); util.debuglog('b'); }; init(1);",
    "const init = () => { if (util) { util.debuglog('a'); util.debuglog('b'); } }; init();",
    "const init = () => { util.debuglog('a'); util.debuglog('b'); return 1; }; init();",
    'const init = () => {}; init();',
  ]) {
    const found = await codes(before, inPlace(after));
    assert.ok(
      found.some((code) => code.startsWith('statement-changed')),
      `${after} ${found.join()}`,
    );
  }
  const init = "const init = () => { util.debuglog('a'); util.debuglog('b'); };";
  for (const [was, now] of [
    ["util.debuglog('a'); util.debuglog('b'); util.inspect(1);", `util.inspect(1); ${init} init();`],
    ["util.inspect(1); util.debuglog('a'); util.debuglog('b');", `${init} init(); util.inspect(1);`],
    ["util.debuglog('a'); util.inspect(1); util.debuglog('b');", `${init} init(); util.inspect(1);`],
    ["util.debuglog('a'); util.inspect(1); util.debuglog('b');", `${init} util.inspect(1); init();`],
  ] as const)
    assert.deepEqual(await codes(external(was), external(now)), ['statement-changed 2'], now);
  const made = (statements: string): string => external(`function hold(work) { work(); } ${statements}`);
  const holding = "hold(function () { return util.debuglog('a'); });";
  const held = await codes(made(holding), made(`const init = () => { ${holding} }; init();`));
  assert.ok(
    held.some((code) => code.startsWith('statement-changed')),
    held.join(),
  );
  for (const own of ['this', 'arguments']) {
    const other = await codes(made(`hold(${own});`), made(`function init() { hold(${own}); } init();`));
    assert.ok(
      other.some((code) => code.startsWith('statement-changed')),
      own,
    );
  }
  const old = "function init() { util.debuglog('z'); } exports.init = init;";
  const known = await codes(external(`${old} util.debuglog('a');`), external(`${old.replace('z', 'a')} init();`));
  assert.ok(known.some((code) => code.startsWith('statement-changed')));
  const less = external("const init = () => { util.debuglog('a'); }; init(); util.inspect(1);");
  assert.deepEqual(await codes(before, less), ['statement-removed 2']);
});

test('a new function is called where what has gone did no more than to fill what has gone as well', async () => {
  const util = "const util = require('node:util');";
  const after = `${util} function make() { const kinds = {}; ['a'].forEach((k) => { kinds[k] = util.inspect(k); }); return kinds } make();
exports.all = () => make();`;
  const found = async (statement: string, now = after): Promise<readonly string[]> =>
    (await codes(`${util} const kinds = {};\n${statement}\nexports.all = () => kinds;`, now)).map((one) => one.replace(/ .*/, ''));
  const fills = "['a'].forEach((k) => { kinds[k] = util.inspect(k); });";
  assert.deepEqual(await found(fills), ['initialiser-runs']);
  assert.deepEqual(await found("['a'].forEach((k) => { kinds[k] = () => util.debuglog(k); });"), ['initialiser-runs']);
  const refused = async (statement: string, now?: string): Promise<void> =>
    assert.ok((await found(statement, now)).includes('statement-changed'), statement);
  await refused('util.inspect(1);');
  await refused("['a'].forEach((k) => { kinds[k] = 1; process.title = k; });");
  await refused("['a'].forEach((k) => { kinds[k] = 1; util.debuglog(k); });");
  await refused("['a'].forEach((k) => util.debuglog(k)) || (kinds.a = 1);");
  await refused("['a'].forEach((k) => { kinds[k] = 1; kinds[k] && util.debuglog(k); });");
  await refused("['a'].forEach((k) => { kinds[k] = 1; kinds[k] ? 0 : util.debuglog(k); });");
  await refused("['a'].forEach((k) => { kinds[k] = 1; new util.TextEncoder(k); });");
  await refused(fills, after.replace(util, `${util} const kinds = {};`));
});
