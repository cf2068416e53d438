/**
 * What is read of an argument and that the old version says nowhere is taken for an option that nobody gave. A socket or a request may
 * have it all the same: where nothing says that the argument holds options, that is a warning.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const asClass = (param: string, set: string, says: string): string =>
  `class Box { constructor(${param}) { this.id = ${param.split(' ')[0]}.id; ${set} } say() { return ${says}; } }\nexports.make = (one) => new Box(one);`;
const asClosure = (param: string, set: string, says: string): string =>
  `exports.make = (${param}) => { const id = ${param.split(' ')[0]}.id; ${set} return () => ${says}; };`;

type Form = readonly [write: typeof asClass, set: string, says: string, before?: string];
const forms: Readonly<Record<string, Form>> = {
  'a field with a default': [asClass, 'this.tls = $.secured || false;', '[this.id, this.tls]'],
  'a field by a condition': [asClass, "this.scheme = $.secured ? 'https' : 'http';", '[this.id, this.scheme]'],
  'a field of a branch': [asClass, "if ($.secured) this.scheme = 'https'; else this.scheme = 'http';", '[this.id, this.scheme]'],
  'a field of a variable': [asClass, 'let tls = false; if ($.secured) tls = true; this.tls = tls;', '[this.id, this.tls]'],
  'a field of a part': [asClass, 'const { secured = false } = $; this.tls = secured;', '[this.id, this.tls]'],
  'an entry': [asClass, 'this.info = { id: $.id, tls: $.secured ?? false };', '[this.id, this.info.tls]', 'this.info = { id: $.id };'],
  'a variable of closures': [asClosure, "const scheme = $.secured ? 'https' : 'http';", '[id, scheme]'],
  'a part that closures hold': [asClosure, 'const { secured = false } = $;', '[id, secured]'],
  'what closures read': [asClosure, '', "[id, $.secured ? 'https' : 'http']"],
};

for (const [what, [write, set, says, before = '']] of Object.entries(forms)) {
  const versions = (param: string): [string, string] => {
    const name = param.split(' ')[0]!;
    const text = (one: string): string => one.replaceAll('$', name);
    const old = write(param, text(before), write === asClass ? 'this.id' : 'id');
    return [`${old}\n// ${what}`, `${write(param, text(set), text(says))}\n// ${what}`];
  };
  const reasons = async (param: string): Promise<string[]> => {
    const [old, now] = versions(param);
    const report = await build({ 'index.js': old }, { 'index.js': now });
    return report.verdicts.filter(({ verdict }) => verdict === 'warning').map(({ reason }) => reason);
  };
  test(`it is said that a socket may have what is taken for an option: ${what}`, async () => {
    for (const param of ['socket', 'target', 'ws', 'inspector']) {
      const said = await reasons(param);
      assert.ok(
        said.some((reason) => new RegExp(`${param} (?:had no|lacks|lacked) `).test(reason)),
        `${param}: ${said.join()}`,
      );
    }
  });
  test(`nothing is said of options: ${what}`, async () => {
    for (const param of ['options', 'clientOptions', '_ref', 'socket = {}'])
      assert.deepEqual(
        (await reasons(param)).filter((one) => !/another shape/.test(one)),
        [],
      );
  });
}

test('it is said of another name for the argument as well', async () => {
  const text = (set: string, says: string): string =>
    `exports.make = (socket) => { const conn = socket; const id = conn.id; ${set} return () => ${says}; };`;
  const before = text('', 'id');
  const after = text("const scheme = conn.secured ? 'https' : 'http';", '[id, scheme]');
  const report = await build({ 'index.js': before }, { 'index.js': after });
  assert.ok(report.verdicts.some(({ verdict, reason }) => verdict === 'warning' && reason.includes('conn lacks')));
});

test('what a function takes of another object is not completed', async () => {
  const text = (param: string, entries: string, says: string): string =>
    `const read = (${param}) => ({ ${entries.replaceAll('$', param)} });
class Box { constructor(one) { this.info = read(one); } say() { return ${says}; } }
exports.make = (one) => new Box(one);`;
  const codes = async (param: string): Promise<string[]> => {
    const report = await build(
      { 'index.js': text(param, 'id: $.id', 'this.info.id') },
      { 'index.js': text(param, 'id: $.id, secured: $.secured || false', '[this.info.id, this.info.secured]') },
    );
    return report.verdicts.map(({ code }) => code);
  };
  const [socket, options] = [await codes('socket'), await codes('options')];
  assert.deepEqual([socket.includes('field-converted'), options.includes('field-converted')], [false, true]);
  assert.ok(socket.includes('instances-hold'));
});
