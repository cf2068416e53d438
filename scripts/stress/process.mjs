/** The program under load as a child process, and the tree it was started from. */
import { fork } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPatch } from '../../dist/build/index.js';
import { nodeBinary, root } from '../nodes.mjs';
import { modulesOf } from './source.mjs';

const here = import.meta.dirname;
const url = (...path) => pathToFileURL(join(...path)).href;

export class Program {
  /** Its control socket and trees: a directory of its own. */
  #scratch = mkdtempSync(join(tmpdir(), 'livepatch-stress-'));
  #child = null;
  #answers = new Map();
  #last = 0;
  /** Why it is no longer there. */
  #ended = null;
  said = '';
  port = 0;

  constructor() {
    process.once('exit', this.stop);
    cpSync(join(here, 'fixtures', 'app'), this.#tree('from'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.#tree('from'), 'node_modules'));
    for (const tree of ['from', 'to']) {
      mkdirSync(this.#tree(tree), { recursive: true });
      const manifest = { name: 'under-load', version: '1.0.0', type: 'module', main: 'server.mjs' };
      writeFileSync(join(this.#tree(tree), 'package.json'), JSON.stringify(manifest));
    }
    cpSync(join(here, 'fixtures', 'app'), this.#tree('to'), { recursive: true });
    this.#write('from', { set: new Set(), version: 0, signatures: new Map(), dice: () => 0 });
  }

  #tree(name) {
    return join(this.#scratch, name);
  }

  #write(tree, version) {
    for (const [file, text] of Object.entries(modulesOf(version))) writeFileSync(join(this.#tree(tree), file), text);
  }

  /** Starts it and resolves when it listens. */
  async start(node) {
    const child = fork(join(this.#tree('from'), 'server.mjs'), {
      execPath: nodeBinary(node),
      execArgv: [
        '--expose-gc',
        ...[url(here, 'fixtures', 'meter.mjs'), url(root, 'dist', 'register.js'), url(here, 'fixtures', 'control.mjs')].flatMap((file) => [
          '--import',
          file,
        ]),
      ],
      env: {
        ...process.env,
        LIVEPATCH_RUNTIME_DIR: join(this.#scratch, 'run'),
        LIVEPATCH_CACHE: join(this.#scratch, 'cache'),
        STRESS_LIVEPATCH: url(root, 'dist', 'index.js'),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (this.said = (this.said + text).slice(-8000)));
    await new Promise((resolve, reject) => {
      child.on('message', ({ port, id, answer }) => {
        if (port) {
          this.port = port;
          resolve();
        } else {
          this.#answers.get(id)?.resolve(answer);
          this.#answers.delete(id);
        }
      });
      // Not before all that it said has been read.
      child.on('close', (code, signal) => {
        this.#ended = new Error(`the program ended with ${signal ?? code}:\n${this.said}`);
        reject(this.#ended);
        for (const { reject: fail } of this.#answers.values()) fail(this.#ended);
      });
    });
  }

  ask(op, parameters = {}) {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended;
      this.#answers.set(id, { resolve, reject });
      // What cannot be sent is answered for by the end of the process.
      this.#child.send({ id, op, ...parameters }, () => {});
    });
  }

  /** The patch that turns the tree it runs into the one with `layer` in it. Throws when the builder refuses it. */
  async patchOf(layer, dice) {
    this.#write('to', { ...layer, dice });
    const { patch, functions, verdicts } = await buildPatch(
      { kind: 'directories', from: this.#tree('from'), to: this.#tree('to') },
      { name: layer.name },
    );
    if (patch === null)
      throw new Error(`refused: ${JSON.stringify(verdicts.filter((row) => row.verdict === 'refused' || row.verdict === 'needs-hook'))}`);
    return { text: patch, functions };
  }

  stop = () => {
    process.off('exit', this.stop);
    this.#child?.kill('SIGKILL');
    this.#child = null;
    rmSync(this.#scratch, { recursive: true, force: true });
  };
}
