/** Consumers as programs have them, over what Node and npm give them to wait for: they go over and back, and lose nothing. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { program } from '../build/harness.ts';
import { assertContinuous, run } from './driver.ts';
import type { Run } from './driver.ts';

const { resolve } = createRequire(import.meta.url);
const REQUIRE = `const fromHere = require('node:module').createRequire(${JSON.stringify(import.meta.url)});\n`;

/** `feed` gives the consumer one thing more; what it says is `OLD` and the number of the thing. */
const CONSUMERS: Readonly<Record<string, string>> = {
  'a socket, as an async iterator': `
    const net = require('node:net');
    async function serve(socket) {
      for await (const chunk of socket) {
        for (const x of chunk.toString().trim().split('\\n')) say('OLD', x);
        socket.write('seen\\n');
      }
    }
    exports.start = () => {
      const server = net.createServer((socket) => { serve(socket).catch(() => {}); }).listen(0, () => {
        const client = net.connect(server.address().port);
        client.resume();
        let n = 0, waits = true;
        client.on('connect', () => { waits = false; }).on('data', () => { waits = false; });
        exports.feed = () => { if (!waits) { waits = true; client.write(n++ + '\\n'); } };
        exports.stop = () => { client.destroy(); server.close(); };
      });
    };`,
  'readline, over a stream': `
    const readline = require('node:readline');
    const { PassThrough } = require('node:stream');
    const input = new PassThrough();
    async function follow(lines) { for await (const line of lines) say('OLD', line); }
    exports.start = () => follow(readline.createInterface({ input, crlfDelay: Infinity }));
    let n = 0;
    exports.feed = () => input.write(n++ + '\\n');
    exports.stop = () => input.end();`,
  'events.on': `
    const { EventEmitter, on } = require('node:events');
    const emitter = new EventEmitter(), stopped = new AbortController();
    async function follow(how) { for await (const [x] of on(emitter, 'thing', how)) say('OLD', x); }
    exports.start = () => follow({ signal: stopped.signal }).catch(() => {});
    let n = 0;
    exports.feed = () => emitter.emit('thing', n++);
    exports.stop = () => stopped.abort();`,
  'a web stream': `
    let n = 0, controller;
    const stream = new ReadableStream({ start(c) { controller = c; } });
    async function follow(reader) { while (true) { const { value, done } = await reader.read(); if (done) return; say('OLD', value); } }
    exports.start = () => follow(stream.getReader());
    exports.feed = () => controller.enqueue(n++);
    exports.stop = () => controller.close();`,
  'a stream through async generators': `
    const { Readable, pipeline } = require('node:stream');
    let n = 0;
    const source = new Readable({ objectMode: true, read() {} });
    async function* number(items) { for await (const item of items) yield ['OLD', item]; }
    exports.start = () => pipeline(source, number, async (items) => { for await (const [version, item] of items) say(version, item); }, () => {});
    exports.feed = () => source.push(n++);
    exports.stop = () => source.push(null);`,
  'p-queue': `${REQUIRE}
    const { default: PQueue } = fromHere('p-queue');
    const queue = new PQueue({ concurrency: 1 });
    let on = true;
    async function handle(x) { await turn(); say('OLD', x); }
    async function pump() { for (let x = 0; on; x++) { await queue.onSizeLessThan(1); await turn(); void queue.add(() => handle(x)); } }
    exports.start = pump;
    exports.stop = () => { on = false; };`,
  fastq: `${REQUIRE}
    const fastq = fromHere('fastq');
    let on = true;
    async function handle(x) { await turn(); say('OLD', x); }
    const queue = fastq.promise((x) => handle(x), 1);
    async function pump() { for (let x = 0; on; x++) await queue.push(x); }
    exports.start = pump;
    exports.stop = () => { on = false; };`,
};

async function says(r: Run, version: string): Promise<void> {
  for (const { length } = r.said; !r.said.slice(length).some((line) => line.startsWith(version));) await r.turn();
}

for (const [name, text] of Object.entries(CONSUMERS)) {
  test(`there and back: ${name}`, async (t) => {
    const r = await run(`${text}
      const wake = exports.turn;
      exports.turn = () => { exports.feed?.(); wake(); };`);
    t.after(async () => {
      delete r.program.exports['feed'];
      r.program.exports['stop']();
      await r.turn(3);
      r.program.clean();
    });
    await says(r, 'OLD');
    await r.until(r.program.apply());
    await says(r, 'NEW');
    await r.until(r.program.revert());
    await says(r, 'OLD');
    assertContinuous(r.said);
  });
}

interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly by?: string;
}

/** Answers each line with the next batch, in its own time. */
async function broker(): Promise<{ readonly fetch: () => Promise<Batch[]>; readonly stop: () => void }> {
  let offset = 0;
  const server = createServer((socket) => {
    socket.on('data', () => {
      setImmediate(() => socket.write(`${JSON.stringify({ topic: 't', partition: 0, offset: offset++ })}\n`));
    });
  }).listen(0);
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port);
  const lines = createInterface({ input: socket });
  return {
    fetch: async () => {
      socket.write('fetch\n');
      const [line] = (await once(lines, 'line')) as [string];
      return [JSON.parse(line) as Batch];
    },
    stop: () => {
      socket.destroy();
      server.close();
    },
  };
}

test("there and back: the loop of kafkajs's own that asks a broker for batches", async (t) => {
  const source = dirname(resolve('kafkajs')).concat('/src');
  const read = (file: string): string => readFileSync(join(source, file), 'utf8');
  const files = {
    'consumer/fetcher.js': read('consumer/fetcher.js'),
    'consumer/worker.js': read('consumer/worker.js'),
    'consumer/workerQueue.js': read('consumer/workerQueue.js'),
    'utils/sharedPromiseTo.js': read('utils/sharedPromiseTo.js'),
  };
  const line = 'const availableBatches = filterUnassignedBatches(batches)';
  assert.ok(files['consumer/fetcher.js'].includes(line));
  const p = await program(files, {
    'consumer/fetcher.js': files['consumer/fetcher.js'].replace(line, `${line}.map((batch) => ({ ...batch, by: 'NEW' }))`),
  });
  const kafka = await broker();
  const said: string[] = [];
  const says = async (version: string): Promise<void> => {
    for (const { length } = said; !said.slice(length).some((words) => words.startsWith(version));) {
      if (failed) throw failed;
      await new Promise((resolved) => setImmediate(resolved));
    }
  };
  const handler = async ({ by = 'OLD', offset }: Batch): Promise<void> => {
    await new Promise((resolved) => setImmediate(resolved));
    said.push(`${by} ${offset}`);
  };
  const load = (name: string): ((options: object) => unknown) => p.load(`consumer/${name}.js`) as unknown as (options: object) => unknown;
  const fetcher = (p.exports as unknown as (options: object) => { start(): Promise<void>; stop(): Promise<void> })({
    nodeId: 1,
    workerQueue: load('workerQueue')({ workers: [load('worker')({ handler, workerId: 0 })] }),
    partitionAssignments: new Map(),
    fetch: kafka.fetch,
    logger: { namespace: () => ({ info: () => {} }) },
  });
  const running = fetcher.start();
  let failed: unknown = null;
  running.catch((error: unknown) => (failed = error));
  t.after(async () => {
    await fetcher.stop();
    await running.catch(() => {});
    kafka.stop();
    p.clean();
  });
  await says('OLD');
  await p.apply();
  await says('NEW');
  await p.revert();
  await says('OLD');
  assertContinuous(said);
});
