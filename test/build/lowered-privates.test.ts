/** Private members as compilers write them out, in a `WeakMap` or `WeakSet`, that a class has in its new version only: objects that exist get them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transformSync as swc } from '@swc/core';
import { transformSync as esbuild } from 'esbuild';
import ts from 'typescript5';
import { build, patched, program, Program } from './harness.ts';

const byTypeScript =
  (target: 'ES5' | 'ES2021') =>
  (source: string): string =>
    ts.transpileModule(source, {
      compilerOptions: { target: ts.ScriptTarget[target], module: ts.ModuleKind.CommonJS, downlevelIteration: true },
    }).outputText;

const bySwc =
  (target: 'es5' | 'es2021') =>
  (source: string): string =>
    swc(source, { jsc: { parser: { syntax: 'typescript' }, target }, module: { type: 'commonjs' } }).code;

const compilers: Readonly<Record<string, (source: string) => string>> = {
  esbuild: (source) => esbuild(source, { loader: 'ts', target: 'es2020', format: 'cjs' }).code,
  'TypeScript, to classes': byTypeScript('ES2021'),
  'TypeScript, to functions': byTypeScript('ES5'),
  'SWC, to classes': bySwc('es2021'),
  'SWC, to functions': bySwc('es5'),
};

const before = `export class Counter {
  name: string;
  constructor(name: string) { this.name = name; }
  hit(n: number) { return this.name + n; }
  ask(others: Counter[]) { return others.length; }
}
export class Plain { hit(n: number) { return n; } }`;

const after = `export class Counter {
  name: string;
  #count = 0;
  #limit: number;
  constructor(name: string) { this.name = name; this.#limit = name.length; }
  #check(n: number) { if (n > 10) throw new RangeError('too many'); return n; }
  hit(n: number) { this.#count++; return this.name + this.#check(n) + ':' + this.#count + '/' + this.#limit; }
  ask(others: Counter[]) { return others.map((other) => #count in other && other.#limit); }
}
export class Plain { #times = 0; hit(n: number) { return (this.#times += n); } }`;

for (const [what, compile] of Object.entries(compilers))
  test(`${what}: objects that exist have new private fields and methods, also those that no function of the patch was given`, async () => {
    const p = await patched(compile(before), compile(after));
    assert.deepEqual(p.codes('warning'), []);
    const { Counter, Plain } = p.exports;
    await p.revert();
    const [one, two, plain] = [new Counter('jo'), new Counter('abc'), new Plain()];
    assert.deepEqual([one.hit(3), plain.hit(2)], ['jo3', 2]);
    await p.apply();
    assert.deepEqual([one.ask([two, {} as never]), two.hit(3)], [[3, false], 'abc3:1/3']);
    assert.deepEqual([one.hit(3), one.hit(4)], ['jo3:1/2', 'jo4:2/2']);
    assert.throws(() => one.hit(11), RangeError);
    assert.deepEqual([plain.hit(2), plain.hit(3)], [2, 5]);
    const made = [new Counter('x'), new Plain()];
    assert.deepEqual([made[0].hit(1), made[1].hit(1)], ['x1:1/1', 1]);
    await p.revert();
    assert.deepEqual([one.hit(12), two.hit(12), made[0].hit(12), made[1].hit(1)], ['jo12', 'abc12', 'x12', 1]);
    await p.apply();
    assert.deepEqual([one.hit(3), made[0].hit(3)], ['jo3:1/2', 'x3:1/1']);
  });

const written = (parts: { readonly enter?: string; readonly more?: string; readonly use?: string }): string => `
const get = (o, map) => { if (!map.has(o)) throw new TypeError('private'); return map.get(o); };
${parts.enter ? 'const _limit = new WeakMap();' : ''}
class Box {
  constructor(options) { ${parts.enter ?? ''} this.name = 'box'; ${parts.more ?? ''} }
  limit() { return ${parts.use ?? '0'}; }
}
exports.Box = Box;`;

test('the entry is made of what the constructor was given, where the object tells it', async () => {
  const kept = (text: string): string => text.replace("this.name = 'box';", 'this.options = options;');
  const p = await program(
    { 'index.js': kept(written({})) },
    {
      'index.js': kept(written({ enter: '_limit.set(this, options.max);', use: '__privateGet(this, _limit)' })).replaceAll(
        'get =',
        '__privateGet =',
      ),
    },
  );
  const box = new p.exports['Box']({ max: 7 });
  await p.apply();
  assert.equal(box.limit(), 7);
});

for (const [what, enter] of Object.entries({
  TypeScript: 'helpers.__classPrivateFieldSet(this, _limit, 3, "f");',
  SWC: '(0, _class_private_field_init._)(this, _limit, 3);',
}))
  test(`${what}: so it is with helpers that are imported`, async () => {
    const head = `const set = (o, map, value) => map.set(o, value);
const helpers = { __classPrivateFieldSet: set };
const _class_private_field_init = { _: set };`;
    const next = `${head}${written({ enter, use: '__privateGet(this, _limit)' })}`.replaceAll('get =', '__privateGet =');
    const p = await program({ 'index.js': `${head}${written({})}` }, { 'index.js': next });
    const box = new p.exports['Box']();
    await p.apply();
    assert.equal(box.limit(), 3);
  });

for (const [what, parts] of Object.entries({
  'is made of what it was given': { enter: '_limit.set(this, options.max);' },
  'is made in a branch': { enter: 'if (options.big) _limit.set(this, 1);' },
  'is made again in a branch': { enter: '_limit.set(this, 1);', more: 'if (options.big) _limit.set(this, 2);' },
  'is handed on': { enter: '_limit.set(this, 1);', more: 'keep(_limit, this);' },
}))
  test(`the patch is refused while an object is alive whose entry ${what}`, async () => {
    const use = '__privateGet(this, _limit)';
    const next = `const keep = (map, o) => map.get(o);\n${written({ ...parts, use })}`.replaceAll('get =', '__privateGet =');
    const p = await program({ 'index.js': `const keep = 0;\n${written({})}` }, { 'index.js': next });
    const box = new p.exports['Box']({ max: 7 });
    await assert.rejects(p.apply(100), { code: 'ERR_LIVE_OBJECTS' });
    assert.equal(box.limit(), 0);
  });

test('what there was before is not entered again, and the report says so', async () => {
  const seen = (enter: string): string => `const seen = new WeakSet();
exports.mark = (o) => seen.add(o);
exports.Box = class Box { constructor() { ${enter} this.n = 0; } ask() { return seen.has(this)${enter && ' || this.n'}; } };`;
  const p = await program({ 'index.js': seen('') }, { 'index.js': seen('seen.add(this);') });
  const box = new p.exports['Box']();
  await p.apply();
  assert.equal(box.ask(), 0);
  assert.deepEqual(p.codes('warning'), ['instances-lack']);
});

test('a patch that takes the place goes on with what the one before has entered', async () => {
  const compile = compilers['esbuild']!;
  const counted = (more: string, start: number): string => `// in place
export class Box { ${more} hit() { return ${more ? 'this.#n++' : String(start)}; } }`;
  const [first, second] = [6, 7].map((start) => compile(counted(`#n = ${start};`, start)));
  const base = { 'index.js': compile(counted('', 0)) };
  const p = await program(base, { 'index.js': first! });
  const box = new p.exports['Box']();
  await p.apply();
  assert.deepEqual([box.hit(), box.hit()], [6, 7]);
  const q = new Program(p.root, p.exports, await build(base, { 'index.js': second! }));
  await q.apply();
  assert.deepEqual([box.hit(), box.hit(), new p.exports['Box']().hit()], [8, 9, 7]);
  await q.revert();
  assert.equal(box.hit(), 0);
});

test('SWC: code that asks for a private member cannot do without it', async () => {
  const compile = bySwc('es2021');
  const source = (more: string, use: string): string => `export class Box { ${more} limit() { return ${use}; } }`;
  const report = await build(
    { 'index.js': compile(source('constructor(o: any) {}', '0')) },
    { 'index.js': compile(source('#max: number; constructor(o: any) { this.#max = o.max; }', 'this.#max')) },
  );
  assert.match(report.verdicts.find(({ code }) => code === 'instances-lack')?.reason ?? '', /none is alive/);
});

test('a property that a compiler declares before the constructor sets it is given to objects that exist', async () => {
  const compile = bySwc('es2021');
  const source = (more: string, set: string, use: string): string =>
    `export class Box { name: string; ${more} constructor(name: string) { this.name = name; ${set} } ask() { return ${use}; } }`;
  const p = await program(
    { 'index.js': compile(source('', '', 'this.name')) },
    { 'index.js': compile(source('size: number;', 'this.size = name.length;', 'this.name + this.size.toFixed(1)')) },
  );
  const box = new p.exports['Box']('jo');
  await p.apply();
  assert.equal(box.ask(), 'jo2.0');
  assert.deepEqual(p.codes('warning'), []);
});
