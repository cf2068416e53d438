// A cache that keeps what was asked for last.
import { createServer } from 'node:http';

const cache = new Map();
export const all = () => cache.values();

const LIMIT = 500;

function lookup(key) {
  const value = cache.get(key) ?? { square: key * key };
  // A Map is in the order of insertion: put in again, what was just asked for is the last to go.
  cache.delete(key);
  cache.set(key, value);
  trim();
  return value;
}

function trim() {
  for (const key of cache.keys()) {
    if (cache.size <= LIMIT) break;
    cache.delete(key);
  }
}

for (let i = 0; i < Number(process.env.OBJECTS ?? 100_000); i++) lookup(i);

const server = createServer((request, response) => {
  response.end(`${JSON.stringify({ ...lookup(Number(request.url.slice(1))), size: cache.size })}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`cache: http://127.0.0.1:${server.address().port}`));
