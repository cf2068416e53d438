/** The documents say what the code says. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { ERRORS } from '../../src/errors/errors.ts';
import { root } from '../../scripts/nodes.mjs';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

test('docs/reference/errors.md has every error with its message, in order, and a word on each', () => {
  const sections = read('docs/reference/errors.md').split(/^## /m).slice(1);
  const documented = sections.map((section) => {
    const [, code, message, advice] = /^(\w+)\n\n> (.*)\n\n([^]+)$/.exec(section) ?? [];
    assert.ok(advice && advice.trim().length > 20, `${code} needs a word of advice`);
    return [code, message];
  });
  assert.deepEqual(documented, Object.entries(ERRORS));
});

test('links between the documents lead somewhere', () => {
  for (const page of pages) {
    for (const [, target] of read(page).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      const path = resolve(root, dirname(page), target ?? '');
      assert.ok(existsSync(path), `${page} links to ${relative(root, path)}`);
    }
  }
});

test('docs/reference/cli.md has every environment variable that a user may set', () => {
  const documented = new Set([...read('docs/reference/cli.md').matchAll(/`(LIVEPATCH\w*)`/g)].map(([, name]) => name));
  // What one part of livepatch tells another, and a code of warnings.
  const internal = new Set(['LIVEPATCH_PREPARE', 'LIVEPATCH_REPORT', 'LIVEPATCH_BUNDLE']);
  const asked = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...read(`src/${name}`).matchAll(/(?<=[.'"])(LIVEPATCH(?:_[A-Z_]+)?)\b/g)].map(([, variable]) => variable!));
  assert.deepEqual([...new Set(asked)].filter((name) => !internal.has(name)).toSorted(), [...documented].toSorted());
});

test('docs/architecture.md lists the directories of src', () => {
  const listed = [...read('docs/architecture.md').matchAll(/^\| `src\/(\w+)` \|/gm)].map(([, name]) => name);
  const there = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  assert.deepEqual(listed.toSorted(), there.map((entry) => entry.name).toSorted());
});

test('docs/reference/api.md has every name that the package exports, and no other', async () => {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, { default: string } | string> };
  const sections = read('docs/reference/api.md').split(/^## /m).slice(1);
  const documented = sections.map((section) => [
    /^`livepatch\/?(.*)`\n/.exec(section)?.[1],
    [...section.matchAll(/^### `(\w+)/gm)].map(([, name]) => name).toSorted(),
  ]);
  for (const [entry, target] of Object.entries(exports)) {
    // The hook is what importing it does, and the bundler's export is a default one.
    if (typeof target === 'string' || entry === './register' || entry === './bundler') continue;
    const names = Object.keys((await import(join(root, target.default))) as object);
    assert.deepEqual(documented.find(([name]) => name === entry.replace(/^\.\/?/, ''))?.[1], names.toSorted(), entry);
  }
});

test('docs/reference/patch-format.md has every property that a patch can have, and no other', () => {
  const page = read('docs/reference/patch-format.md');
  const documented = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell]) =>
    cell!.split(', ').map((name) => name.slice(1, -1)),
  );
  // Properties of objects that the page describes in a row of their own.
  const inline = new Set(['from', 'to', 'version']);
  const sources = ['envelope', 'format', 'module'].map((name) => read(`src/patch/${name}.ts`)).join('\n');
  const format = sources.replaceAll(/\/\*\*[^]*?\*\//g, '');
  const declared = [...format.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name!).filter((name) => !inline.has(name));
  assert.deepEqual([...new Set(documented)].filter((name) => !inline.has(name)).toSorted(), [...new Set(declared)].toSorted());
});
