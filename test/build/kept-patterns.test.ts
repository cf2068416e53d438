/** Patterns that calls of the old code have put together, and left in what outlives them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const router = (any: string, keep: string, find = '[...this.all, ...(this.tree.nodes ?? [])]'): string => `class Node {
  constructor() { this.nodes = []; }
  createChild(pattern) { const node = new Node(); node.pattern = pattern; this.nodes.push(node); return node; }
}
let last = null;
function check(...given) { return given; }
class Layer { constructor(path, pattern) { this.pattern = pattern; } }
exports.Router = class {
  constructor() { this.tree = new Node(); this.all = []; this.byName = {}; }
  on(path) {
    const parts = [];
    let text = '';
    for (const one of path.split('/')) {
      parts.push(one === '*' ? ${any} : one);
      text += one;
    }
    ${keep.replaceAll('ANY', any)}
  }
  last() { return last; }
  find(url) { return ${find}.find(({ pattern }) => pattern.test(url)); }
};`;

const reports = async (keep: string, from: string, to: string): Promise<number> => {
  const { verdicts } = await build({ 'index.js': router(from, keep) }, { 'index.js': router(to, keep) });
  return verdicts.filter(({ code, reason }) => code === 'instances-hold' && reason.includes('patterns')).length;
};

const MADE = "new RegExp('^' + parts.join('/') + '$')";

test('what is kept of a pattern that is put together otherwise is told of', async () => {
  for (const keep of [
    `this.pattern = ${MADE};`,
    `const pattern = ${MADE}; this.all.push({ path, pattern });`,
    `const pattern = path ? ${MADE} : null; this.all.push(new Layer(path, pattern));`,
    `this.tree.createChild(${MADE});`,
    `this.tree.$_createChild(${MADE});`,
    `let node = this.tree; for (const one of [1, 2]) { const pattern = one && ${MADE}; node = node.createChild(pattern); }`,
    `const all = this.all; all.push({ pattern: ${MADE} });`,
    `let made; made = ${MADE}; this.byName[path] = made;`,
    `let node = ${MADE}; node = [node]; this.all.push(node);`,
    `last = ${MADE};`,
    `last.all.push(${MADE});`,
    `const node = this.tree; node.pattern = ${MADE};`,
    "this.all.push(RegExp(parts.join('/')));",
    `const pattern = ${MADE}; this.matches = (url) => pattern.test(url);`,
    `const pattern = ${MADE}; setImmediate(() => { this.all.push(pattern); });`,
    `const self = this; self.all.push(${MADE});`,
    `const list = path; list.push(${MADE});`,
    `path.all.push(${MADE});`,
    `this.tree.createChild(1).add(${MADE});`,
    `this.tree.createChild(1).nodes.push(${MADE});`,
    `let node; if (path) node = node.next; node = this.tree; node.add(${MADE});`,
    'let own; own = ANY; this.pattern = new RegExp(own);',
    'path = ANY; this.pattern = new RegExp(path);',
    'let own = path; own = own + ANY; this.pattern = new RegExp(own);',
    'this.pattern = new RegExp(String(parts.join()));',
  ])
    assert.equal(await reports(keep, "'.*'", "'[^/]*'"), 1, keep);
});

test('what is told of in another way is not told of again', async () => {
  const version = (any: string, more: string): string =>
    router(any, more).replace('this.byName = {};', `this.byName = {}; this.pattern = new RegExp(${any});`);
  const { verdicts } = await build({ 'index.js': version("'.*'", '') }, { 'index.js': version("'[^/]*'", '') });
  assert.equal(verdicts.filter(({ code }) => code === 'instances-hold').length, 1);
});

test('nothing is said where the pattern is made the same way, is written out, or is over with the call', async () => {
  for (const keep of [
    `return ${MADE}.test(path);`,
    `const pattern = ${MADE}; if (pattern.test(path)) this.all.push({ path, pattern: /x/ });`,
    `const found = []; found.push(${MADE}); return found.length;`,
    "this.pattern = new RegExp('^x$');",
    'this.pattern = new RegExp(text);',
    `this.isOne = ${MADE} ? 1 : 2;`,
    `this.tree.matches(${MADE});`,
    `this.isOne = path && ${MADE} ? 1 : 2;`,
    `check(${MADE});`,
    "this.all.push(new Layer(parts.join('/')));",
    `check(1).push(${MADE});`,
    `[1].concat([]).push(${MADE});`,
    `const found = [].concat(path); found.push(${MADE}); return found.length;`,
    `const { source } = ${MADE}; this.all.push(source);`,
    `const pattern = ${MADE}; return this.all.filter((one) => pattern.test(one.path));`,
    'let own = path; if (own === ANY) return; this.pattern = new RegExp(own);',
    'const own = [path]; if (own.includes(ANY)) return; this.pattern = new RegExp(own.join());',
    'const own = [path]; check(own.push, ANY); this.pattern = new RegExp(own.join());',
  ])
    assert.equal(await reports(keep, "'.*'", "'[^/]*'"), 0, keep);
});

const BESIDE: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'only the new version makes': ['this.n = 1;', `this.n = 1; this.tree.createChild(${MADE});`],
  'are made of what is kept as well': [
    'const own = path; this.pattern = new RegExp(own);',
    'const own = path; this.name = own; this.pattern = new RegExp(own);',
  ],
};
for (const [what, [before, after]] of Object.entries(BESIDE))
  test(`nothing is said of patterns that ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': router("'.*'", before) }, { 'index.js': router("'.*'", after) });
    assert.ok(verdicts.every(({ reason }) => !reason.includes('patterns')));
  });

test('nothing is said of patterns that a module has made as it loaded', async () => {
  const wrapped = (any: string): string =>
    `(function () { const parts = ['a', ${any}]; exports.pattern = new RegExp(parts.join('/')); exports.f = () => ${any}; })();`;
  const { verdicts } = await build({ 'index.js': wrapped("'.*'") }, { 'index.js': wrapped("'[^/]*'") });
  assert.ok(verdicts.every(({ reason }) => !reason.includes('patterns')));
});
