// A calculator. Its operations are a table, to which plugins add theirs.
import { createServer } from 'node:http';

const operations = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
};
operations.power = (a, b) => a ** b; // a plugin's

const results = new Array(Number(process.env.OBJECTS ?? 100_000)).fill({});
export const all = () => results;

function calculate(name, a, b) {
  return operations[name]?.(a, b) ?? 'unknown';
}

const server = createServer((request, response) => {
  const [, name, a, b] = request.url.split('/');
  response.end(`${JSON.stringify({ result: calculate(name, Number(a), Number(b)) })}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`calculator: http://127.0.0.1:${server.address().port}`));
