/** Verdicts on files that a compiler has written: they point at what it was given. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transformSync } from 'esbuild';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

const SOURCE = `interface Item { name: string }

export const seen: string[] = [];
export function note(item: Item): number {
  // what it has
  return seen.push(item.name);
}
`;
const FIXED = SOURCE.replace('item.name', 'String(item.name)').replace(
  '\n\n',
  '\n\ntype More = number;\nsetTimeout(() => seen.pop(), 10);\n',
);

interface Compiled {
  readonly code: string;
  readonly map: string;
}

function compiled(source: string, content = true): Compiled {
  const sourcefile = '../src/note.ts';
  return transformSync(source, { loader: 'ts', format: 'cjs', sourcemap: true, sourcefile, sourcesContent: content });
}

/** Where the verdict on the function, and what refuses the patch, are said to be. */
async function places(files: (version: Compiled, source: string) => Files, content = true): Promise<readonly unknown[]> {
  const tree = (source: string): Files => files(compiled(source, content), source);
  const { verdicts } = await build(tree(SOURCE), tree(FIXED));
  return ['function-changed', 'statement-changed'].map((code) => verdicts.find((row) => row.code === code)?.origin);
}

const FUNCTION = { file: 'src/note.ts', line: 6, excerpt: 'export function note(item: Item): number {' };
const STATEMENT = { file: 'src/note.ts', line: 4, excerpt: 'setTimeout(() => seen.pop(), 10);' };
const plain = ({ file, line }: typeof FUNCTION): unknown => ({ file, line });
const linked = ({ code }: Compiled, url: string): string => `${code}//# sourceMappingURL=${url}\n`;

test('a map beside the file, and one within it', async () => {
  assert.deepEqual(await places((own) => ({ 'dist/note.js': linked(own, 'note.js.map'), 'dist/note.js.map': own.map })), [
    FUNCTION,
    STATEMENT,
  ]);
  const inline = ({ map }: Compiled): string => `data:application/json;base64,${Buffer.from(map).toString('base64')}`;
  assert.deepEqual(await places((own) => ({ 'dist/note.js': linked(own, inline(own)) })), [FUNCTION, STATEMENT]);
});

test('a map without the text of the source: that is read where the tree has it', async () => {
  const files = (own: Compiled): Files => ({ 'dist/note.js': linked(own, 'note.js.map'), 'dist/note.js.map': own.map });
  assert.deepEqual(await places(files, false), [plain(FUNCTION), plain(STATEMENT)]);
  const beside = (own: Compiled, source: string): Files => ({ ...files(own), 'src/note.ts': source });
  assert.deepEqual(await places(beside, false), [FUNCTION, STATEMENT]);
});

test('a source outside the tree is named, and not read', async () => {
  const outside = (own: Compiled): Files => ({ 'note.js': linked(own, 'note.js.map'), 'note.js.map': own.map });
  assert.deepEqual(await places(outside, false), [
    { file: '../src/note.ts', line: 6 },
    { file: '../src/note.ts', line: 4 },
  ]);
});

test('without a map, or with one that cannot be read, the file is all there is', async () => {
  for (const map of ['half', 'null', '{"sources":"a.ts"}', '{"sources":["a.ts"],"mappings":5}', '{"sources":["a.ts"],"mappings":"!!"}'])
    assert.deepEqual(await places((own) => ({ 'note.js': linked(own, 'note.js.map'), 'note.js.map': map })), [undefined, undefined], map);
  assert.deepEqual(await places((own) => ({ 'note.js': linked(own, 'gone.map') })), [undefined, undefined]);
  assert.deepEqual(await places(({ code }) => ({ 'note.js': code })), [undefined, undefined]);
});

test('a hook may claim a difference by its place in the source', async () => {
  const tree = (source: string): Files => {
    const own = compiled(source);
    return { 'dist/note.js': linked(own, 'note.js.map'), 'dist/note.js.map': own.map };
  };
  for (const claim of ['src/note.ts:4', 'src/note.ts statement-changed', 'dist/note.js statement-changed']) {
    const report = await build(tree(SOURCE), tree(FIXED), { name: 'hook.mjs', text: `export const claims = ['${claim}'];` });
    assert.notEqual(report.patch, null, claim);
  }
});

test('TypeScript that only a compiler takes is left out of a tree that has what it was compiled to', async () => {
  const source = (more: string): string =>
    `export enum Kind { A${more} }\nexport const kinds = (): string[] => Object.keys(Kind).map((kind) => kind${more && ' + 1'});\n`;
  const tree = (more: string): Files => {
    const own = compiled(source(more));
    return {
      'package.json': '{"name":"app","version":"1.0.0"}',
      'dist/note.js': linked(own, 'note.js.map'),
      'dist/note.js.map': own.map,
      'src/note.ts': source(more),
    };
  };
  const { patch, verdicts } = await build(tree(''), tree(', B'));
  assert.notEqual(patch, null);
  assert.deepEqual(
    verdicts.filter(({ file }) => file === 'src/note.ts').map(({ code }) => code),
    ['file-unreachable'],
  );
});
