/** Closures that were made without an argument which new code gives: those of requests under way end with them, others hold the patch off. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const version = (parameters: string, given: string, answer: string, name: string): string => `// ${name}
exports.make = function make(${parameters}) { return () => ${answer}; };
exports.serve = function serve() { return exports.make(${given}); };
exports.request = async function request(end) { const answer = exports.make(${given}); await end; return answer(); };
`;
const old = (name: string): string => version('id', '1', "'old ' + id", name);

const settled = (work: Promise<void>): Promise<string> =>
  work.then(
    () => 'applied',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

for (const [parameters, answer, expected] of [
  ['id, nonce', "['new', id, nonce].join()", 'new,1,n'],
  ["id, nonce = 'none'", "'new ' + nonce.length", 'new 1'],
] as const)
  test(`a request that is under way ends with the closure that it made: (${parameters})`, async () => {
    const p = await program({ 'index.js': old(parameters) }, { 'index.js': version(parameters, "1, 'n'", answer, parameters) });
    assert.ok(p.codes('warning').includes('closure-stranded'));
    const { promise: end, resolve } = Promise.withResolvers<void>();
    const underWay = p.exports['request'](end);
    const applied = settled(p.apply());
    await new Promise((done) => setTimeout(done, 50));
    resolve();
    assert.equal(await underWay, 'old 1');
    assert.equal(await applied, 'applied');
    assert.equal(p.exports['serve']()(), expected);
    await p.revert();
    assert.equal(p.exports['serve']()(), 'old 1');
  });

test('a closure that the program goes on holding turns the patch round', async () => {
  const p = await program({ 'index.js': old('kept') }, { 'index.js': version('id, nonce', "1, 'n'", "['new', id, nonce].join()", 'kept') });
  const kept = p.exports['serve']();
  assert.match(await settled(p.apply()), /ERR_LIVE_CLOSURES/);
  assert.deepEqual([kept(), p.exports['serve']()()], ['old 1', 'old 1']);
});

test('what code cannot do without, what the running closures hold otherwise, and what calls may have given before stay as they were', async () => {
  const late = async (before: string, after: string): Promise<boolean> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.some(({ code, reason }) => code === 'closure-stranded' && reason.includes('stays only'));
  };
  assert.ok(await late(old('a'), version('id, nonce', '1, 2', 'id + String(nonce)', 'a')));
  assert.ok(!(await late(old('b'), version('id, nonce', '1, {}', 'id + nonce.text', 'b'))));
  assert.ok(
    !(await late(old('c').replace('return () =>', 'return arguments, () =>'), version('id, nonce', '1, 2', 'id + String(nonce)', 'c'))),
  );
  assert.ok(!(await late(old('d'), version('{ id, nonce }', '{ id: 1, nonce: 2 }', 'id + String(nonce)', 'd'))));
  assert.ok(!(await late(old('e').replace('make(id)', 'make(id, other)'), version('id, other', '1, 2', 'id + String(other)', 'e'))));
  assert.ok(!(await late(old('f'), version('id, nonce', '1, 2', 'id + (nonce = 1)', 'f'))));
  assert.ok(!(await late(old('g'), version('id, nonce = make()', '1, 2', 'id + String(nonce)', 'g'))));
});
