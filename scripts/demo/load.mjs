/**
 * Customers for the shop: keep-alive HTTP clients, each with its own connection and session, and WebSocket chats.
 * Strict: an answer that is not 2xx, is cut short, is not what was asked for, or breaks the count of its session is
 * a failure; a connection that has to be opened again was dropped; a checkout whose functions do not all carry the
 * same version stamp is mixed.
 */
import http from 'node:http';
import { WebSocket } from 'ws';

const REQUEST_LIMIT_MS = 5000;
const KEPT_REASONS = 20;
const CENTS = { 1: 2400, 2: 5900, 3: 900, 4: 3100, 5: 700 };
/** What each version of the shop charges for 1 US dollar's worth: v1 in dollars, v2 in euros. */
const CHARGES = { v1: { currency: 'USD', rate: 1 }, v2: { currency: 'EUR', rate: 1.25 } };

/** The words of an answer on one line: an error page of Express is HTML. */
const plain = (text) =>
  text
    .replace(/<[^>]*>|\s+/g, ' ')
    .replace(/ +/g, ' ')
    .trim()
    .slice(0, 200);

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** One request; resolves with status, headers and the whole body, rejects when any of it did not come. */
export function ask(port, method, path, { body, type, cookie, agent, onSocket } = {}) {
  return new Promise((resolve, reject) => {
    const headers = {};
    if (cookie) headers.cookie = cookie;
    if (body !== undefined)
      Object.assign(headers, { 'content-type': type ?? 'application/json', 'content-length': Buffer.byteLength(body) });
    const request = http.request({ host: '127.0.0.1', port, method, path, headers, agent, timeout: REQUEST_LIMIT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    if (onSocket) request.on('socket', onSocket);
    request.on('timeout', () => request.destroy(new Error(`no answer in ${REQUEST_LIMIT_MS} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

/** What is wrong with a checkout's answer, or null; and whether it is mixed. Exported for its own test. */
export function judgeCheckout(answer, items) {
  const stamps = [answer.by, answer.quoted?.by, answer.charged?.by, answer.receipt?.by].map(
    (by) => /^(?:checkout|price) (v\d)$/.exec(by ?? '')?.[1],
  );
  if (stamps.includes(undefined)) return { mixed: false, version: null, wrong: 'a stamp is missing' };
  const version = stamps[0];
  if (stamps.some((stamp) => stamp !== version)) return { mixed: true, version: null, wrong: null };
  const { currency, rate } = CHARGES[version];
  const amount = Math.round(items.reduce((sum, { id, count }) => sum + CENTS[id] * count, 0) / rate);
  const right = [answer.quoted, answer.charged, answer.receipt].every((price) => price.amount === amount && price.currency === currency);
  return { mixed: false, version, wrong: right ? null : `${version} must charge ${amount} ${currency}` };
}

function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const WORDS = ['tea', 'cup', 'kettle', 'tr', 'e', 'sieve'];

/** What customers do: a weight, the request, and a check that returns what is wrong or null. `fast` ones never wait on purpose. */
const ACTS = [
  {
    name: 'list',
    weight: 25,
    fast: true,
    method: 'GET',
    path: () => '/products',
    check: (body) => (body.products.length === 5 ? null : 'five products expected'),
  },
  {
    name: 'product',
    weight: 25,
    fast: true,
    method: 'GET',
    path: (dice) => `/products/${1 + Math.floor(dice() * 5)}`,
    check: (body, path) => (path.endsWith(`/${body.id}`) ? null : 'another product'),
  },
  {
    name: 'search',
    weight: 12,
    method: 'GET',
    path: (dice) => `/search?q=${WORDS[Math.floor(dice() * WORDS.length)]}`,
    check: (body) => (body.found.length > 0 ? null : 'nothing found'),
  },
  {
    name: 'profile',
    weight: 12,
    fast: true,
    method: 'PUT',
    path: () => '/profile',
    type: 'application/json5',
    body: () => "{name: 'A customer', theme: 'dark', /* by hand */}",
    check: (body) => (body.saved.join() === 'name,theme' ? null : 'another profile'),
  },
  { name: 'checkout', weight: 24, method: 'POST', path: () => '/checkout' },
  {
    name: 'export',
    weight: 2,
    method: 'GET',
    path: () => '/export',
    lines: true,
    check: (body) => (body.length === 10 ? null : 'ten rows expected'),
  },
];
const WEIGHTS = ACTS.reduce((sum, act) => sum + act.weight, 0);

function pick(dice) {
  let left = dice() * WEIGHTS;
  for (const act of ACTS) if ((left -= act.weight) < 0) return act;
  return ACTS[0];
}

export class Load {
  requests = 0;
  failed = 0;
  mixed = 0;
  dropped = 0;
  messages = 0;
  /** Checkouts by the version that served them. */
  versions = { v1: 0, v2: 0 };
  /** Checkouts that wait for their answer right now. */
  underWay = 0;
  /** The first failures, for people. @type {string[]} */
  reasons = [];
  /** `[when it ended, milliseconds]` of the requests that do not wait on purpose. */
  #latencies = [];
  #running = true;
  #ended = [];
  #port;

  constructor(port, { users = 50, chats = 20, thinkMs = 40 } = {}) {
    this.#port = port;
    for (let n = 0; n < users; n++) this.#ended.push(this.#customer(n, thinkMs));
    for (let n = 0; n < chats; n++) this.#ended.push(this.#chat(n));
  }

  /** Lets every request that is on its way come back, then closes the connections. */
  async stop() {
    this.#running = false;
    await Promise.all(this.#ended);
  }

  /** The 99th percentile of the fast requests that ended within `[from, to]` windows of `performance.now()`, and how many they were. */
  p99(...windows) {
    const within = this.#latencies.filter(([end]) => windows.some(([from, to]) => end >= from && end <= to)).map(([, ms]) => ms);
    within.sort((a, b) => a - b);
    return { ms: within[Math.max(0, Math.ceil(within.length * 0.99) - 1)] ?? 0, samples: within.length };
  }

  #fail(reason) {
    this.failed++;
    if (this.reasons.length < KEPT_REASONS) this.reasons.push(reason);
  }

  #drop(reason) {
    this.dropped++;
    if (this.reasons.length < KEPT_REASONS) this.reasons.push(reason);
  }

  async #customer(number, thinkMs) {
    const dice = random(number + 1);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const items = [
      { id: 1 + (number % 5), count: 1 + (number % 3) },
      { id: 3, count: 2 },
    ].slice(0, 1 + (number % 2));
    let socket = null;
    const onSocket = (now) => {
      if (socket && now !== socket) this.#drop(`customer ${number}: the connection was lost`);
      socket = now;
    };
    const session = { cookie: undefined, visits: 0 };
    const send = (act) => this.#request(act, { agent, onSocket, session, items, dice, who: `customer ${number}` });
    await sleep(dice() * thinkMs * 2);
    await send({
      name: 'cart',
      fast: true,
      method: 'PUT',
      path: () => '/cart',
      body: () => JSON.stringify({ items }),
      check: (body) => (body.items === items.length ? null : 'another cart'),
    });
    while (this.#running) {
      await sleep(dice() * thinkMs * 2);
      await send(pick(dice));
    }
    agent.destroy();
  }

  async #request(act, { agent, onSocket, session, items, dice, who }) {
    const path = act.path(dice);
    const where = `${who}: ${act.method} ${path}`;
    const startedAt = performance.now();
    this.requests++;
    if (act.name === 'checkout') this.underWay++;
    try {
      const { status, headers, text } = await ask(this.#port, act.method, path, {
        agent,
        onSocket,
        cookie: session.cookie,
        body: act.body?.(),
        type: act.type,
      });
      const endedAt = performance.now();
      if (act.fast) this.#latencies.push([endedAt, endedAt - startedAt]);
      session.visits++;
      if (headers['set-cookie']) {
        if (session.cookie) return this.#fail(`${where}: the session was lost`);
        session.cookie = headers['set-cookie'][0].split(';')[0];
      }
      if (status < 200 || status > 299) return this.#fail(`${where}: ${status} ${plain(text)}`);
      if (headers['x-visits'] !== String(session.visits))
        return this.#fail(`${where}: visit ${headers['x-visits']} of the session, not ${session.visits}`);
      const body = act.lines
        ? text
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line))
        : JSON.parse(text);
      if (act.name !== 'checkout') {
        const wrong = act.check(body, path);
        if (wrong) this.#fail(`${where}: ${wrong}: ${plain(text)}`);
        return;
      }
      const { mixed, version, wrong } = judgeCheckout(body, items);
      if (mixed) this.mixed++;
      else if (wrong) this.#fail(`${where}: ${wrong}: ${plain(text)}`);
      else this.versions[version]++;
    } catch (error) {
      this.#fail(`${where}: ${error.message}`);
    } finally {
      if (act.name === 'checkout') this.underWay--;
    }
  }

  #chat(number) {
    return new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/live`);
      const who = `chat ${number}`;
      let sent = 0;
      let answered = 0;
      const next = () => {
        if (!this.#running) return socket.close(1000);
        sent++;
        socket.send(`message ${sent}`);
      };
      socket.on('open', next);
      socket.on('message', (data) => {
        answered++;
        this.messages++;
        const { n, echo } = JSON.parse(String(data));
        if (n !== answered || echo !== `message ${answered}`) this.#fail(`${who}: answer ${n} "${echo}" to message ${answered}`);
        setTimeout(next, 100);
      });
      socket.on('error', (error) => this.#drop(`${who}: ${error.message}`));
      socket.on('close', (code) => {
        if (this.#running) this.#drop(`${who}: closed with ${code}`);
        else if (answered !== sent) this.#fail(`${who}: ${sent} messages, ${answered} answers`);
        resolve();
      });
    });
  }
}
