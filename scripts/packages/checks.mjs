// What each package is put through. A check prints what the package does: results, errors with their messages, texts by
// their hash. Nothing in it may depend on the time, on chance, or on where it runs.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { inspect } from 'node:util';
import { runInThisContext } from 'node:vm';
import { minified } from './minified.mjs';

const root = new URL('../../', import.meta.url).pathname;
const require = createRequire(import.meta.url);
const home = (name) => join(root, 'node_modules', name);
const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);
/** Errors without their stacks: a column is no result of the package's. */
const show = (value) =>
  inspect(value, { depth: 6, breakLength: Infinity, maxArrayLength: 50, maxStringLength: 400 }).replaceAll(/\n\s+at [^\n]*/g, '');

/** Prints what a call gives or throws. */
function attempt(label, call) {
  try {
    console.log(label, show(call()));
  } catch (error) {
    console.log(label, 'threw', error?.name, error?.message);
  }
}

function* walk(folder, ending) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* walk(path, ending);
    else if (ending.test(name)) yield path;
  }
}

/** Source texts of packages that are installed anyway. */
const corpus = () =>
  ['express/lib', 'fastify/lib', 'markdown-it', 'ws/lib', 'acorn/dist', 'commander/lib', 'hono/dist/router', 'semver', 'qs/lib', 'pino/lib']
    .map(home)
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => [...walk(folder, /\.[cm]?js$/)])
    .filter((file) => statSync(file).size < 300_000);

// V8 quotes the text of a function in some messages, as it has it: these are not instrumented.
const IDENTITY = runInThisContext('(x) => x');
const GREATER = runInThisContext('(a, b) => a > b');
const VALUES = [
  undefined, null, true, 0, -1.5, NaN, 42, '', 'Hello, World', 'fooBar_baz', [], [3, 1, 2, 1], [[1, [2]], 3], ['b', 'a'],
  {}, { a: 1, b: { c: [1, 2] } }, [{ id: 2, n: 'x' }, { id: 1, n: 'y' }], IDENTITY, GREATER, /a+/g, new Map([[1, 2]]), new Set([1, 2]), Symbol.iterator,
]; // prettier-ignore

async function request(port, path, options = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, options);
  const headers = [...response.headers].filter(([name]) => !/^(?:date|connection|keep-alive)$/.test(name));
  console.log(options.method ?? 'GET', path, response.status, JSON.stringify(headers), JSON.stringify(await response.text()));
}

export const checks = {
  /** Compiles this project with the TypeScript compiler, and a file with errors. */
  async typescript() {
    const ts = require('typescript5');
    const files = [...walk(join(root, 'src'), /\.ts$/)];
    const options = {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      declaration: true,
      sourceMap: true,
      strict: true,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: true,
      lib: ['lib.es2024.d.ts', 'lib.esnext.disposable.d.ts'],
      types: ['node'],
      outDir: '/out',
    };
    const program = ts.createProgram(files, options);
    const texts = [];
    program.emit(undefined, (name, text) => texts.push(`${relative('/', name)} ${text.length} ${hash(text)}`));
    console.log(texts.sort().join('\n'));
    for (const d of ts.getPreEmitDiagnostics(program)) console.log(d.code, ts.flattenDiagnosticMessageText(d.messageText, '\n'));
    const bad =
      'let x: number = "s"; function f(a: string, b?: number): void { return a.nope; } f(1); class A extends B<C> { private p = this.q }';
    const host = ts.createCompilerHost({});
    const read = host.getSourceFile;
    host.getSourceFile = (name, ...rest) => (name === 'bad.ts' ? ts.createSourceFile(name, bad, ...rest) : read(name, ...rest));
    for (const d of ts.getPreEmitDiagnostics(ts.createProgram(['bad.ts'], {}, host)))
      console.log(d.code, d.start, ts.flattenDiagnosticMessageText(d.messageText, '\n'));
    for (const target of ['ES5', 'ES2015', 'ES2022'])
      for (const file of files.slice(0, 20))
        console.log(
          target,
          hash(ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions: { target: ts.ScriptTarget[target] } }).outputText),
        );
  },

  /** Formats a corpus of JavaScript, TypeScript, Markdown, JSON, CSS and YAML. */
  async prettier() {
    const prettier = await import('prettier');
    const manifests = ['express', 'fastify', 'lodash', 'ws', 'markdown-it'].map((name) => join(home(name), 'package.json'));
    const sources = [...walk(join(root, 'src'), /\.ts$/)].slice(0, 60);
    const files = [...corpus().slice(0, 120), ...sources, ...walk(join(root, 'docs'), /\.md$/), ...manifests];
    for (const file of files) {
      for (const options of [{}, { semi: false, singleQuote: true, printWidth: 60, experimentalTernaries: true }]) {
        try {
          console.log(relative(root, file), hash(await prettier.format(readFileSync(file, 'utf8'), { ...options, filepath: file })));
        } catch (error) {
          console.log(relative(root, file), error.message.split('\n')[0]);
        }
      }
    }
    for (const [parser, text] of [
      ['css', 'a{b:c;d:e}@media print{a>b{x:y}}'],
      ['html', '<div><p>x</p><script>a( b )</script></div>'],
      ['yaml', 'a:   [1,\n 2]\nb: {c: d}'],
      ['graphql', 'query{a(b:1){c}}'],
      ['typescript', 'const x:=1'],
    ])
      await prettier.format(text, { parser }).then(console.log, (e) => console.log(e.name, e.message));
  },

  /** Minifies a corpus, with names mangled and without. */
  async terser() {
    const { minify } = require('terser');
    for (const file of [join(home('lodash'), 'lodash.js'), ...corpus()]) {
      const text = readFileSync(file, 'utf8');
      const module = /^\s*(?:import|export)\b/m.test(text);
      for (const options of [{}, { compress: { passes: 2, unsafe: true }, mangle: { toplevel: true }, sourceMap: true }]) {
        if (text.length > 200_000 && options.sourceMap) continue;
        await minify({ [relative(root, file)]: text }, { module, ...options }).then(
          ({ code, map }) => console.log(relative(root, file), code.length, hash(code), hash(JSON.stringify(map ?? null))),
          (e) => console.log(relative(root, file), e.name, e.message, e.line, e.col),
        );
      }
    }
  },

  /** Parses a corpus, and texts with every kind of mistake. */
  async acorn() {
    const acorn = require('acorn');
    for (const file of [...corpus(), join(home('lodash'), 'lodash.js'), join(home('terser'), 'dist/bundle.min.js')]) {
      const text = readFileSync(file, 'utf8');
      for (const sourceType of ['script', 'module']) {
        const comments = [];
        attempt(`${relative(root, file)} ${sourceType}`, () =>
          hash(
            JSON.stringify(
              acorn.parse(text, { ecmaVersion: 'latest', sourceType, locations: true, allowHashBang: true, onComment: comments }),
              (_, v) => (typeof v === 'bigint' ? String(v) : v),
            ) + comments.length,
          ),
        );
      }
    }
    for (const text of [
      '(',
      'let a; let a',
      'x => {',
      'class A { constructor(){} constructor(){} }',
      '`${',
      '/(/',
      'await 1',
      'yield',
      '"use strict"; with(a){}',
      'a?.b = 1',
      '08n',
      '\\u{110000}',
      'for (let of x)',
      'import {a as if} from "b"',
      'super()',
      'new.target',
      '({a=1})',
    ])
      attempt(text, () => acorn.parse(text, { ecmaVersion: 'latest' }).body.length);
    console.log(
      show([...acorn.tokenizer('let x = /re/g.test(`a${b}c`) ?? 0x1f', { ecmaVersion: 'latest' })].map((t) => [t.type.label, t.value])),
    );
  },

  /** Calls every function with every pair of a table of values. */
  async lodash() {
    let seed = 1;
    Math.random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const _ = require('lodash');
    const skip = new Set([
      'now',
      'defer',
      'delay',
      'debounce',
      'throttle',
      'runInContext',
      'noConflict',
      'mixin',
      'bindAll',
      'times',
      'range',
      'rangeRight',
      'repeat',
      'fill',
      'padStart',
      'padEnd',
      'pad',
      'extend',
      'assignIn',
      'assignInWith',
      'extendWith',
    ]);
    const copy = (value) =>
      Array.isArray(value) || (typeof value === 'object' && value?.constructor === Object) ? structuredClone(value) : value;
    for (const name of Object.keys(_).sort()) {
      if (skip.has(name) || typeof _[name] !== 'function') continue;
      console.log(name, _[name].length, _[name].name, hash(Function.prototype.toString.call(_[name])));
      for (const a of VALUES)
        for (const b of VALUES)
          attempt(name, () => {
            const r = _[name](copy(a), copy(b), (x) => x?.id ?? x);
            return typeof r === 'function' ? `function ${r.length}` : r;
          });
    }
    console.log(
      show(
        _([1, 2, 3, 4])
          .map((x) => x * 2)
          .filter((x) => x > 2)
          .reverse()
          .value(),
      ),
      _.template('<% for (const x of xs) { %>[<%- x %>]<% } %>')({ xs: ['<', 'b'] }),
      _.chain({ a: 1 }).invert().value(),
    );
  },

  /** A server with routers, middleware, parameters, errors and static files. */
  async express() {
    const express = require('express');
    const app = express();
    app.use(express.json(), express.urlencoded({ extended: true }), express.text());
    const log = [];
    app.use((req, res, next) => {
      log.push(req.path);
      res.set('X-Seen', String(log.length));
      next();
    });
    app.param('id', (req, res, next, id) => {
      req.item = { id, twice: id + id };
      next(id === 'bad' ? new Error('bad id') : undefined);
    });
    app.get('/items/:id', (req, res) => res.json(req.item));
    app.post('/echo', (req, res) => res.status(201).send({ body: req.body, type: req.get('content-type') }));
    app.get('/files/*path', (req, res) => res.send(req.params));
    app.get('/async', async () => {
      await Promise.resolve();
      throw Object.assign(new Error('rejected'), { status: 418 });
    });
    app.get('/redirect', (req, res) => res.redirect(303, '/items/1'));
    app.get('/cookie', (req, res) =>
      res
        .cookie('a', 'b c', { httpOnly: true, path: '/x' })
        .vary('Accept')
        .format({ json: () => res.json([1]), html: () => res.send('<p>') }),
    );
    app.get('/undefined', (req) => req.nothing.at.all);
    app.use('/static', express.static(join(home('express'), 'lib'), { etag: true, lastModified: false }));
    const router = express.Router({ mergeParams: true });
    router
      .route('/')
      .get((req, res) => res.send(req.params.who))
      .all((req, res, next) => next('router'));
    app.use('/hello/:who', router);
    app.use((req, res) => res.sendStatus(404));
    app.use((error, req, res, next) =>
      res.headersSent ? next(error) : res.status(error.status ?? 500).send(`${error.name}: ${error.message}`),
    );
    const server = app.listen(0);
    await once(server, 'listening');
    const { port } = server.address();
    for (const path of [
      '/items/7',
      '/items/bad',
      '/files/a/b/c',
      '/async',
      '/cookie',
      '/undefined',
      '/hello/you',
      '/nothing?q=1&q=2',
      '/static/express.js',
      '/static/../package.json',
      '/static/none',
      '/items/%E0%A4%A',
    ])
      await request(port, path);
    await request(port, '/redirect', { redirect: 'manual' });
    for (const [type, body] of [
      ['application/json', '{"a":[1,{"b":null}]}'],
      ['application/json', '{'],
      ['application/x-www-form-urlencoded', 'a[b]=1&a[c]=2&d=%20'],
      ['text/plain', 'text'],
    ])
      await request(port, '/echo', { method: 'POST', body, headers: { 'content-type': type } });
    await request(port, '/hello/you', { method: 'DELETE' });
    server.closeAllConnections();
    server.close();
  },

  /** Routes with schemas, hooks, decorators, plugins, errors, and a log. */
  async fastify() {
    const Fastify = require('fastify');
    const lines = [];
    const app = Fastify({
      logger: { level: 'info', stream: { write: (line) => lines.push(line) } },
      genReqId: (() => {
        let n = 0;
        return () => `r${n++}`;
      })(),
    });
    app
      .decorate('shared', { n: 1 })
      .decorateRequest('user', null)
      .decorateReply('hello', function () {
        return this.send({ hello: this.request.user });
      });
    app.addHook('onRequest', async (req) => {
      req.user = req.headers['x-user'] ?? 'nobody';
    });
    app.addHook('preSerialization', (req, reply, payload, done) => done(null, { ...payload, wrapped: true }));
    app.addHook('onSend', async (req, reply, payload) => {
      reply.header('x-length', payload?.length ?? 0);
      return payload;
    });
    const schema = {
      params: { type: 'object', properties: { id: { type: 'integer', minimum: 1 } } },
      querystring: {
        type: 'object',
        required: ['q'],
        properties: { q: { type: 'string', maxLength: 3 }, list: { type: 'array', items: { type: 'number' } } },
      },
      response: {
        200: {
          type: 'object',
          properties: { id: { type: 'integer' }, q: { type: 'string' }, list: { type: 'array', items: { type: 'number' } } },
        },
      },
    };
    app.get('/item/:id', { schema }, async (req) => ({ id: req.params.id, ...req.query, secret: true }));
    app.get('/hello', (req, reply) => reply.hello());
    app.post(
      '/body',
      { schema: { body: { type: 'object', properties: { a: { type: 'number' }, d: { default: 5 } }, additionalProperties: false } } },
      (req) => req.body,
    );
    app.get('/fail', async () => {
      throw Object.assign(new Error('failed'), { statusCode: 409, code: 'E' });
    });
    app.get('/late', (req, reply) => {
      setImmediate(() => void reply.code(202).type('text/plain').send('late'));
    });
    app.register(
      async (scope) => {
        scope.addHook('onRequest', async (req, reply) => {
          if (req.user === 'nobody') return reply.code(401).send({ no: 1 });
        });
        scope.get('/', async (req) => ({ in: req.user }));
        scope.setErrorHandler((e, req, reply) => reply.send({ caught: e.message }));
        scope.get('/throw', () => {
          throw new TypeError('x');
        });
      },
      { prefix: '/scope' },
    );
    app.setNotFoundHandler((req, reply) => reply.code(404).send({ missing: req.url }));
    await app.ready();
    for (const [method, url, payload, headers] of [
      ['GET', '/item/5?q=abc&list=1&list=2'],
      ['GET', '/item/0?q=a'],
      ['GET', '/item/x?q=a'],
      ['GET', '/item/5'],
      ['GET', '/hello', undefined, { 'x-user': 'me' }],
      ['POST', '/body', { a: '7', z: 1 }],
      ['POST', '/body', '{', { 'content-type': 'application/json' }],
      ['POST', '/body', 'x', { 'content-type': 'a/b' }],
      ['GET', '/fail'],
      ['GET', '/late'],
      ['GET', '/scope'],
      ['GET', '/scope/throw', undefined, { 'x-user': 'me' }],
      ['GET', '/none'],
      ['HEAD', '/hello'],
      ['PUT', '/hello'],
    ]) {
      const r = await app.inject({ method, url, payload, headers });
      const { date, ...rest } = r.headers;
      console.log(method, url, r.statusCode, JSON.stringify(rest), r.body, typeof date);
    }
    console.log(
      app.printRoutes(),
      lines
        .map((line) => {
          const entry = { ...JSON.parse(line), time: 0, pid: 0, hostname: '', responseTime: 0 };
          return JSON.stringify(entry, (k, v) => (k === 'stack' ? v.split('\n')[0] : v));
        })
        .join('\n'),
    );
    await app.close();
  },

  /** Routers, middleware, validation of cookies and bodies, streaming. */
  async hono() {
    const { Hono } = await import('hono');
    const load = (name) => import(`hono/${name}`);
    const [{ cors }, { etag }, { getCookie, setCookie }, { stream, streamSSE }, { basicAuth }, { HTTPException }, { html }] =
      await Promise.all(['cors', 'etag', 'cookie', 'streaming', 'basic-auth', 'http-exception', 'html'].map(load));
    const app = new Hono().basePath('/v1');
    app.use('*', async (c, next) => {
      c.set('t', []);
      await next();
      c.header('x-status', String(c.res.status));
    });
    app.use('/cors/*', cors({ origin: ['http://a'], credentials: true }));
    app.use('/etag/*', etag());
    app.use('/auth/*', basicAuth({ username: 'u', password: 'p' }));
    app.get('/auth/in', (c) => c.text('in'));
    app.get('/cors/x', (c) => c.json({ q: c.req.query(), qs: c.req.queries('a') }));
    app.get('/etag/x', (c) => c.text('tagged'));
    app.get('/p/:a/:b{[0-9]+}', (c) => c.json(c.req.param()));
    app.get('/opt/:x?', (c) => c.text(c.req.param('x') ?? 'none'));
    app.get('/wild/*', (c) => c.html(html`<b>${c.req.path}</b>${'<i>'}`));
    app.get('/cookie', (c) => {
      setCookie(c, 'k', 'v w', { path: '/', maxAge: 5 });
      return c.body(JSON.stringify(getCookie(c)));
    });
    app.post('/form', async (c) => c.json(await c.req.parseBody({ all: true })));
    app.get('/stream', (c) =>
      stream(c, async (s) => {
        for (const x of ['a', 'b']) {
          await s.write(x);
          await s.sleep(1);
        }
      }),
    );
    app.get('/sse', (c) =>
      streamSSE(c, async (s) => {
        await s.writeSSE({ data: 'd\ne', event: 'ev', id: '1' });
      }),
    );
    app.get('/http', () => {
      throw new HTTPException(403, { message: 'forbidden' });
    });
    app.get('/throw', async (c) => {
      await Promise.resolve();
      return c.nothing.here;
    });
    app.onError((e, c) => (e instanceof HTTPException ? e.getResponse() : c.text(`${e.name} ${e.message}`, 500)));
    app.notFound((c) => c.json({ missing: c.req.path }, 404));
    const form = new FormData();
    form.append('a', '1');
    form.append('a', '2');
    /** @type {[path: string, options?: RequestInit][]} */
    const requests = [
      ['/auth/in'],
      ['/auth/in', { headers: { authorization: `Basic ${btoa('u:p')}` } }],
      ['/cors/x?a=1&a=2&b=%20', { headers: { origin: 'http://a' } }],
      ['/cors/x', { method: 'OPTIONS', headers: { origin: 'http://a', 'access-control-request-method': 'PUT' } }],
      ['/etag/x'],
      ['/p/x/12'],
      ['/p/x/y'],
      ['/opt'],
      ['/opt/1'],
      ['/wild/a/b'],
      ['/cookie', { headers: { cookie: 'a=b; c=%20d' } }],
      ['/form', { method: 'POST', body: form }],
      ['/stream'],
      ['/sse'],
      ['/http'],
      ['/throw'],
      ['/none'],
    ];
    for (const [path, options] of requests) {
      const r = await app.request(`/v1${path}`, options);
      console.log(path, r.status, JSON.stringify([...r.headers]), JSON.stringify(await r.text()));
    }
    console.log(show(app.routes.map((r) => [r.method, r.path])));
  },

  /** A server and clients: texts, binaries, fragments, pings, compression, closing, refused connections. */
  async ws() {
    const { WebSocket, WebSocketServer } = require('ws');
    const server = new WebSocketServer({
      port: 0,
      perMessageDeflate: { threshold: 10 },
      maxPayload: 5000,
      handleProtocols: (set) => [...set][0] ?? false,
      verifyClient: ({ req }) => req.url !== '/no',
    });
    await once(server, 'listening');
    server.on('connection', (socket, req) => {
      socket.on('error', (e) => console.log('server error', e.name, e.code, e.message));
      socket.on('message', (data, binary) => {
        if (String(data) === 'bye') socket.close(4001, 'bye');
        else socket.send(binary ? data : `${req.url} ${String(data).length} ${hash(data)}`, { binary });
      });
      socket.on('close', (code, reason) => console.log('server closed', code, String(reason)));
    });
    const { port } = server.address();
    const open = (path, protocols) => new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
    const socket = open('/a', ['p1', 'p2']);
    await once(socket, 'open');
    console.log(socket.protocol, socket.extensions, socket.readyState);
    const ask = async (data, options) => {
      socket.send(data, options);
      const [answer, binary] = await once(socket, 'message');
      console.log(binary, binary ? hash(answer) : String(answer));
    };
    await ask('hello');
    await ask('x'.repeat(4000));
    await ask(Buffer.alloc(300, 7));
    await ask(new Uint8Array([1, 2, 3]).buffer, { compress: false });
    socket.send('part1 ', { fin: false });
    await ask('part2', { fin: true });
    socket.ping('p');
    console.log('pong', String((await once(socket, 'pong'))[0]));
    attempt('bad ping', () => socket.ping('x'.repeat(200)));
    socket.send('bye');
    const [code, reason] = await once(socket, 'close');
    console.log('closed', code, String(reason));
    const large = open('/b');
    await once(large, 'open');
    large.send('y'.repeat(6000));
    console.log('too large', (await once(large, 'close'))[0]);
    const refused = open('/no');
    console.log('refused', (await once(refused, 'error'))[0].message);
    attempt('bad url', () => new WebSocket('http//x'));
    attempt('bad protocol', () => open('/', ['a', 'a']));
    attempt('bad code', () => socket.close(1));
    server.close();
    await once(server, 'close');
  },

  /** Renders every Markdown text at hand, with plugins and rules of its own. */
  async 'markdown-it'() {
    const { default: MarkdownIt } = await import('markdown-it');
    const texts = [
      ...walk(join(root, 'docs'), /\.md$/),
      ...['lodash', 'express', 'terser', 'json5', 'semver', 'qs', 'prettier', 'commander', 'ajv', 'yaml', 'minimist'].flatMap((name) => [
        ...walk(home(name), /^(?:README|Readme|CHANGELOG|History)\.md$/),
      ]),
    ].map((file) => [relative(root, file), readFileSync(file, 'utf8')]);
    const tricky = [
      '# a\n\n* b\n  1. c\n\n> d\n> e\n\n```js\nf\n```',
      '[a][b]\n\n[b]: <c d> "e"',
      '|a|b|\n|-|:-:|\n|1|`2|3`|',
      '**a*b**c* __d_e__',
      '<div>\n*x*\n</div>',
      '![i](u "t")',
      'http://a.b/c?d=e&f (c) ... -- "q"',
      '~~s~~ \\* &amp; &#x41; \u0000',
    ];
    for (const options of [{}, { html: true, linkify: true, typographer: true, breaks: true }, 'commonmark', 'zero']) {
      const md = new MarkdownIt(options);
      for (const [name, text] of texts) console.log(name, hash(md.render(text)));
      for (const text of tricky) console.log(JSON.stringify(md.render(text)), md.parse(text, {}).length);
      md.use((m) => {
        m.renderer.rules.heading_open = (tokens, i, o, env, self) => {
          tokens[i].attrSet('id', String(i));
          return self.renderToken(tokens, i, o);
        };
        m.core.ruler.push('count', (state) => {
          state.env.n = state.tokens.length;
        });
      });
      const env = {};
      console.log(md.render('# x\n\ny', env), env.n, md.renderInline('*z*'));
    }
  },

  /** Bundles an application of real packages, in development and production form. */
  async webpack() {
    const webpack = require('webpack');
    const out = mkdtempSync(join(tmpdir(), 'livepatch-webpack-'));
    try {
      for (const mode of ['development', 'production']) {
        mkdirSync(join(out, mode));
        const compiler = webpack({
          mode,
          context: root,
          devtool: 'source-map',
          target: 'node',
          entry: { semver: join(home('semver'), 'index.js'), qs: join(home('qs'), 'lib/index.js') },
          output: { path: join(out, mode), filename: '[name].[contenthash].js', library: { type: 'commonjs2' } },
          optimization: { splitChunks: { chunks: 'all', minSize: 1000 }, minimize: false },
        });
        const stats = await new Promise((resolve, reject) => {
          compiler.run((error, s) => (error ? reject(error) : resolve(s)));
        });
        const { assets, errors, warnings } = stats.toJson({ all: false, assets: true, errors: true, warnings: true });
        console.log(stats.hash, show([assets.map((a) => [a.name, a.size]), errors.map((e) => e.message), warnings.map((e) => e.message)]));
        for (const file of walk(join(out, mode), /./)) console.log(relative(out, file), hash(readFileSync(file)));
        await new Promise((resolve) => {
          compiler.close(resolve);
        });
      }
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  },

  /** Schemas of every kind against values of every kind. */
  async zod() {
    const { z } = createRequire(require.resolve('knip'))('zod');
    const schemas = {
      string: z.string().min(2).max(9).trim(),
      email: z.string().email(),
      number: z.number().int().positive(),
      coerce: z.coerce.number(),
      object: z.object({ a: z.number(), b: z.string().optional(), c: z.array(z.union([z.string(), z.number()])).default([]) }),
      strict: z.strictObject({ a: z.unknown() }),
      discriminated: z.discriminatedUnion('t', [z.object({ t: z.literal('x'), v: z.number() }), z.object({ t: z.literal('y') })]),
      tuple: z.tuple([z.string(), z.number()]).rest(z.boolean()),
      record: z.record(z.string(), z.number()),
      map: z.map(z.number(), z.number()),
      set: z.set(z.number()),
      transform: z
        .string()
        .transform((s) => s.length)
        .pipe(z.number().max(5)),
      refine: z.any().refine((v) => v?.id === 1, 'no id'),
      lazy: z.lazy(() => z.array(z.any())),
      enum: z.enum(['a', 'b']),
      nullable: z.nullable(z.bigint()),
      intersection: z.intersection(z.object({ a: z.number() }), z.object({ b: z.any() })),
      preprocess: z.preprocess((v) => String(v), z.string().regex(/^\d/)),
      catch: z.number().catch(-1),
      readonly: z.object({}).readonly(),
      date: z.date(),
      superRefine: z.any().superRefine((v, c) => {
        if (v) c.addIssue({ code: 'custom', message: `truthy ${typeof v}` });
      }),
      async: z.string().refine(async (s) => {
        await Promise.resolve();
        return s.length > 3;
      }, 'short'),
    };
    for (const [name, schema] of Object.entries(schemas))
      for (const value of [...VALUES, { t: 'x', v: 1 }, { t: 'y' }, { t: 'z' }, ['a', 1, true], 'a@b.co', new Date(0), { id: 1 }]) {
        const result = await schema.safeParseAsync(value);
        console.log(name, show(result.success ? result.data : result.error.issues));
      }
    attempt('throws', () => schemas.object.parse({ a: 'x' }));
  },

  /** Ranges and versions, all with all. */
  async semver() {
    const semver = createRequire(require.resolve('fastify'))('semver');
    const versions = [
      '1.2.3',
      '1.2.3-alpha.1',
      '1.2.3-alpha.beta',
      'v2.0.0+build',
      '0.0.1',
      '10.20.30',
      '1.2',
      'x',
      '',
      null,
      '999999999999999999.0.0',
    ];
    const ranges = [
      '^1.2.3',
      '~1.2',
      '>=1 <2 || 3.x',
      '1.2.3 - 2.3',
      '*',
      '',
      '<0.0.1-a',
      'latest',
      '>1.2.3-alpha',
      '=v1',
      '1 || 2',
      '^0.0',
    ];
    for (const a of versions) {
      for (const name of ['parse', 'valid', 'clean', 'coerce', 'major', 'prerelease'])
        attempt(`${name} ${a}`, () => String(semver[name](a)));
      for (const kind of ['major', 'preminor', 'patch', 'prerelease', 'nope'])
        attempt(`inc ${a} ${kind}`, () => semver.inc(a, kind, 'beta'));
      for (const b of versions)
        for (const name of ['compare', 'diff', 'gt', 'eq', 'compareBuild']) attempt(`${name} ${a} ${b}`, () => semver[name](a, b));
      for (const range of ranges)
        attempt(`satisfies ${a} ${range}`, () => [
          semver.satisfies(a, range),
          semver.satisfies(a, range, { includePrerelease: true }),
          semver.gtr(a, range),
        ]);
    }
    for (const a of ranges)
      for (const b of ranges)
        attempt(`${a} in ${b}`, () => [
          semver.subset(a, b),
          semver.intersects(a, b),
          semver.simplifyRange(['1.2.3', '2.0.0'], a),
          String(semver.minVersion(a)),
        ]);
  },

  /** JSON schemas compiled to functions, and what they say of values. */
  async ajv() {
    const Ajv = createRequire(require.resolve('fastify'))('ajv').default;
    const ajv = new Ajv({ allErrors: true, coerceTypes: 'array', useDefaults: true, strict: false, discriminator: true });
    ajv.addKeyword({ keyword: 'even', type: 'number', validate: (on, n) => !on || n % 2 === 0 });
    ajv.addSchema({
      $id: 'item',
      type: 'object',
      properties: { next: { $ref: '#' }, n: { type: 'integer', even: true } },
      required: ['n'],
    });
    const schemas = [
      { $ref: 'item' },
      { type: 'array', items: { type: 'string', pattern: '^a' }, uniqueItems: true, contains: { const: 'ab' } },
      { oneOf: [{ type: 'number' }, { type: 'string', maxLength: 2 }] },
      {
        type: 'object',
        additionalProperties: false,
        patternProperties: { '^x': { type: 'null' } },
        minProperties: 1,
        dependentRequired: { a: ['b'] },
      },
      JSON.parse('{"if": {"type": "number"}, "then": {"minimum": 3}, "else": {"not": {"type": "boolean"}}}'),
      { enum: [1, 'a', null, { b: 1 }] },
      { type: 'nope' },
    ];
    for (const schema of schemas)
      attempt(JSON.stringify(schema), () => {
        const validate = ajv.compile(schema);
        return [...VALUES.slice(0, 16), { n: 3, next: { n: 'x' } }, ['ab', 'ab'], { xa: null }].map((v) => [
          validate(structuredClone(v)),
          validate.errors?.map((e) => `${e.instancePath} ${e.message}`),
        ]);
      });
  },

  /** Documents of YAML, JSON5 and command lines. */
  async parsers() {
    const YAML = createRequire(require.resolve('knip'))('yaml');
    for (const text of [
      'a: &x [1, {b: c}]\nd: *x',
      '- !!set {a, b}\n- |\n  text\n- >-\n  folded\n  text',
      'a: 1\na: 2',
      '? [k]\n: v',
      '%YAML 1.1\n---\nyes: 0o7',
      '"unclosed',
      '- a\n b: c',
      'x: 2001-12-14t21:59:43.10-05:00',
      '<<: {a: 1}\nb: 2',
    ]) {
      attempt(text, () => YAML.parse(text, { merge: true }));
      attempt('document', () => String(YAML.parseDocument(text)));
    }
    const JSON5 = require('json5');
    for (const text of [
      "{a: 'b', /* c */ d: [1,], e: +.5, f: 0xA, g: NaN, 'h\\\ni': 1}",
      '{',
      '[1,,2]',
      '"\\u00"',
      'undefined',
      '{__proto__: 1}',
    ])
      attempt(text, () =>
        JSON5.stringify(
          JSON5.parse(text, (k, v) => v),
          null,
          2,
        ),
      );
    const minimist = require('minimist');
    for (const line of ['-abc 1 --no-x --y=z -- rest', '--a.b=1 --a.c 2 -n5 -', '--t true --u=false pos'])
      attempt(line, () => minimist(line.split(' '), { string: ['y'], alias: { n: 'num' }, boolean: ['x'], default: { k: 1 } }));
    const { Command, Option } = require('commander');
    const make = () => {
      const p = new Command('prog')
        .exitOverride()
        .configureOutput({ writeOut: (s) => console.log(s), writeErr: (s) => console.log('err', s) })
        .version('1.0')
        .option('-v, --verbose', 'more', (x, n) => n + 1, 0)
        .addOption(new Option('-c, --color <when>').choices(['a', 'b']).default('a').env('NOPE'));
      p.command('run <file> [rest...]')
        .description('runs')
        .option('--no-cache')
        .requiredOption('-p, --port <n>', 'port', Number.parseInt)
        .action((...a) => console.log(show(a.slice(0, -1))));
      return p;
    };
    for (const line of [
      'run f g h -p 80 --no-cache',
      'run',
      'run f',
      '--help',
      'help run',
      '-c x run f -p 1',
      '--version',
      'rum',
      '-vv run f -p 1',
      '--nope',
    ])
      attempt(line, () => make().parse(line.split(' '), { from: 'user' }).opts());
    const qs = createRequire(require.resolve('express'))('qs');
    for (const text of ['a[b][c]=1&a[b][d]=2', 'a[]=1&a[]=2&b=%26', 'a.b=1', 'a[0]=x&a[9999]=y', '&&=1&a', 'a[__proto__]=1'])
      attempt(text, () => [qs.parse(text, { allowDots: true, depth: 3 }), qs.stringify(qs.parse(text), { encode: false })]);
  },

  /** Fastify, hono, lodash, markdown-it, zod and others in one minified file. */
  async minified() {
    const scratch = mkdtempSync(join(tmpdir(), 'livepatch-minified-'));
    try {
      await minified(root, scratch, (...values) => console.log(...values.map(show)));
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  },

  /** A program of its own: the module graph of this project, checked against its rules. */
  async 'dep-cruiser'() {
    const { cruise } = await import('dependency-cruiser');
    const { output } = await cruise([join(root, 'src')], { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true });
    for (const m of output.modules)
      console.log(
        relative(root, m.source),
        m.dependencies
          .map((d) => `${d.module} ${d.dependencyTypes}`)
          .sort()
          .join(),
        m.orphan,
      );
    console.log(show(output.summary.totalCruised));
  },
};
