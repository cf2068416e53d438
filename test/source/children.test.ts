/** The places where nodes hold others are written down, so that nobody has to look at every property. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'acorn';
import type { AnyNode } from 'acorn';
import { childrenOf, holdersIn, isNode } from '../../src/source/children.ts';

const EVERYTHING = `
import a, { b as c } from 'x' with { type: 'json' }; import * as d from 'y'; export { c as e }; export * as f from 'z'; export default class {}
class A extends a { #p = 1; static { this.q = 1 } static async *[d]() { yield* c; await d } get g() { return super.g } set g(v) { new.target; #p in this } }
label: for (let i = 0, [x, , ...y] = []; i < 1; i++) { if (i) continue label; else break label }
for (const k in d) ; for await (const { k, l: m = 1, ...n } of d) { } while (0) ; do { debugger } while (0)
switch (d) { case 1: default: } try { throw 1 } catch ({ o }) { } finally { } try { } catch { }
const t = \`\${a}b\`, u = a\`c\`, v = /r/g, w = 1n, z = [...x, , 1], o = { a, [b]: 1, c() {}, get d() { return 1 }, ...a };
a?.b?.(c)[d]; (a, c); a ??= c ||= d; delete a.b, void 0, typeof a; (async (q = 1) => q)(); import('x'); import.meta.url; a ? b : (-c) ** 2; i++;
function* gen() { return yield }
`;

const NEVER_NODES = new Set(['type', 'start', 'end']);

test('what the table of holders gives is all that the properties of a node hold', () => {
  const bundled = new URL('../../node_modules/typescript5/lib/typescript.js', import.meta.url);
  const options = { ecmaVersion: 'latest', allowAwaitOutsideFunction: true } as const;
  const queue: AnyNode[] = [
    parse(EVERYTHING, { ...options, sourceType: 'module' }),
    parse('with (a) b', { ...options, sourceType: 'script' }),
    parse(readFileSync(bundled, 'utf8'), { ...options, sourceType: 'script' }),
  ];
  let count = 0;
  for (let node = queue.pop(); node; node = queue.pop()) {
    count++;
    const holding = Object.keys(node).filter((key) => {
      const value = (node as unknown as Record<string, unknown>)[key];
      return !NEVER_NODES.has(key) && (isNode(value) || (Array.isArray(value) && value.some(isNode)));
    });
    const known = holdersIn(node);
    for (const key of holding) assert.ok(known.includes(key), `${node.type}.${key}`);
    queue.push(...childrenOf(node));
  }
  assert.ok(count > 100_000);
});
