/** A member that two patches give a class: while one takes the place of the other, or stacks on it, each task finds its own. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, Program, program } from './harness.ts';

for (const replace of [true, false])
  test(replace ? 'taking the place' : 'stacked', async (t) => {
    const file = `members-${String(replace)}.js`;
    const before = `class Price {
  async use(gate) { await gate; return ['none']; }
  now() { return ['none']; }
}
exports.price = new Price();
`;
    const after = (name: string): string =>
      before
        .replaceAll("['none']", `['${name}', this.tag('x'), this.label]`)
        .replace('class Price {', `class Price {\n  tag(of) { return '${name} ' + of; }\n  get label() { return '${name}'; }`);
    const first = await program({ [file]: before }, { [file]: after('first') });
    const report = await build({ [file]: before }, { [file]: after('second') });
    const second = new Program(first.root, first.exports, report);
    const runtime = currentRuntime()!;
    const { price } = first.exports;
    const own = (name: string): string[] => [name, `${name} x`, name];
    const hold = (): { readonly held: Promise<string[]>; letGo(): void } => {
      const gate = Promise.withResolvers<void>();
      return { held: price.use(gate.promise) as Promise<string[]>, letGo: gate.resolve };
    };
    // A request is a task that nothing pins, on every Node.
    const server = createServer((_request, response) => response.end(JSON.stringify(price.now())));
    t.after(() => (server.closeAllConnections(), server.close()));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const ask = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).json();
    const begun = async (): Promise<void> => {
      while (!runtime.engine.transitioning) await new Promise(setImmediate);
    };

    await first.apply();
    const old = hold();
    const applied = runtime.apply(report.patch!, { name: second.report.name, replace });
    await begun();
    assert.deepEqual(await ask(), own('second'));
    old.letGo();
    assert.deepEqual(await old.held, own('first'));
    await applied;
    assert.deepEqual(price.now(), own('second'));
    assert.deepEqual([price.tag.name, price.tag.length], ['tag', 1]);

    const late = hold();
    const reverted = second.revert();
    await begun();
    assert.deepEqual(await ask(), replace ? ['none'] : own('first'));
    late.letGo();
    assert.deepEqual(await late.held, own('second'));
    await reverted;
    assert.deepEqual(price.now(), replace ? ['none'] : own('first'));
    assert.equal('tag' in price, !replace);
    if (!replace) await first.revert();
    assert.equal('tag' in price, false);
  });
