/** Properties and variables that a function sets, and did not, or sets no longer: where it has been called, they are as they were. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function told(before: string, after: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.flatMap(({ code, path, reason }) => {
    if (code === 'instances-hold' && reason.startsWith('where it has been called')) return path;
    return code === 'state-unset' && reason.startsWith('it no longer') ? `${path} no more` : [];
  });
}

const job = (finish: string, more = ''): string =>
  `class Job {
    constructor() { this.done = false; }
    finish(n) { ${finish} }
    isDone() { return this.done; }
    end() { this.done = true; }
    ${more}
  }
  exports.Job = Job;`;
const OLD = job('return n;');

test('a property of its object', async () => {
  const set = job('this.done = true;');
  assert.deepEqual(await told(OLD, set), ['Job#finish done']);
  assert.deepEqual(await told(set, OLD), ['Job#finish done no more']);
  assert.deepEqual(await told(OLD, job('setTimeout(() => { this.done = true; });')), ['Job#finish done']);
  assert.deepEqual(await told(job('setTimeout(() => { this.done = true; });'), job('setTimeout(n);')), ['Job#finish done no more']);
  assert.deepEqual(await told(OLD, job('delete this.done;')), ['Job#finish done']);
  assert.deepEqual(await told(job('delete this.done;'), job('this.done = undefined;')), []);
  const both = job('this.done = true;', 'wait() { this.done = true; }');
  const neither = job('return n;', 'wait() { return 1; }');
  assert.deepEqual(await told(neither, both), ['Job#finish done']);
  assert.deepEqual(await told(both, neither), ['Job#finish done no more']);
  const own = (add: string): string =>
    `exports.make = () => ({ done: false, begin() { this.done = false; }, finish() { ${add} }, isDone() { return this.done; } });`;
  assert.deepEqual(await told(own(''), own('this.done = true;')), ['exports.make/<return>.finish done']);
});

test('a property that code of another file reads', async () => {
  const write = (finish: string): string => job(finish).replace('return this.done', 'return 1');
  const other = 'const { Job } = require("./job"); exports.see = (job) => job.done;';
  const { verdicts } = await build(
    { 'index.js': other, 'job.js': write('return n;') },
    { 'index.js': other, 'job.js': write('this.done = true;') },
  );
  assert.deepEqual(
    verdicts.flatMap(({ code, path }) => (code === 'instances-hold' ? path : [])),
    ['Job#finish done'],
  );
  assert.deepEqual(await told(write('return n;'), write('this.done = true;')), []);
  assert.deepEqual(await told(write('this.done = true;'), write('return n;')), []);
});

test('a variable of the module or of closures, and an entry of a table', async () => {
  for (const [name, declared, inner] of [
    ['done', 'let done = false;', ''],
    ['done', '', 'let done = false;'],
    ['state.done', 'const state = { done: false };', ''],
    ['state.done', '', 'const state = { done: false };'],
  ] as const) {
    const write = (finish: string): string =>
      `${declared} exports.make = () => { ${inner} return {
        finish() { ${finish} }, end() { ${name} = true; }, isDone() { return ${name}; } }; };`;
    const [without, set] = [write('return 1;'), write(`${name} = true; return 1;`)];
    const path = 'exports.make/<return>.finish';
    assert.deepEqual(await told(without, set), [`${path} ${name}`], set);
    assert.deepEqual(await told(set, without), [name === 'done' ? `${path} no more` : `${path} ${name} no more`], set);
  }
});

test('what another function sets in its place, or for it', async () => {
  const set = 'this.done = true;';
  const helper = `_set() { ${set} }`;
  const through = `_go() { this._set(); } ${helper}`;
  const cases: [string, string][] = [
    [job('return n;', `wait() { ${set} }`), job(set, 'wait() { return 1; }')],
    [job(set, 'wait() { return 1; }'), job('return n;', `wait() { ${set} }`)],
    // It calls what sets it, by one step or more.
    [job(set, `wait() { ${set} }`), job('this._set();', `wait() { this._set(); } ${helper}`)],
    [job('this._set();', `wait() { this._set(); } ${helper}`), job(set, `wait() { ${set} }`)],
    [job(set, `wait() { ${set} }`), job('this._go();', `wait() { this._go(); } ${through}`)],
    [job(set, `wait() { ${set} }`), job('set(this);', `wait() { set(this); }`).concat('function set(job) { job.done = true; }')],
  ];
  for (const [before, after] of cases) assert.deepEqual(await told(before, after), [], after);
});

test('what lasts no longer than the call, what the next call sets, and what nobody else reads', async () => {
  const cases: [string, string][] = [
    [OLD, job('this.done = true; this.run(); this.done = false;', 'run() {}')],
    [job('this.done = true; this.run(); this.done = false;', 'run() {}'), job('return n;', 'run() {}')],
    [OLD, job('if (!this.done) this.done = compute(n);').concat('function compute(n) { return n; }')],
    [OLD, OLD.replace('return n;', 'return n + 1;')],
    // Each call names another one.
    [
      job('return n;', 'take(n) { return this[n]; } put(n) { this[n] = 2; }'),
      job('this[n] = 1;', 'take(n) { return this[n]; } put(n) { this[n] = 2; }'),
    ],
    [
      'let at = 0; exports.f = () => { return 1; }; exports.g = () => { at = 2; };',
      'let at = 0; exports.f = () => { at = 1; return at; }; exports.g = () => { at = 2; };',
    ],
  ];
  for (const [before, after] of cases) assert.deepEqual(await told(before, after), [], after);
  // What it asks of a value by itself is what it has set.
  assert.deepEqual(await told(OLD, job('if (!this.done) this.done = true;')), ['Job#finish done']);
});

test('what is told of already: what is new, what a constructor or the top level does, and what other verdicts name', async () => {
  const fresh = job('this.over = true;', 'isOver() { return this.over; }');
  assert.deepEqual(await told(OLD, fresh), []);
  assert.deepEqual(await told(OLD, OLD.replace('this.done = false;', 'this.done = false; this.end();')), []);
  assert.deepEqual(await told(OLD, OLD.replace('constructor() { this.done = false; }', 'done = false; constructor() { this.n = 1; }')), []);
  const check = 'function check(n) { return n < limit; }';
  assert.deepEqual(await told('exports.f = (n) => n;', `let limit; ${check} exports.f = (n) => { limit = 5; return check(n); };`), []);
  const atLoad = (set: string): string => `let at = 1; exports.at = () => at; exports.set = (n) => { at = n; }; ${set}`;
  const constant = (word: string, set: string): string => `${word} at = new Map(); exports.at = () => at; exports.set = () => { ${set} };`;
  assert.deepEqual(await told(constant('const', 'return 1;'), constant('let', 'at = null;')), []);
  assert.deepEqual(await told(constant('let', 'return 1;'), constant('let', 'at = null;')), ['exports.set at']);
  const wrapped = (text: string): string => `(function () { ${text} })();`;
  assert.deepEqual(await told(wrapped(atLoad('exports.one = 1;')), wrapped(atLoad('exports.one = 1; at = 2;'))), []);
  assert.deepEqual(await told(atLoad('exports.one = 1;'), atLoad('exports.one = 2; at = 2;')), []);
});
