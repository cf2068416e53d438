/** Where functions have put things in a list, or written into a buffer, and the new version does so elsewhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function told(before: string, was: string, now: string): Promise<string[]> {
  const after = before.replaceAll(was, now);
  assert.notEqual(before, after);
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.filter(({ verdict }) => verdict === 'warning').map(({ path, reason }) => `${path}: ${reason}`);
}

const QUEUE = 'exports.Q = class { constructor() { this.q = []; this.buf = Buffer.alloc(8) } ';
const PLACED: Readonly<Record<string, readonly [before: string, was: string, now: string, said: string]>> = {
  'at the other end of a list': [
    'const all = []; exports.put = (v) => { all.push(v) }; exports.get = () => all[0];',
    'push',
    'unshift',
    'exports.put all: what calls of it have put into all stands there in another order',
  ],
  'between what is there': [
    `${QUEUE}put(v) { this.q.push(v) } find(v) { return this.q.length } has(v) { return this.q.includes(v) } };`,
    'this.q.push(v)',
    'this.q.splice(this.find(v), 0, v)',
    'exports.Q#put q: what calls of it have put into q stands there in another order',
  ],
  'at a place that is looked for otherwise': [
    `${QUEUE}put(v) { const i = this.q.findIndex((one) => one.at > v.at); this.q.splice(i, 0, v) } next() { return this.q.shift() } };`,
    'one.at > v.at',
    'one.at < v.at',
    'exports.Q#put q: what calls of it have put into q stands there in another order',
  ],
  'by another comparison': [
    `${QUEUE}put(v) { let i = this.q.length; while (i > 0 && this.q[i - 1].at > v.at) i--; this.q.splice(i, 0, v) } next() { return this.q.shift() } };`,
    '.at > v.at',
    '.at < v.at',
    'exports.Q#put q: what calls of it have put into q stands there in another order',
  ],
  'by a closure': [
    'const all = []; exports.make = () => { console.log("push"); return (v) => all.push(v) }; exports.get = () => all[0];',
    'push',
    'unshift',
    'exports.make/<return> all: what calls of it have put into all stands there in another order',
  ],
  'beside closures': [
    'const all = []; exports.put = (v) => { const f = () => 1; all.push(v); const g = () => 2; return [f, g] }; exports.get = () => all[0];',
    'push',
    'unshift',
    'exports.put all: what calls of it have put into all stands there in another order',
  ],
  'in other bytes': [
    `${QUEUE}put(n) { this.buf.writeUInt16BE(n, 2) } get() { const f = () => 1; return this.buf.readUInt16BE(2) + f() } }; exports.one = () => 1;`,
    'UInt16',
    'UInt32',
    'exports.Q#put buf: what calls of it have written into buf is laid out otherwise, and other code reads it',
  ],
  'in bytes that a new function reads': [
    `${QUEUE}put(n) { this.buf.writeUInt8(n, 2) } };`,
    'writeUInt8(n, 2) }',
    'writeUInt8(n, 3) } get() { return this.buf[3] }',
    'exports.Q#put buf: what calls of it have written into buf is laid out otherwise, and other code reads it',
  ],
};

for (const [what, [before, was, now, expected]] of Object.entries(PLACED))
  test(`what functions have put somewhere is there as they put it: ${what}`, async () => {
    assert.deepEqual(await told(before, was, now), [expected]);
  });

const list = (put: string): string => `${QUEUE}put(v) { ${put} } };`;
const bytes = (put: string, get: string): string => `${QUEUE}put(n) { ${put} } get() { ${get} } };`;
const SILENT: Readonly<Record<string, readonly [before: string, was: string, now: string]>> = {
  'what takes things out': [list('this.q.push(v); if (v > 1) this.q.splice(0, 1)'), 'v > 1', 'v > 2'],
  'what takes things out from now on': [list('this.q.push(v); /**/'), '/**/', 'this.q.splice(0, 1);'],
  'what looks for a place in another list': [
    list('const i = this.other.findIndex((one) => one > v); this.q.splice(i, 0, v)'),
    'one > v',
    'one < v',
  ],
  'what finds one otherwise': [list('const one = this.q.find((own) => own > v); this.q.splice(one, 0, v)'), 'own > v', 'own < v'],
  'what compares something else': [
    list('let i = 0; while (this.q[i] < v) i++; if (v < 5) i = 0; this.q.splice(i, 0, v)'),
    'v < 5',
    'v <= 5',
  ],
  'what compares how much there is': [list('if (this.q.length > 5) return; this.q.splice(0, 0, v)'), '> 5', '>= 5'],
  'what compares what is in another list': [list('if (this.other[0] > v) return; this.q.splice(0, 0, v)'), '> v', '>= v'],
  'what asks whether it is there': [list('if (this.q[0] === v) return; this.q.splice(0, 0, v)'), '===', '=='],
  'what compares, and puts it at the end': [list('if (this.q[0] < v) console.log(v); this.q.push(v)'), '< v', '<= v'],
  'a list that it is given': ['exports.put = (all, v) => { all.push(v) };', 'push', 'unshift'],
  'a list into which nothing was put': [list('/**/ this.n = v'), '/**/', 'this.q.push(v);'],
  'bytes of a buffer that was not written to': [bytes('/**/ this.n = n', 'return this.n + 1'), '/**/', 'this.buf.writeUInt16BE(n, 2);'],
  'bytes that nobody reads otherwise': [bytes('this.buf.writeUInt16BE(n, 2)', 'return this.buf[2]'), 'UInt16', 'UInt32'],
  'bytes beside which something else is read otherwise': [bytes('this.buf.writeUInt16BE(n, 2)', 'return this.UInt16'), 'UInt16', 'UInt32'],
  'bytes of a buffer that makes way for another': [
    bytes('this.buf.writeUInt16BE(n, 2)', "this.buf = null; return 'UInt16'"),
    'UInt16',
    'UInt32',
  ],
  'bytes of a buffer in a variable that makes way for another': [
    "let buf = Buffer.alloc(8); exports.put = (n) => { buf.writeUInt16BE(n, 2) }; exports.reset = () => { buf = null; return 'UInt16' };",
    'UInt16',
    'UInt32',
  ],
  'the same bytes': [bytes('this.buf.writeUInt16BE(n, 2); return 1', 'return this.buf.readUInt16BE(2) + 1'), ' 1', ' 2'],
};
for (const [what, [before, was, now]] of Object.entries(SILENT))
  test(`nothing is said of where functions have put things: ${what}`, async () => {
    const orders = (await told(before, was, now)).filter((one) => /another order|laid out/.test(one));
    assert.deepEqual(orders, []);
  });
