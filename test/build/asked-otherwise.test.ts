/** State that functions note beside what they noted so far, and that is asked in its place: what they did before is not noted there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

async function told(before: string, after: string): Promise<string[]> {
  const { verdicts } = await build({ 'index.mjs': before, 'names.mjs': 'export const names = [];' }, { 'index.mjs': after });
  return verdicts.filter(({ code }) => code === 'state-left').map(({ path, reason }) => `${path}: ${reason}`);
}

const left = (path: string, from: string, to: string): string[] => [
  `${path} ${to}: what calls of it have noted in ${from} is not in ${to}, which new code asks in its place`,
];

type Program = readonly [head: string, start: string, isUp: string, more?: string];
const module = ([head, start, isUp, more = '']: Program): string =>
  `${head}\nexport function start(s) { ${start} }\nexport function isUp() { ${isUp} }\nexport function stop() { server = null }\n${more}`;
const owner = ([head, start, isUp, more = '']: Program): string =>
  `export class C { constructor() { this.server = null; ${head} } start(s) { ${start} } isUp() { ${isUp} } stop() { this.server = null } ${more} }`;

const BEFORE: Program = ['let server = null;', 'server = s', 'return server !== null'];
const HEAD = 'let server = null, started = false;';
const OWN: Program = ['', 'this.server = s', 'return this.server !== null'];

const ASKED: Readonly<Record<string, Program>> = {
  'beside what it noted': [HEAD, 'server = s; started = true', 'return started'],
  'in its place': [HEAD, 'started = true', 'return started'],
  'how often': ['let server = null, started = 0;', 'server = s; started++', 'return started > 0'],
  'in a list': ['let server = null; const started = [];', 'server = s; started.push(s)', 'return started.length > 0'],
  'around closures': [HEAD, 'const f = () => 1; server = s; started = true; const g = () => 2; return [f, g]', 'return started'],
};
for (const [what, after] of Object.entries(ASKED))
  test(`what functions have noted is not noted where others ask now: ${what}`, async () => {
    assert.deepEqual(await told(module(BEFORE), module(after)), left('start', 'server', 'started'));
  });

test('what methods have noted is not noted where others ask now', async () => {
  const after: Program = ['this.started = false', 'this.server = s; this.started = true', 'return this.started'];
  assert.deepEqual(await told(owner(OWN), owner(after)), left('C#start', 'server', 'started'));
});

test('what a function has noted is not noted where it asks itself now', async () => {
  const before: Program = [BEFORE[0], 'if (server) return false; server = s; return true', 'return 1', 'export const get = () => server;'];
  const after = [HEAD, 'if (started) return false; server = s; started = true; return true', ...before.slice(2)] as unknown as Program;
  assert.deepEqual(await told(module(before), module(after)), left('start', 'server', 'started'));
});

const SILENT: Readonly<Record<string, readonly [after: Program, before?: Program]>> = {
  'is asked beside what was asked': [[HEAD, 'server = s; started = true', 'return started || server !== null']],
  'nobody asks': [[HEAD, 'server = s; started = true', 'return 1']],
  'is only written by who asked': [[HEAD, 'server = s; started = true', 'started = false']],
  'was there': [
    [HEAD, 'server = s; started = true', 'return started', 'export function mark() { started = true }'],
    [HEAD, 'server = s', 'return server !== null', 'export function mark() { started = true }'],
  ],
  'is one of the call': [['let server = null;', 'let started; started = s; server = started', 'const started = 1; return started']],
  'is a list of another module': [
    ["import { names } from './names.mjs'; let server = null;", 'server = s; names.push(s)', 'return names.length'],
  ],
  'is not written': [["let server = null; const names = ['a'];", 'server = s; names.includes(s)', 'return names.length']],
  'closures note': [[HEAD, 'server = s; return () => { started = true }', 'return started']],
  'closures note that say nothing else': [['let server = null, started = 0;', 'server = s; return () => ++started', 'return started']],
  'fills itself': [
    ['let server = 0, kept = null;', 'server++; kept ??= String(s); return kept', 'return kept'],
    ['let server = 0;', 'server++; return String(s)', 'return 1'],
  ],
};
for (const [what, [after, before]] of Object.entries(SILENT))
  test(`nothing is said of what functions note where it ${what}`, async () => {
    assert.deepEqual(await told(module(before ?? BEFORE), module(after)), []);
  });

const OWN_SILENT: Readonly<Record<string, readonly [after: Program, before?: Program]>> = {
  'is asked beside what was asked': [
    ['this.started = false', 'this.server = s; this.started = true', 'return this.started || this.server !== null'],
  ],
  'is only written by who asked': [['this.started = false', 'this.server = s; this.started = true', 'this.started = false']],
  'was there': [
    ['this.started = false', 'this.server = s; this.started = true', 'return this.started', 'mark() { this.started = true }'],
    ['this.started = false', 'this.server = s', 'return this.server !== null', 'mark() { this.started = true }'],
  ],
  'is only made': [['this.started = true', 'this.server = s', 'return this.started']],
};
for (const [what, [after, before]] of Object.entries(OWN_SILENT))
  test(`nothing is said of what methods note where it ${what}`, async () => {
    assert.deepEqual(await told(owner(before ?? OWN), owner(after)), []);
  });

test('nothing is said of what is noted once, as the module or a class of it loads', async () => {
  const once = (is: string, more: string): string =>
    `let server = null; (function () { server = {}; ${more} })(); export function isUp() { return ${is} }`;
  assert.deepEqual(await told(once('server', ''), `let started = false; ${once('started', 'started = true')}`), []);
  const block = (is: string, more: string): string =>
    `export class C { static { this.server = 1; ${more} } static isUp() { return this.${is} } static stop() { this.server = 0 } }`;
  assert.deepEqual(await told(block('server', ''), block('started', 'this.started = 1')), []);
});
