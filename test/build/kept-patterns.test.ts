/** Patterns that calls of the old code have put together, and left in what outlives them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const router = (any: string, keep: string, find = '[...this.all, ...(this.tree.nodes ?? [])]'): string => `class Node {
  constructor() { this.nodes = []; }
  createChild(pattern) { const node = new Node(); node.pattern = pattern; this.nodes.push(node); return node; }
}
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
    ${keep}
  }
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
    `let node = this.tree; for (const one of [1, 2]) { const pattern = one && ${MADE}; node = node.createChild(pattern); }`,
    `const all = this.all; all.push({ pattern: ${MADE} });`,
    `let made; made = ${MADE}; this.byName[path] = made;`,
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
  ])
    assert.equal(await reports(keep, "'.*'", "'[^/]*'"), 0, keep);
});
