/** Customers of one example: each asks without a pause, and checks every answer. */
import http from 'node:http';

const KEPT_REASONS = 5;

function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A connection of its own for each request: one that was kept may be closed by either side just as it is used. */
function ask(port, method, path) {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, method, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.on('error', reject);
    request.end();
  });
}

export class Load {
  requests = 0;
  failed = 0;
  /** The first failures, for people. @type {string[]} */
  reasons = [];
  #running = true;
  #ended = [];
  #waiting = new Set();
  #port;

  constructor(port, example, objects, { customers = 8, seed = 1 } = {}) {
    this.#port = port;
    for (let n = 0; n < customers; n++) this.#ended.push(this.#customer(example.customer(n, customers), objects, random(seed + n)));
  }

  /** Resolves once so many more requests have come back. */
  async passed(count) {
    const until = this.requests + count;
    while (this.requests < until) await new Promise((resolve) => this.#waiting.add(resolve));
  }

  async stop() {
    this.#running = false;
    await Promise.all(this.#ended);
  }

  /** Resolves with the answer; undefined where there is none. */
  async request({ method = 'GET', path, right }) {
    let answer;
    try {
      const { status, text } = await ask(this.#port, method, path);
      if (status === 200) answer = JSON.parse(text);
      if (status !== 200 || !right(answer)) this.#fail(`${method} ${path}: ${status} ${text.slice(0, 200)}`);
    } catch (error) {
      this.#fail(`${method} ${path}: ${error.message}`);
    }
    this.requests++;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
    return answer;
  }

  #fail(reason) {
    this.failed++;
    if (this.reasons.length < KEPT_REASONS) this.reasons.push(reason);
  }

  async #customer(next, objects, dice) {
    while (this.#running) await this.request(next(objects, dice));
  }
}
