/** The same small JSON API on four frameworks; each request awaits twice, as one that reads a database does. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const items = new Map(Array.from({ length: 100 }, (_, i) => [String(i), { id: i, name: `item ${i}`, tags: ['a', 'b', 'c'] }]));

const settled = Promise.resolve();

async function find(id) {
  await settled;
  return items.get(id);
}

async function describe(id) {
  const item = await find(id);
  return { ...item, at: '/items/' + id };
}

async function answer(request, response) {
  const body = JSON.stringify(await describe(request.url.slice('/items/'.length)));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const makers = {
  'node:http': () =>
    createServer((request, response) => {
      void answer(request, response);
    }),
  express() {
    const app = require('express')();
    app.use((request, response, next) => {
      response.setHeader('x-request', request.method);
      next();
    });
    app.get('/items/:id', async (request, response) => void response.json(await describe(request.params.id)));
    return createServer(app);
  },
  fastify() {
    const app = require('fastify')();
    app.get('/items/:id', async (request) => describe(request.params.id));
    return app;
  },
  async hono() {
    const { Hono } = await import('hono');
    const { getRequestListener } = await import('@hono/node-server');
    const app = new Hono();
    app.get('/items/:id', async (c) => c.json(await describe(c.req.param('id'))));
    const listener = getRequestListener(app.fetch);
    return createServer((request, response) => {
      void listener(request, response);
    });
  },
};

export async function start(name) {
  const server = await makers[name]();
  if (name === 'fastify') {
    await server.listen({ port: 0, host: '127.0.0.1' });
    return server.server.address().port;
  }
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}
