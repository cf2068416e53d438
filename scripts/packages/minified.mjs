// A server of several packages in one minified file: a minifier writes in forms that no author does.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { minify } from 'terser';

const PROGRAM = `
import fastify from 'fastify';
import { Hono } from 'hono';
import MarkdownIt from 'markdown-it';
import _ from 'lodash';
import PQueue from 'p-queue';
import semver from 'semver';
import { z } from 'zod';
async function* numbers(n) { for (let i = 0; i < n; i++) { const got = yield i; if (got !== undefined) yield [got, await null]; } }
class Store {
  #rows = new Map();
  static made = 0;
  constructor() { Store.made++; }
  async put(key, { value, ...rest } = {}) { await null; this.#rows.set(key, { value, rest }); return this; }
  async *all(from = 0) { for (const row of this.#rows) { if (row[0] >= from) yield row; } }
}
export async function run(say) {
  const store = new Store();
  for (const i of _.range(5)) await store.put(i, { value: i * i, tag: 't' + i });
  for await (const row of store.all(2)) say(row);
  const it = numbers(3);
  say(await it.next(), await it.next('sent'), await it.next(), await it.return('end'));
  const app = fastify();
  app.addHook('onRequest', async (request) => { request.started = await Promise.resolve(1); });
  app.get('/items/:id', { schema: { response: { 200: { type: 'object', properties: { id: { type: 'number' } } } } } }, async (request) => ({ id: +request.params.id, more: 1 }));
  app.get('/fails', async () => { throw Object.assign(new Error('no'), { statusCode: 418 }); });
  for (const url of ['/items/7', '/fails', '/none']) { const { statusCode, payload } = await app.inject(url); say(url, statusCode, payload); }
  await app.close();
  const hono = new Hono();
  hono.use(async (c, next) => { await next(); c.res.headers.set('x-after', '1'); });
  hono.get('/a/:b', async (c) => c.json({ b: await c.req.param('b'), q: c.req.query('q') ?? null }));
  hono.onError((error, c) => c.text(error.message, 500));
  hono.get('/throws', () => { throw new Error('thrown'); });
  for (const url of ['/a/1?q=2', '/throws', '/none']) { const response = await hono.request(url); say(url, response.status, await response.text(), response.headers.get('x-after')); }
  const queue = new PQueue({ concurrency: 2 });
  say(await Promise.all(_.range(6).map((i) => queue.add(async () => { await null; return i * 2; }))));
  const schema = z.object({ a: z.string().transform(async (s) => s.length), b: z.array(z.number()).min(1) });
  say(await schema.safeParseAsync({ a: 'four', b: [1] }), (await schema.safeParseAsync({ a: 1, b: [] })).error.issues);
  say(new MarkdownIt({ html: true, linkify: true }).render('# a\\n- b\\n- *c* http://example.com\\n\\n| x | y |\\n|---|---|\\n| 1 | 2 |'));
  say(semver.satisfies('1.2.3', '^1.2 || >=3'), semver.sort(['2.0.0', '1.0.0-a', '1.0.0']), _.chain([3, 1, 2]).sortBy().map((n) => n * 2).value());
  say(Store.made);
}
`;

/** Bundles and minifies the program twice, in two ways, and runs both. */
export async function minified(root, scratch, say) {
  const bundle = await build({
    stdin: { contents: PROGRAM, resolveDir: root },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
    minify: true,
    logLevel: 'silent',
  });
  const [{ text }] = bundle.outputFiles;
  const { code } = await minify(text, {
    toplevel: true,
    compress: { passes: 2, sequences: 200, hoist_funs: true, booleans_as_integers: false },
  });
  const require = createRequire(join(scratch, 'x.js'));
  for (const [name, source] of Object.entries({ 'esbuild.cjs': text, 'terser.cjs': code })) {
    const file = join(scratch, name);
    writeFileSync(file, source);
    say(name, readFileSync(file).length);
    await require(file).run(say);
  }
}
