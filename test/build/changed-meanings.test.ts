/** Constants with another value that objects and variables hold: the report names those that new code compares with what they hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const parser = (states: string): string => `${states}
class Parser {
  constructor() { this.state = S.BEGIN }
  write(c) {
    switch (this.state) {
      case S.BEGIN: this.state = c === '<' ? S.TAG : S.BEGIN; break;
      case S.TAG: if (c === '>') this.state = S.END; break;
    }
    return this.state;
  }
}
exports.Parser = Parser;`;

const shifted: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'a table of numbers': ['const S = { BEGIN: 0, TAG: 1, END: 2 };', 'const S = { BEGIN: 0, COMMENT: 1, TAG: 2, END: 3 };'],
  'a table that counts': [
    'let n = 0;\nconst S = { BEGIN: n++, TAG: n++, END: n++ };',
    'let n = 0;\nconst S = { BEGIN: n++, COMMENT: n++, TAG: n++, END: n++ };',
  ],
  'a table that is frozen': [
    'const S = Object.freeze({ BEGIN: 0, TAG: 1, END: 2 });',
    'const S = Object.freeze({ BEGIN: 0, COMMENT: 1, TAG: 2, END: 3 });',
  ],
};
const found = async (before: string, after: string): Promise<readonly string[]> => {
  const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
  return verdicts.filter((v) => v.code === 'meaning-changed').map(({ path, reason }) => `${path}: ${reason}`);
};

for (const [what, [before, after]] of Object.entries(shifted))
  test(`${what}: of what is compared, what has another value`, async () => {
    assert.deepEqual(await found(parser(before), parser(after)), [
      'S.TAG: what exists may hold the 1 that it was, which new code takes for COMMENT',
    ]);
  });

test('a constant of its own, in a variable of the module', async () => {
  const text =
    'const OPEN = 1, SHUT = 2;\nlet state = OPEN;\nexports.shut = () => { state = SHUT };\nexports.isShut = () => state === SHUT;';
  assert.deepEqual(await found(text, text.replace('SHUT = 2', 'SHUT = 3')), [
    'SHUT: what exists may hold the 2 that it was, which it no longer is',
  ]);
});

const conn = (state: string, more = ''): string => `class Conn {
  constructor() { this.state = 'connecting' }
  open() { this.state = '${state}'; ${more} }
  send() { if (this.state !== '${state}') throw new Error('not open'); return 'sent' }
}
exports.Conn = Conn;`;

test('a state that is written out and called otherwise', async () => {
  assert.deepEqual(await found(conn('open'), conn('ready')), [
    'state: what exists may hold the "open" that it was, which new code does not know',
  ]);
  const variable = 'let state = 1; exports.shut = () => { state = 2 }; exports.is = () => { switch (state) { case 2: return true } };';
  assert.deepEqual(await found(variable, variable.replaceAll('2', '3')), [
    'state: what exists may hold the 2 that it was, which new code does not know',
  ]);
});

test('a code that an error is given as it is made', async () => {
  const failing = (code: string): string =>
    `exports.fail = () => Object.assign(new Error('x'), { code: '${code}' }); exports.again = (e) => e.code === '${code}';`;
  assert.deepEqual(await found(failing('OLD'), failing('NEW')), [
    'code: what exists may hold the "OLD" that it was, which new code does not know',
  ]);
  const other = (code: string): string => failing(code).replaceAll('Object.assign', 'JSON.stringify');
  assert.deepEqual(await found(other('OLD'), other('NEW')), []);
});

test('nothing is said of a state that new code still knows, and of one more', async () => {
  const both = conn('ready').replace("!== 'ready'", "!== 'ready' && this.state !== 'open'");
  assert.deepEqual(await found(conn('open'), both), []);
  assert.deepEqual(await found(conn('open'), conn('open', "if (this.state === 'shut') this.state = 'shut'")), []);
});

const not: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'new states behind the old ones': [
    parser('const S = { BEGIN: 0, TAG: 1, END: 2 };'),
    parser('const S = { BEGIN: 0, TAG: 1, END: 2, COMMENT: 3 };'),
  ],
  'a text that is put into objects and compared with nothing': [
    "const TEXT = 'a';\nexports.fail = (error) => { error.message = TEXT };",
    "const TEXT = 'b';\nexports.fail = (error) => { error.message = TEXT };",
  ],
  'a limit that is compared and put nowhere': [
    'const MOST = 1;\nexports.is = (n) => n === MOST;',
    'const MOST = 2;\nexports.is = (n) => n === MOST;',
  ],
  'what a call keeps for itself': [
    'const ON = 1;\nexports.is = (n) => { let own; own = ON; return own === n || n === ON };',
    'const ON = 2;\nexports.is = (n) => { let own; own = ON; return own === n || n === ON };',
  ],
};
for (const [what, [before, after]] of Object.entries(not))
  test(`nothing is said of ${what}`, async () => assert.deepEqual(await found(before, after), []));
