// Users with a nickname, which can be cleared: it is null then.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { patchingComplete } from 'livepatch/data';

const users = Array.from({ length: Number(process.env.OBJECTS ?? 100_000) }, (_, number) => ({ number, nick: `nick ${number}` }));
export const all = () => users;

function clear(user) {
  user.nick = patchingComplete() ? null : '';
}

async function greeting(user) {
  await sleep(20); // the weather, say
  return user.nick?.trim() || `user ${user.number}`;
}

const server = createServer(async (request, response) => {
  const [, what, number] = request.url.split('/');
  const user = users[number];
  if (what === 'clear') clear(user);
  if (what === 'name') user.nick = `nick ${number}`;
  response.end(`${JSON.stringify({ greeting: await greeting(user).catch(String), nick: user.nick })}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`users: http://127.0.0.1:${server.address().port}`));
