/** Clients of the program under load: keep-alive requests, streams, WebSockets. Any answer that is not what it must be is a failure. */
import http from 'node:http';
import { WebSocket } from 'ws';
import { valueOf } from './functions.mjs';

const LIMIT_MS = 20_000;
const KEPT = 10;
const CLIENTS = 12;
const SOCKETS = 4;
const PATHS = { '/handle': 'handle', '/fan': 'fan', '/burst': 'burst', '/job': 'consume', '/item': 'drain', '/feed': 'feed' };
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function ask(port, path, agent) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent, timeout: LIMIT_MS }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve(text));
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${LIMIT_MS} ms`)));
    request.on('error', reject);
  });
}

export class Load {
  answers = 0;
  failed = 0;
  /** @type {string[]} */
  reasons = [];
  #port;
  #checker;
  #dice;
  #running = true;
  #clients = [];

  /** Goes on counting where `earlier` stopped. */
  constructor(port, checker, dice, earlier = null) {
    if (earlier) Object.assign(this, { answers: earlier.answers, failed: earlier.failed, reasons: earlier.reasons });
    this.#port = port;
    this.#checker = checker;
    this.#dice = dice;
    for (let i = 0; i < CLIENTS; i++) this.#clients.push(this.#client());
    for (let i = 0; i < SOCKETS; i++) this.#clients.push(this.#chat());
    this.#clients.push(this.#ticks());
  }

  /** Lets every answer come that is on its way. */
  async stop() {
    this.#running = false;
    await Promise.all(this.#clients);
  }

  #fail(reason) {
    this.failed++;
    if (this.reasons.length < KEPT) this.reasons.push(reason);
  }

  #take(what, name, { value, trace, error }) {
    this.answers++;
    if (trace) this.#checker.add(trace);
    if (error !== undefined) this.#fail(`${what}: ${error}`);
    else if (value !== valueOf(name)) this.#fail(`${what}: ${value}, not ${valueOf(name)}`);
  }

  async #client() {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const paths = Object.keys(PATHS);
    while (this.#running) {
      const path = paths[Math.floor(this.#dice() * paths.length)];
      try {
        const lines = (await ask(this.#port, path, agent)).split('\n');
        this.#take(path, PATHS[path], JSON.parse(lines.pop()));
        const streamed = lines.reduce((sum, line) => sum + Number(line), 0);
        if (path === '/feed' && streamed !== valueOf('rows')) this.#fail(`${path}: ${streamed} in its lines, not ${valueOf('rows')}`);
      } catch (error) {
        this.#fail(`${path}: ${error.message}`);
      }
      await sleep(this.#dice() * 4);
    }
    agent.destroy();
  }

  /** What the timers did is asked for now and then. */
  async #ticks() {
    while (this.#running) {
      await sleep(100);
      try {
        for (const tick of JSON.parse(await ask(this.#port, '/ticks'))) this.#take('timer', 'onTick', tick);
      } catch (error) {
        this.#fail(`timer: ${error.message}`);
      }
    }
  }

  #chat() {
    return new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${this.#port}`);
      let sent = 0;
      let answered = 0;
      const send = () => {
        if (this.#running) socket.send(String(++sent));
        else if (answered === sent) socket.close();
      };
      // Two on their way at a time: each is a piece of work of its own on the one connection.
      socket.on('open', () => {
        send();
        send();
      });
      socket.on('message', (data) => {
        const answer = JSON.parse(String(data));
        answered++;
        this.#take(`message ${answer.n}`, 'chat', answer);
        setTimeout(send, this.#dice() * 8);
      });
      socket.on('error', (error) => this.#fail(`socket: ${error.message}`));
      socket.on('close', () => {
        if (answered !== sent) this.#fail(`socket: ${sent} messages, ${answered} answers`);
        resolve();
      });
    });
  }
}
