/** A load generator that costs less than the servers it measures: raw sockets, one request in flight on each. */
import { connect } from 'node:net';

const HEADERS_END = Buffer.from('\r\n\r\n');

class Client {
  constructor(port, path) {
    this.request = `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (chunk) => this.take(chunk));
    this.socket.on('close', () => {
      // A burst would wait for its answer forever.
      if (!this.ended) throw new Error(`the server on port ${port} closed a connection`);
    });
    this.ended = false;
    this.rest = null;
    this.done = null;
    this.ready = new Promise((resolve, reject) => this.socket.once('connect', resolve).once('error', reject));
  }

  ask(done) {
    this.done = done;
    this.socket.write(this.request);
  }

  take(chunk) {
    const data = this.rest === null ? chunk : Buffer.concat([this.rest, chunk]);
    const end = data.indexOf(HEADERS_END);
    if (end >= 0) {
      const head = data.latin1Slice(0, end);
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(`the server answered ${head.split('\r\n', 1)[0]}`);
      const length = /content-length: (\d+)/i.exec(head);
      const whole = length ? data.length >= end + 4 + Number(length[1]) : data.includes('0\r\n\r\n', end);
      if (whole) {
        this.rest = null;
        this.done();
        return;
      }
    }
    this.rest = data;
  }
}

export class Load {
  constructor(port, connections = 32) {
    this.clients = Array.from({ length: connections }, (_, i) => new Client(port, `/items/${i}`));
  }

  /** Requests per second and the 99th percentile of their latency in milliseconds, over `ms` of load. */
  async burst(ms) {
    await Promise.all(this.clients.map((c) => c.ready));
    const latencies = [];
    const started = performance.now();
    // A server pays for waking a client that sleeps, and only a server that is a little slower finds it asleep.
    let awake = setImmediate(function stay() {
      awake = setImmediate(stay);
    });
    await Promise.all(
      this.clients.map(
        (client) =>
          new Promise((resolve) => {
            const next = () => {
              const at = performance.now();
              if (at - started >= ms) {
                resolve();
                return;
              }
              client.ask(() => {
                latencies.push(performance.now() - at);
                next();
              });
            };
            next();
          }),
      ),
    );
    clearImmediate(awake);
    const seconds = (performance.now() - started) / 1000;
    latencies.sort((a, b) => a - b);
    return { rps: latencies.length / seconds, p99: latencies[Math.floor(latencies.length * 0.99)] };
  }

  end() {
    for (const client of this.clients) {
      client.ended = true;
      client.socket.destroy();
    }
  }
}
