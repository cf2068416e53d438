/** Runs a program whose loops wait for turns, through a patch and back, and reads what they said. */
import assert from 'node:assert/strict';
import { setImmediate as rest } from 'node:timers/promises';
import { program } from '../build/harness.ts';
import type { Program } from '../build/harness.ts';

/** What each program begins with: `turn()` resolves when the test says so, `say` is what it is judged by. */
const PRELUDE = `'use strict';
let waiting = [], turns = 0;
const said = exports.said = [];
const turn = () => new Promise((resolve) => waiting.push(resolve));
exports.turn = () => { const now = waiting; waiting = []; turns++; for (const resolve of now) resolve(turns); };
const say = (...words) => said.push(words.join(' '));
`;

let programs = 0;

export class Run {
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }

  get said(): readonly string[] {
    return this.program.exports['said'] as string[];
  }

  async turn(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      this.program.exports['turn']();
      await rest();
    }
  }

  /** Lets the loops turn until `change` has come to its end. */
  async until(change: Promise<void>): Promise<void> {
    let ended = false;
    const end = change.finally(() => {
      ended = true;
    });
    end.catch(() => {});
    while (!ended) await this.turn();
    await end;
  }

  /** Old turns, the patch, new turns, the way back, old turns. */
  async thereAndBack(): Promise<void> {
    await this.turn(3);
    await this.until(this.program.apply());
    await this.turn(3);
    await this.until(this.program.revert());
    await this.turn(3);
  }
}

/** Loads and starts a program, and builds the patch in which each `OLD` of its text is `NEW`. */
export async function run(text: string, changes: Readonly<Record<string, string>> = {}): Promise<Run> {
  // A patch reaches every module with the text it was built for: no two tests may have the same.
  const before = `${PRELUDE}// ${++programs}\n${text}`;
  let after = before.replaceAll('OLD', 'NEW');
  for (const [from, to] of Object.entries(changes)) {
    assert.ok(after.includes(from), from);
    after = after.replaceAll(from, to);
  }
  const p = await program({ 'index.js': before }, { 'index.js': after });
  p.exports['start']();
  return new Run(p);
}

/** One loop's words: `OLD n`, `NEW n` and again `OLD n`, with no n left out or said twice, and two changes of version. */
export function assertContinuous(said: readonly string[], of = ''): void {
  const own = said.filter((line) => line.startsWith(of)).map((line) => line.slice(of.length));
  const parts = own.map((line) => line.split(' ') as [string, string]);
  assert.deepEqual(
    parts.map(([, n]) => n),
    parts.map((_, i) => String(i)),
    said.join('\n'),
  );
  const versions = parts.map(([version]) => version).filter((version, i, all) => version !== all[i - 1]);
  assert.deepEqual(versions, ['OLD', 'NEW', 'OLD'], said.join('\n'));
}
