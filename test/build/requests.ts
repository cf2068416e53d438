/** Tasks of a program while a patch comes or goes: requests, which nothing pins on any Node, and older ones that wait. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { currentRuntime } from '../../src/node/current.ts';
import type { Exports } from './harness.ts';

/** Runs a function as a request, and gives back what that gives, as JSON has it. */
export type Ask = (run: () => unknown) => Promise<unknown>;

export interface Held {
  readonly held: Promise<unknown>;
  letGo(): void;
}

export interface Tasks {
  /** A call of `use`, which waits. */
  hold(): Held;
  /** What `now` gives to a request, or what another function gives. */
  ask(run?: () => unknown): Promise<unknown>;
}

interface Test {
  after(body: () => void): void;
}

export async function requests(t: Test): Promise<Ask> {
  let run: () => unknown;
  const server = createServer((_request, response) => response.end(JSON.stringify(run())));
  t.after(() => (server.closeAllConnections(), server.close()));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return async (asked) => {
    run = asked;
    return (await fetch(`http://127.0.0.1:${port}`)).json();
  };
}

/** Of an object with `use(gate)`, which waits for the gate, and `now()`, which does not. */
export async function tasksOf(t: Test, target: Exports): Promise<Tasks> {
  const ask = await requests(t);
  return {
    hold: () => {
      const gate = Promise.withResolvers<void>();
      return { held: target['use'](gate.promise) as Promise<unknown>, letGo: gate.resolve };
    },
    ask: (run = () => target['now']() as unknown) => ask(run),
  };
}

export async function begun(): Promise<void> {
  for (let turns = 0; !currentRuntime()!.engine.transitioning; turns++) {
    assert.ok(turns < 10_000, 'no transition begins');
    await new Promise(setImmediate);
  }
}

export interface Found {
  /** What requests find while an older task waits. */
  readonly meanwhile: unknown;
  /** What that finds when it goes on. */
  readonly held: unknown;
  /** What requests find when the change is complete. */
  readonly after: unknown;
}

/** Makes a change while an older task waits; `look` is called before that goes on. */
export async function during({ hold, ask }: Tasks, change: () => Promise<unknown>, look?: () => unknown): Promise<Found> {
  const { held, letGo } = hold();
  const made = change();
  await begun();
  const meanwhile = await ask();
  await look?.();
  letGo();
  const found = await held;
  await made;
  return { meanwhile, held: found, after: await ask() };
}
