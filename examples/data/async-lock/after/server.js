// Printers. One job at a time: who comes while a printer is busy waits.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { shadow } from 'livepatch/data';

const printers = Array.from({ length: Number(process.env.OBJECTS ?? 100_000) }, () => ({ busy: false, jobs: 0 }));
export const all = () => printers;

const lock = shadow('printers.lock');

async function print(printer) {
  const queue = lock.getOrAlloc(printer, () => ({ last: null }));
  const { last } = queue;
  const { promise, resolve } = Promise.withResolvers();
  queue.last = promise;
  await last;
  // Older code knows the flag only: it is respected, and set.
  while (printer.busy) await sleep(1);
  printer.busy = true;
  const jobs = ++printer.jobs;
  await sleep(1); // the paper
  printer.busy = false;
  resolve();
  return { printed: true, alone: printer.jobs === jobs };
}

const server = createServer(async (request, response) => {
  response.end(`${JSON.stringify(await print(printers[Number(request.url.slice(1))]))}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`printers: http://127.0.0.1:${server.address().port}`));
