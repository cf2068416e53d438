/** What a patch has put on objects by a symbol, or in a collection of private members, the patch that takes its place finds there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transformSync as swc } from '@swc/core';
import { transformSync as esbuild } from 'esbuild';
import ts from 'typescript5';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';

let texts = 0;

/** A program, and patches from it to each of `versions`. No two tests have a text in common, since patches go by it. */
async function patches(before: string, ...versions: readonly string[]): Promise<Program[]> {
  const own = (text: string): { 'index.js': string } => ({ 'index.js': `// ${texts}\n${text}` });
  texts++;
  const first = await program(own(before), own(versions[0]!));
  const more = versions.slice(1).map(async (version) => new Program(first.root, first.exports, await build(own(before), own(version))));
  return [first, ...(await Promise.all(more))];
}

const stack = async ({ report }: Program): Promise<unknown> =>
  currentRuntime()!.apply(report.patch!, { replace: false, timeoutMs: 20_000 });

const plain = `class Session { constructor(id) { this.id = id; } login() { return null; } note() { return 0; } }
exports.Session = Session;`;
const keyed = `const kMax = Symbol('max'), keys = { seen: Symbol('seen') };
exports.kLast = Symbol();
class Session {
  static kCalls = Symbol('calls');
  constructor(id, max = 5) { this.id = id; this[kMax] = max; }
  login() { this[keys.seen] = (this[keys.seen] ?? 0) + 1; return [this[kMax], this[keys.seen], this[exports.kLast]]; }
  note() { this[exports.kLast] = this.id; this[Session.kCalls] = (this[Session.kCalls] ?? 0) + 1; return 1; }
  get calls() { return this[Session.kCalls]; }
}
exports.Session = Session;`;

test('symbols by which new code keeps what it knows of an object', async () => {
  const [first, second] = await patches(plain, keyed, keyed.replace('return 1', 'return 2'));
  const { Session } = first!.exports;
  const old = new Session(1);
  await first!.apply();
  const made = new Session(2, 9);
  assert.deepEqual([made.note(), old.login(), made.login(), made.login()], [1, [5, 1, undefined], [9, 1, 2], [9, 2, 2]]);
  await second!.apply();
  assert.deepEqual([made.login(), old.login(), old.note(), old.login()], [[9, 3, 2], [5, 2, undefined], 2, [5, 3, 1]]);
  assert.deepEqual([new Session(3, 7).login(), made.note(), made.calls], [[7, 1, undefined], 2, 2]);
  await second!.revert();
  assert.deepEqual([old.login(), made.login(), Reflect.ownKeys(old).filter((key) => String(key) === 'Symbol(max)')], [null, null, []]);
  await first!.apply();
  assert.deepEqual(old.login(), [5, 1, undefined], 'with the last patch that had them they have gone');
  await first!.revert();
});

test('the patch that is stacked on another has its symbols too, and leaves them to it', async () => {
  const [first, second] = await patches(plain, keyed, keyed.replace('return 1', 'return 2'));
  const { Session } = first!.exports;
  const session = new Session(1);
  await first!.apply();
  session.login();
  await stack(second!);
  assert.deepEqual([session.login(), session.note()], [[5, 2, undefined], 2]);
  await second!.revert();
  assert.deepEqual([session.login(), session.note()], [[5, 3, 1], 1]);
  await first!.revert();
});

test('what is only linked, or ends before it has begun, leaves no symbol to others', async () => {
  const vetoes = { name: 'fix.mjs', text: "export const module = 'index.js'; export function prePatch() { throw new Error('not now'); }" };
  const own = (text: string): { 'index.js': string } => ({ 'index.js': `// vetoed\n${text}` });
  const p = await program(own(plain), own(keyed), vetoes);
  await assert.rejects(currentRuntime()!.apply(p.report.patch!, { timeoutMs: 5000 }));
  const next = new Program(p.root, p.exports, await build(own(plain), own(keyed)));
  await next.apply();
  const session = new p.exports['Session'](1, 4);
  assert.deepEqual(session.login(), [4, 1, undefined]);
  await next.revert();
});

test('symbols of one description that the text does not tell apart, that functions make, or that say what is computed, are made anew', async () => {
  const before = 'exports.all = () => [];';
  const after = `const pair = [Symbol('a'), Symbol('a')];
const make = () => Symbol('a');
const now = Symbol(String(1));
exports.all = () => [...pair, make(), make(), now];`;
  const [first, second] = await patches(before, after, `${after}\nexports.more = 1;`);
  const { all } = first!.exports;
  await first!.apply();
  const earlier = all();
  assert.equal(new Set(earlier).size, 5);
  await second!.apply();
  assert.equal(new Set([...earlier, ...all()]).size, 10);
  await second!.revert();
});

test('a symbol more in the object that a module gives away', async () => {
  const symbols = (more: string): string => `module.exports = { kId: Symbol('id')${more} };`;
  const session = (own: string, n: number): string => `const { kId } = require('./symbols.js');
const symbols = require('./symbols.js');
exports.login = (session) => { session[kId] ??= 7; ${own} };
exports.note = () => ${n};`;
  const before = { 'index.js': session('return session[kId]', 0), 'symbols.js': symbols('') };
  const after = (n: number): Record<string, string> => ({
    'index.js': session('session[symbols.kTimes] = (session[symbols.kTimes] ?? 0) + 1; return session[symbols.kTimes]', n),
    'symbols.js': symbols(", kTimes: Symbol('times')"),
  });
  const first = await program(before, after(1));
  const second = new Program(first.root, first.exports, await build(before, after(2)));
  const object = {};
  await first.apply();
  assert.deepEqual([first.exports['login'](object), first.exports['login'](object)], [1, 2]);
  await second.apply();
  assert.deepEqual([first.exports['login'](object), first.exports['note'](), Reflect.ownKeys(object).length], [3, 2, 2]);
  await second.revert();
  assert.equal(first.exports['login'](object), 7);
});

test('symbols of a module in a bundle', async () => {
  const bundle = (
    text: string,
  ): string => `const __commonJS = (run, made) => () => (made || run((made = { exports: {} }).exports, made), made.exports);
var require_session = __commonJS((exports, module) => {
${text}
});
module.exports = require_session();`;
  const [first, second] = await patches(bundle(plain), bundle(keyed), bundle(keyed.replace('return 1', 'return 2')));
  const session = new first!.exports['Session'](1);
  await first!.apply();
  assert.deepEqual([session.note(), session.login()], [1, [5, 1, 1]]);
  await second!.apply();
  assert.deepEqual([session.login(), session.note()], [[5, 2, 1], 2]);
  await second!.revert();
});

const compilers: Readonly<Record<string, (source: string) => string>> = {
  esbuild: (source) => esbuild(source, { loader: 'ts', target: 'es2020', format: 'cjs' }).code,
  TypeScript: (source) =>
    ts.transpileModule(source, { compilerOptions: { target: ts.ScriptTarget.ES2021, module: ts.ModuleKind.CommonJS } }).outputText,
  SWC: (source) => swc(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2021' }, module: { type: 'commonjs' } }).code,
};
const unlimited = `export class Session {
  id: number;
  constructor(id: number) { this.id = id; }
  login() { return null as unknown; }
  note() { return 0; }
}`;
const limited = `export class Session {
  #max: number;
  #times = 0;
  id: number;
  constructor(id: number) { this.id = id; this.#max = id * 10; }
  #next() { return ++this.#times; }
  login() { return [this.#max++, this.#next()] as unknown; }
  note() { return 1; }
}`;

for (const [what, compile] of Object.entries(compilers))
  test(`private members as ${what} writes them out`, async () => {
    const [first, second] = await patches(compile(unlimited), compile(limited), compile(limited.replace('return 1', 'return 2')));
    const { Session } = first!.exports;
    const old = new Session(1);
    await first!.apply();
    const made = new Session(2);
    const unseen = new Session(3);
    const seen = [old.login(), made.login(), made.login()];
    assert.deepEqual(seen, [
      [10, 1],
      [20, 1],
      [21, 2],
    ]);
    await second!.apply();
    const later = [made.login(), old.login(), unseen.login(), new Session(4).login()];
    assert.deepEqual(later, [
      [22, 3],
      [11, 2],
      [30, 1],
      [40, 1],
    ]);
    assert.equal(made.note(), 2);
    await second!.revert();
    assert.deepEqual([made.login(), old.login()], [null, null]);
    await first!.apply();
    assert.deepEqual(
      [old.login(), made.login()],
      [
        [10, 1],
        [20, 1],
      ],
    );
    await stack(second!);
    const newer = new Session(5);
    assert.deepEqual(
      [old.login(), unseen.login(), newer.login()],
      [
        [11, 2],
        [30, 1],
        [50, 1],
      ],
    );
    await second!.revert();
    assert.deepEqual(
      [old.login(), unseen.login(), newer.login()],
      [
        [12, 3],
        [31, 2],
        [51, 2],
      ],
    );
    await first!.revert();
  });
