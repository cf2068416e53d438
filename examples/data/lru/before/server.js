// A cache that keeps everything.
import { createServer } from 'node:http';

const cache = new Map();
export const all = () => cache.values();

function lookup(key) {
  let value = cache.get(key);
  if (value === undefined) cache.set(key, (value = { square: key * key }));
  return value;
}

for (let i = 0; i < Number(process.env.OBJECTS ?? 100_000); i++) lookup(i);

const server = createServer((request, response) => {
  response.end(`${JSON.stringify({ ...lookup(Number(request.url.slice(1))), size: cache.size })}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`cache: http://127.0.0.1:${server.address().port}`));
