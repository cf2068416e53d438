/** What a function newly sets up for others as a program starts: in one that runs, the patch does it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';
import type { Exports } from './harness.ts';

/** A server that is started once, and what it does with each request. */
const server = (set: string, answer: string, more = ''): string =>
  `${more}const crypto = require('crypto');
exports.start = function start(options) { ${set} return 'started'; };
exports.handle = function handle(given) { return ${answer}; };
exports.a = 1;
`;
const OLD = server('', "'all'");

async function answers(
  after: string,
  before = OLD,
): Promise<{ readonly codes: string[]; readonly exports: Exports; revert(): Promise<void> }> {
  const p = await program({ 'index.js': before }, { 'index.js': after });
  p.exports['start']({});
  await p.apply();
  return { codes: p.codes('warning'), exports: p.exports, revert: () => p.revert() };
}

const TOKEN = 'let token;\n';
const DENY = "given === token ? 'all' : 'nothing'";

test('a variable that a function sets is set, by the statements that this takes', async () => {
  for (const set of [
    'token = crypto.randomUUID();',
    'const bytes = new Uint8Array(8); globalThis.crypto.getRandomValues(bytes); token = Buffer.from(bytes).toString("hex");',
    "const hash = crypto.createHash('sha1'); hash.update(crypto.randomUUID()); const text = hash.digest('hex'); token = `${text}!`;",
    'token = new Map([[1, 2]]);',
    'token = new Uint8Array(2);',
    'token = globalThis.crypto.randomUUID().slice(1);',
    'token = limit ? crypto.randomUUID() : 2;',
    'other(options); token = [1, { a: Date.now() }][0] + String(-Math.random());',
  ]) {
    const { codes, exports, revert } = await answers(server(set, DENY, `${TOKEN}const limit = 1; function other() {}\n`));
    assert.deepEqual(codes, ['initialiser-runs'], set);
    assert.equal(exports['handle'](undefined), 'nothing', set);
    await revert();
    assert.equal(exports['handle'](undefined), 'all');
  }
});

test('a variable that begins with nothing, and two that are set by one function', async () => {
  const more = 'let token = null, other = undefined;\n';
  const { exports } = await answers(server('token = new Map(); other = new Set();', '[token, other]', more));
  assert.deepEqual(exports['handle'](), [new Map(), new Set()]);
});

test('a global property that nobody knew, under a name or a symbol, and only once', async () => {
  for (const key of ["[Symbol.for('a secret of mine')]", '.secretOfMine']) {
    const set = `globalThis${key} = crypto.randomBytes(4).toString('hex');`;
    const { codes, exports, revert } = await answers(server(set, `given === globalThis${key} ? 'all' : 'nothing'`));
    assert.ok(codes.includes('initialiser-runs'), key);
    assert.equal(exports['handle'](undefined), 'nothing');
    await revert();
    assert.equal(exports['handle'](undefined), 'all');
  }
});

test('what goes by a call, may have happened, or is asked about before is not done', async () => {
  const sets: [set: string, more?: string, answer?: string][] = [
    ['token = [options.token, new Map()];', TOKEN],
    ['token = [make(), new Map()];', `${TOKEN}function make() { exports.a++; return 1; }\n`],
    ['if (options) token = new Map();', TOKEN],
    ['const text = this.text; token = [text, new Map()];', TOKEN],
    ['const list = new Map(); list.set(options); token = list;', TOKEN],
    ['let text = 1; text = options; token = [text, new Map()];', TOKEN],
    ['const { text } = {}; token = [text, new Map()];', TOKEN],
    ['const text = arguments; token = [text, new Map()];', TOKEN],
    ['if (token) throw new Error("again"); token = new Map();', TOKEN],
    ['token += Math.random();', TOKEN],
    ['token = new Map();', 'let token = 0;\n'],
    ['token = new Map();', `${TOKEN}exports.stop = function stop() { token = 2; };\n`],
    ['token = new Map();', TOKEN, 'given'],
    ['globalThis.secretOfMine ??= new Map();', '', 'globalThis.secretOfMine'],
    ['if (!globalThis.secretOfMine) globalThis.secretOfMine = new Map();', '', 'globalThis.secretOfMine'],
    ['globalThis[options] = new Map();', '', 'globalThis.x'],
    ['own.token = new Map();', 'const own = {};\n', 'own.token'],
    ['token = [await 1, new Map()];', TOKEN],
    ['token = new Token();', `${TOKEN}class Token {}\n`],
    ['token = new TokenArray();', `${TOKEN}class TokenArray {}\n`],
    ['token = new Proxy({}, {});', TOKEN],
    ['token = [process.memoryUsage(), new Map()];', TOKEN],
    ['token = other.randomBytes(1);', `${TOKEN}const other = require('./other');\n`],
    ['token = [crypto.generateKeySync(1), new Map()];', TOKEN],
    ['token = [(() => 1)(), new Map()];', TOKEN],
    ['token = [own.tell(), new Map()];', `${TOKEN}const own = { tell() {} };\n`],
    ['token = [count, new Map()];', `${TOKEN}let count = 0; exports.more = () => count++;\n`],
    ['const list = new Map(); token = list; list.set(1);', TOKEN],
    ['const list = new Map(); token = list; exports.later = () => list;', TOKEN],
    ['const bytes = other(); token = [bytes, new Map()];', `${TOKEN}const other = () => 1;\n`],
    ['{ const inner = new Map(); token = inner; }', TOKEN],
    ['const was = globalThis.secretOfMine; globalThis.secretOfMine = new Map(); exports.was = was;', '', 'globalThis.secretOfMine'],
    ['process.secretOfMine = new Map();', '', 'process.secretOfMine'],
    ['globalThis.secretOfMine = new Map();', 'const globalThis = {};\n', 'globalThis.secretOfMine'],
    ["globalThis[Symbol('secret')] = new Map();", '', 'globalThis.x'],
    ['globalThis.start = new Map();', '', 'globalThis.start'],
  ];
  for (const [set, more, answer] of sets) {
    const after = server(set, answer ?? DENY, more).replace(/function start(?=.*await)/, 'async function start');
    const before = after.includes('async function') ? OLD.replace('function start', 'async function start') : OLD;
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    assert.ok(!verdicts.some(({ code }) => code === 'initialiser-runs'), set);
  }
});

test('what is written out may stand for a choice, a time for what has happened, and only what starts a program is known to have run', async () => {
  const done = async (name: string, set: string): Promise<boolean> => {
    const [before, after] = [OLD, server(set, DENY, TOKEN)].map((text) => text.replaceAll('start', name));
    const { verdicts } = await build({ 'index.js': before! }, { 'index.js': after! });
    return verdicts.some(({ code }) => code === 'initialiser-runs');
  };
  const made = 'token = crypto.randomUUID();';
  for (const set of ['token = true;', "token = 'off';", 'token = Date.now();', "token = crypto.createHash('sha1').digest('hex');"])
    assert.ok(!(await done('start', set)), set);
  for (const name of ['initialize', 'listen', 'startServer', '_init']) assert.ok(await done(name, made), name);
  for (const name of ['stop', 'disable', 'reset', 'startSession', 'createUser']) assert.ok(!(await done(name, made)), name);
});

test('a method of an object of the module may do more than its name says', async () => {
  const set = 'token = table.update(crypto.randomUUID());';
  const more = `${TOKEN}const table = { update(text) { exports.a++; return text; } };\n`;
  const { verdicts } = await build({ 'index.js': server('', "'all'", more.replace(TOKEN, '')) }, { 'index.js': server(set, DENY, more) });
  assert.ok(!verdicts.some(({ code }) => code === 'initialiser-runs'));
});

test('a variable that the old version has, and a function that is new or the same, are as they were', async () => {
  const set = 'token = new Map();';
  const codes = async (before: string, after: string): Promise<string[]> =>
    (await build({ 'index.js': before }, { 'index.js': after })).verdicts.map(({ code }) => code);
  assert.ok(!(await codes(server('', DENY, TOKEN), server(set, DENY, TOKEN))).includes('initialiser-runs'));
  const inner = (set: string): string => `(function () { let token; exports.make = () => { ${set} }; exports.tell = () => token; })();\n`;
  assert.ok(!(await codes(`${OLD}${inner('')}`, `${OLD}${inner(set)}`)).includes('initialiser-runs'));
  const both = server('globalThis.secretOfMine = new Map();', 'globalThis.secretOfMine').replace(
    'exports.a',
    'exports.launch = function launch() { globalThis.secretOfMine = new Set(); }; exports.a',
  );
  const restarted = OLD.replace('exports.a', 'exports.launch = function launch() {}; exports.a');
  assert.ok(!(await codes(restarted, both)).includes('initialiser-runs'));
  const once = (set: string): string => `${TOKEN}(function () { ${set} })(); exports.tell = () => token;\n`;
  assert.ok(!(await codes(once('').replace(TOKEN, '').replace('token', '1'), once(set))).includes('initialiser-runs'));
  const added = `${server('', DENY, TOKEN)}exports.begin = function begin() { ${set} };\n`;
  assert.ok(!(await codes(OLD, added)).includes('initialiser-runs'));
});
