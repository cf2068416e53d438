/** New constructors that a statement says the superclass of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const before = (head: string): string => `${head}
exports.open = () => new stream.PassThrough();
exports.Kept = Kept;
function Kept() {}
function other(type, from) { type.from = from; exports.seen = type; }
exports.other = other;
`;
const after = (head: string, says: string): string => `${before(head).replace('new stream.PassThrough()', 'new Limit(3)')}
${says}
function Limit(most) { stream.Transform.call(this); this.most = most; this.seen = 0; }
Limit.prototype._transform = function (chunk, encoding, done) {
  this.seen += chunk.length;
  done(this.seen > this.most ? new Error('too long') : null, chunk);
};
`;
const PLAIN = "var util = require('util'), stream = require('stream');";

for (const [how, head, says] of [
  ['a function of Node', PLAIN, 'util.inherits(Limit, stream.Transform);'],
  ['its name', "const { inherits } = require('node:util'), stream = require('stream');", 'inherits(Limit, stream.Transform);'],
  ['the module itself', "const stream = require('stream');", "require('node:util').inherits(Limit, stream.Transform);"],
] as const)
  test(`${how} says what a new constructor inherits from`, async () => {
    const p = await program({ 'index.js': before(head) }, { 'index.js': after(head, says) });
    const send = (text: string): Promise<string> =>
      new Promise((done) => {
        const open = p.exports['open'] as () => NodeJS.ReadWriteStream;
        const made = open();
        made.on('error', (error: Error) => done(error.message)).on('data', (chunk) => done(String(chunk)));
        made.write(text);
      });
    assert.equal(await send('long'), 'long');
    await p.apply();
    assert.deepEqual([await send('long'), await send('ok')], ['too long', 'ok']);
    assert.deepEqual(p.codes('warning'), []);
    await p.revert();
    assert.equal(await send('long'), 'long');
    p.clean();
  });

for (const [what, head, says] of [
  ['what the running version has', PLAIN, 'util.inherits(Kept, stream.Transform);'],
  ['a new name for what the running version has', PLAIN, 'const Same = Kept; util.inherits(Same, stream.Transform);'],
  ['another one of Node', PLAIN, 'util.debuglog(Limit, stream.Transform);'],
  ['what a call gives', PLAIN, 'util.inherits(Limit, exports.open(stream.Transform));'],
  ['more than a constructor is told', PLAIN, 'util.inherits(Limit, stream.Transform, exports.open());'],
] as const)
  test(`it is refused where a statement is about ${what}`, async () => {
    const { patch, verdicts } = await build({ 'index.js': before(head) }, { 'index.js': after(head, says) });
    assert.equal(patch, null);
    assert.ok(verdicts.some(({ code }) => code === 'statement-changed'));
  });
