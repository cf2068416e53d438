// What calls the program from outside stands in its stack traces, and async_hooks count as if nobody had used them.
import { AsyncResource, executionAsyncId } from 'node:async_hooks';
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns';
import { readFile } from 'node:fs';
import { createServer, get } from 'node:http';
import { Worker } from 'node:worker_threads';
import { gzip } from 'node:zlib';
Error.stackTraceLimit = 50;
const callers = () =>
  new Error('here').stack
    .split('\n')
    .slice(2)
    .filter((line) => !line.includes('outside.mjs'))
    .map((line) => line.trim())
    .join(' | ');
const called = (begin) => new Promise((resolve) => begin(() => resolve(callers())));
console.log('file', await called((f) => readFile(import.meta.filename, f)));
console.log('zlib', await called((f) => gzip('x', f)));
console.log('process', await called((f) => spawn('true').on('exit', f)));
console.log('name', await called((f) => lookup('127.0.0.1', f)));
console.log('timer', await called((f) => setTimeout(f, 1)));
console.log('immediate', await called((f) => setImmediate(f)));
console.log('tick', await called((f) => process.nextTick(f)));
console.log('microtask', await called((f) => queueMicrotask(f)));
// It waits for an answer: what a worker said before it ended can come from its end.
const worker = new Worker('const { parentPort } = require("node:worker_threads"); parentPort.on("message", () => {}); parentPort.postMessage(1)', { eval: true });
console.log('worker', await called((f) => worker.on('message', f)));
await worker.terminate();
const server = createServer();
await new Promise((f) => server.listen(0, f));
const request = called((f) => server.once('request', (_, response) => (f(), response.end())));
console.log('response', await called((f) => get({ port: server.address().port, agent: false }, (response) => (f(), response.resume()))));
console.log('request', await request);
server.close();
console.log('resource', new AsyncResource('x').runInAsyncScope(() => callers()));
await null;
console.log('after an await', executionAsyncId());
await Promise.resolve().then(() => console.log('in a reaction', executionAsyncId()));
