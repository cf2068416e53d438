// Accounts. Two deposits at a time: one of them is lost.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const accounts = Array.from({ length: Number(process.env.OBJECTS ?? 100_000) }, () => ({ balance: 0 }));
export const all = () => accounts;

async function deposit(account, amount) {
  const { balance } = account;
  await sleep(1); // the ledger, say
  account.balance = balance + amount;
}

const server = createServer(async (request, response) => {
  const [, number, amount] = request.url.split('/').map(Number);
  if (amount > 0) await deposit(accounts[number], amount);
  response.end(`${JSON.stringify(accounts[number])}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`accounts: http://127.0.0.1:${server.address().port}`));
