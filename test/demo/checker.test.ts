/** The demo's claims rest on its checker: here it has to see what goes wrong. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exploit } from '../../scripts/demo/exploit.mjs';
import { judgeCheckout, Load } from '../../scripts/demo/load.mjs';
import { startServer } from '../../scripts/server.mjs';
import { root } from '../../scripts/nodes.mjs';

const V1 = 'examples/shop/src/server.js';
const V2 = 'examples/shop-v2/src/server.js';

async function shopFor(t: TestContext, script: string, preload?: string) {
  const shop = await startServer(script, { options: preload ? ['--import', `./test/demo/fixtures/${preload}`] : [] });
  t.after(() => shop.stop());
  return shop;
}

test('json5 2.2.1 lets the exploit through', async (t) => {
  const { works, read } = await exploit((await shopFor(t, V1)).port);
  assert.equal(works, true, read.text);
});

test('json5 2.2.2 stops it: that is what the patch has to achieve', async (t) => {
  const { works, saved, read } = await exploit((await shopFor(t, V1, 'fixed-json5.mjs')).port);
  assert.deepEqual([works, saved.status, read.status], [false, 400, 403]);
});

for (const [script, version] of [
  [V1, 'v1'],
  [V2, 'v2'],
] as const) {
  test(`an undisturbed shop ${version} serves without a failure`, async (t) => {
    const shop = await shopFor(t, script);
    const load = new Load(shop.port, { users: 20, chats: 4, thinkMs: 10 });
    for (let tries = 0; tries < 1200 && !(load.versions[version] > 20 && load.messages >= 20); tries++) await sleep(50);
    await load.stop();
    assert.deepEqual(
      { failed: load.failed, mixed: load.mixed, dropped: load.dropped, reasons: load.reasons },
      { failed: 0, mixed: 0, dropped: 0, reasons: [] },
    );
    assert.ok(load.versions[version] > 20, `${load.versions[version]} checkouts`);
    assert.equal(load.versions[version === 'v1' ? 'v2' : 'v1'], 0);
    assert.ok(load.messages >= 20, `${load.messages} messages`);
  });
}

test('functions swapped in place under load give mixed and failed requests, and the checker sees both', async (t) => {
  const shop = await shopFor(t, V1, 'naive-swap.mjs');
  const load = new Load(shop.port, { users: 20, chats: 4, thinkMs: 10 });
  await sleep(700);
  assert.equal(load.mixed + load.failed, 0, load.reasons.join('\n'));
  const until = async (condition: () => boolean, what: string): Promise<void> => {
    for (let tries = 0; tries < 400 && !condition(); tries++) await sleep(50);
    assert.ok(condition(), what);
  };
  shop.child.send({ name: 'checkout', version: 2 });
  await until(() => load.mixed > 0, 'new checkouts called the old price: mixed');
  shop.child.send({ name: 'price', version: 2 });
  shop.child.send({ name: 'checkout', version: 1 });
  await until(() => load.failed > 0, 'old checkouts called the new price, which has another signature: failed');
  shop.child.send({ name: 'checkout', version: 2 });
  await until(() => (load.versions.v2 ?? 0) > 0, 'after the swap version 2 serves');
  await load.stop();
});

test('a killed shop gives failed requests and dropped connections', async (t) => {
  const shop = await shopFor(t, V1);
  const load = new Load(shop.port, { users: 10, chats: 4, thinkMs: 10 });
  await sleep(500);
  assert.equal(load.failed + load.dropped, 0);
  await shop.stop();
  await sleep(200);
  await load.stop();
  assert.ok(load.failed > 0);
  assert.ok(load.dropped >= 4, `${load.dropped} dropped`);
});

test('a session that is lost is a failure', async (t) => {
  const shop = await shopFor(t, V1, 'forgetful.mjs');
  const load = new Load(shop.port, { users: 10, chats: 0, thinkMs: 10 });
  await sleep(500);
  shop.child.send('forget');
  await sleep(500);
  await load.stop();
  assert.ok(
    load.reasons.some((reason: string) => reason.includes('session was lost')),
    load.reasons.join('\n'),
  );
});

test('the judge of a checkout', () => {
  const items = [{ id: 3, count: 2 }];
  const price = (version: string, amount: number, currency: string) => ({ by: `price ${version}`, amount, currency });
  const answer = (stamp: string, ...prices: object[]) => ({
    by: `checkout ${stamp}`,
    quoted: prices[0],
    charged: prices[1],
    receipt: prices[2],
  });
  const v1 = price('v1', 1800, 'USD');
  const v2 = price('v2', 1440, 'EUR');
  assert.deepEqual(judgeCheckout(answer('v1', v1, v1, v1), items), { mixed: false, version: 'v1', wrong: null });
  assert.deepEqual(judgeCheckout(answer('v2', v2, v2, v2), items), { mixed: false, version: 'v2', wrong: null });
  for (const mixed of [answer('v1', v1, v2, v2), answer('v1', v2, v2, v2), answer('v2', v2, v2, v1), answer('v2', v1, v1, v1)]) {
    assert.equal(judgeCheckout(mixed, items).mixed, true);
  }
  assert.ok(judgeCheckout(answer('v1', v1, v1, price('v1', 1440, 'USD')), items).wrong);
  assert.ok(judgeCheckout(answer('v2', v2, v2, price('v2', 1440, 'USD')), items).wrong);
  assert.ok(judgeCheckout(answer('v1', v1, v1), items).wrong);
});

test('the two shops differ in checkout() and price() alone', () => {
  const differing = readdirSync(join(root, 'examples/shop/src')).filter(
    (file) =>
      readFileSync(join(root, 'examples/shop/src', file), 'utf8') !== readFileSync(join(root, 'examples/shop-v2/src', file), 'utf8'),
  );
  assert.deepEqual(differing.toSorted(), ['checkout.js', 'pricing.js']);
  for (const file of differing) {
    const [one, two] = ['shop', 'shop-v2'].map((shop) => readFileSync(join(root, 'examples', shop, 'src', file), 'utf8'));
    const changed = /^export (?:async )?function (?:checkout|price)\([^]*?^}/m;
    assert.equal(one?.replace(changed, ''), two?.replace(changed, ''));
  }
});
