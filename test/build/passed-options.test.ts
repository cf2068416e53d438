/** Options that a function newly passes on beside others: what its calls have made was given none, which keeps no patch away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

/** A server and its sockets, each of which it begins with what it passes on. */
const server = (passed: string, own = '', heard = 'false'): string => `class Socket {
  begin(options) { this.options = options; }
  hear(text) { return [text, ${heard}]; }
}
class Server {
  constructor(options) { this.options = { ${own}limit: 10, ...options }; this.clients = new Set(); }
  accept() {
    const socket = new Socket();
    socket.begin({ ${passed} });
    this.clients.add(socket);
    socket.onclose = () => this.clients.delete(socket);
    return socket;
  }
}
exports.Server = Server;
`;
const OLD = server('limit: this.options.limit');
const STRICT = 'this.options.strict === true';
const NEW = server('strict: this.options.strict, limit: this.options.limit', 'strict: true, ', STRICT);

interface Socket {
  hear(text: string): unknown;
  onclose(): void;
}

test('what exists goes on as where nobody gave the option, and what is made from now on has it', async () => {
  const p = await program({ 'index.js': OLD }, { 'index.js': NEW });
  const Server = p.exports['Server'] as unknown as new (options: object) => { accept(): Socket; clients: Set<Socket> };
  const running = new Server({});
  const old = running.accept();
  const lacks = p.report.verdicts.filter(({ code }) => code === 'instances-lack').map(({ path }) => path);
  assert.deepEqual(lacks, ['Server#constructor strict', 'Server#accept strict']);
  await p.apply();
  assert.deepEqual(
    [old.hear('a'), running.accept().hear('b'), new Server({}).accept().hear('c')],
    [
      ['a', false],
      ['b', false],
      ['c', true],
    ],
  );
  old.onclose();
  assert.equal(running.clients.size, 1);
  await p.revert();
});

test('an option that somebody may have given, one that is no option, and any other difference', async () => {
  const codes = async (before: string, after: string): Promise<readonly string[]> => {
    const { verdicts } = await build({ 'index.js': before }, { 'index.js': after });
    return verdicts.filter(({ path }) => path.startsWith('Server#accept')).map(({ code }) => code);
  };
  const passed = ['function-changed', 'instances-lack'];
  assert.deepEqual((await codes(OLD, NEW)).toSorted(), passed);
  const kept = ['function-changed', 'set-up-kept'];
  for (const [before, after] of [
    [`exports.known = ['strict'];\n${OLD}`, `exports.known = ['strict'];\n${NEW}`],
    [OLD, server('strict: true, limit: this.options.limit', '', STRICT)],
    [OLD, server('strict: this.options.severe, limit: this.options.limit', '', STRICT)],
    [OLD, server('strict: this.options.strict, limit: 5', '', STRICT)],
    [OLD, server('strict: this.options.strict', '', STRICT)],
    [OLD, NEW.replace('socket.begin({', 'socket.begin({ ...this.options,')],
    [OLD, `const OWN = { strict: true };\n${server('strict: OWN.strict, limit: this.options.limit', '', STRICT)}`],
    [OLD, server('strict: this.own.strict, limit: this.options.limit', '', STRICT)],
    [OLD, NEW.replace('    this.clients.add', '    socket.begin({ limit: this.options.limit });\n    this.clients.add')],
  ] as const)
    assert.deepEqual((await codes(before, after)).toSorted(), kept, after);
});

/** The same, where each option is an argument, which a socket hands on to what reads for it. */
const positional = (parameter: string, passed: string, own = '', more = ''): Record<string, string> => ({
  'index.js': `const Receiver = require('./receiver.js');
class Socket {
  begin(size${parameter}) { this.receiver = new Receiver(size${parameter}); }
  hear(text) { return this.receiver.hear(text); }
}
class Server {
  constructor(options) { this.options = { ${own}limit: 10, host: null, port: null, path: null, ...options }; this.clients = new Set(); }
  accept() {
    const socket = new Socket();
    socket.begin(this.options.limit${passed});
    this.clients.add(socket);
    socket.onclose = () => this.clients.delete(socket);
    return socket;
  }
}
exports.Server = Server;${more}
`,
  'receiver.js': `class Receiver {
  constructor(size${parameter}) { this.size = size;${parameter ? ' this.strict = strict | 0;' : ''} }
  hear(text) { return [text, ${parameter ? 'this.strict' : '0'}]; }
}
module.exports = Receiver;
`,
});

test('arguments that all code of the package passes: what exists gets what it is where nobody gives the option', async () => {
  const p = await program(positional('', ''), positional(', strict', ', this.options.strict', 'strict: 2 * 2, '));
  const Server = p.exports['Server'] as unknown as new (options: object) => { accept(): Socket; clients: Set<Socket> };
  const running = new Server({ port: 1 });
  const old = running.accept();
  await p.apply();
  const now = [old, running.accept(), new Server({ strict: 7 }).accept()];
  assert.deepEqual(
    now.map((socket) => socket.hear('a')),
    [
      ['a', 4],
      ['a', 4],
      ['a', 7],
    ],
  );
  old.onclose();
  assert.equal(running.clients.size, 1);
  await p.revert();
  assert.deepEqual(old.hear('a'), ['a', 0]);
});

test('an option of a constructor that is one of the defaults: objects that exist get the default', async () => {
  const source = (own: string, passed: string, kept: string, seen: string): string => `class Receiver {
  constructor(options) { this.size = options.size;${kept} }
  hear(text) { return [text, ${seen}]; }
}
exports.Server = class {
  constructor(options) { this.options = { ${own}limit: 10, host: null, port: null, path: null, ...options }; }
  accept() { return new Receiver({ size: this.options.limit${passed} }); }
};`;
  const p = await program(
    { 'index.js': source('', '', '', '0') },
    { 'index.js': source('strict: 4, ', ', strict: this.options.strict', ' this._strict = options.strict | 0;', 'this._strict') },
  );
  const running = new p.exports['Server']({ port: 1 });
  const old = running.accept() as Socket;
  assert.ok(p.report.verdicts.some(({ code, path }) => code === 'field-added' && path === 'Receiver#_strict'));
  await p.apply();
  assert.deepEqual(
    [old.hear('a'), running.accept().hear('a'), new p.exports['Server']({ strict: 7 }).accept().hear('a')],
    [
      ['a', 4],
      ['a', 4],
      ['a', 7],
    ],
  );
  await p.revert();
  assert.deepEqual(old.hear('a'), ['a', 0]);
});

for (const [what, passed, own, more] of [
  ['another call passes another value', ', this.options.strict', 'strict: 4, ', '\nexports.other = () => new Receiver(1, 5);'],
  ['another call passes none', ', this.options.strict', 'strict: 4, ', '\nexports.other = () => new Receiver(1);'],
  [
    'another call passes what it is given',
    ', this.options.strict',
    'strict: 4, ',
    '\nexports.other = (...all) => new Receiver(...all, 4);',
  ],
  [
    'another file calls it otherwise',
    ', this.options.strict',
    'strict: 4, ',
    "\nconst Other = require('./receiver.js');\nexports.other = () => new Other(1, 5);",
  ],
  ['it has another name', ', this.options.strict', 'strict: 4, ', '\nconst Other = Receiver;\nexports.other = () => new Other(1, 5);'],
  ['a class extends it', ', this.options.strict', 'strict: 4, ', '\nexports.Other = class extends Receiver {};'],
  ['it is computed', ', Number(this.options.strict)', 'strict: 4, ', ''],
  ['the option has no one value', ', this.options.strict', 'strict: Number(process.env.STRICT), ', ''],
] as const)
  test(`it is not given to what exists where ${what}`, async () => {
    const { verdicts } = await build(positional('', '', '', more.replace(/, [45]/, '')), positional(', strict', passed, own, more));
    const paths = verdicts.filter(({ code }) => code === 'instances-lack').map(({ path }) => path);
    assert.ok(paths.includes('Receiver#constructor strict'), paths.join());
  });
