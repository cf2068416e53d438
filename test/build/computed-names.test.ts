/** Members of a class whose names are computed of a constant that has another value now, or another name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patched } from './harness.ts';

const CLASS = (n: number): string =>
  `class K { [N]() { return ${n}; } static [N]() { return ${n}; } get ['get' + N]() { return ${n}; } of() { return this[N](); } }\nexports.K = K;`;

test('they have the new names, beside the old ones', async () => {
  const p = await patched(`const N = 'a';\n${CLASS(1)}`, `const N = 'b';\n${CLASS(2)}`);
  const { K } = p.exports;
  const k = new K();
  assert.deepEqual([k.b(), K.b(), k.getb, k.of()], [2, 2, 2, 2]);
  assert.deepEqual([k.a(), K.a()], [2, 2], 'who calls them by the old ones finds them');
  assert.deepEqual([...new Set(p.codes('warning'))], ['member-removed']);
  await p.revert();
  assert.deepEqual([k.b, K.b, k.getb, k.of(), k.a()], [undefined, undefined, undefined, 1, 1]);
});

test('a constant that has another name', async () => {
  const p = await patched(`// name\nconst N = 'a';\n${CLASS(1)}`, `// name\nconst M = 'a';\n${CLASS(2).replaceAll('N]', 'M]')}`);
  const { K } = p.exports;
  assert.deepEqual([new K().a(), K.a(), new K().geta, new K().of()], [2, 2, 2, 2]);
  await p.revert();
  assert.deepEqual([new K().a(), K.a(), new K().geta, new K().of()], [1, 1, 1, 1]);
});
