import { createServer } from 'node:http';

let visits = 0;

function greet(name, { polite }) {
  return `${polite ? 'Good day' : 'Hello'} ${name}, you are visitor ${visits}.`;
}

function handle(req, res) {
  visits++;
  res.end(`${greet(req.url.slice(1), { polite: visits > 2 })}\n`);
}

createServer(handle).listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
