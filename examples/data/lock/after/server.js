// Accounts. Each has a lock, which it got with its first deposit: deposits take turns.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { shadow } from 'livepatch/data';

const accounts = Array.from({ length: Number(process.env.OBJECTS ?? 100_000) }, () => ({ balance: 0 }));
export const all = () => accounts;

const lock = shadow('accounts.lock');

/** Resolves when it is the caller's turn, with the function that ends it. */
async function turn(account) {
  const queue = lock.getOrAlloc(account, () => ({ last: null }));
  const { last } = queue;
  const { promise, resolve } = Promise.withResolvers();
  queue.last = promise;
  await last;
  return resolve;
}

async function deposit(account, amount) {
  const done = await turn(account);
  const { balance } = account;
  await sleep(1); // the ledger, say
  account.balance = balance + amount;
  done();
}

const server = createServer(async (request, response) => {
  const [, number, amount] = request.url.split('/').map(Number);
  if (amount > 0) await deposit(accounts[number], amount);
  response.end(`${JSON.stringify(accounts[number])}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`accounts: http://127.0.0.1:${server.address().port}`));
