// Printers. One job at a time: who comes while a printer is busy is sent away.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const printers = Array.from({ length: Number(process.env.OBJECTS ?? 100_000) }, () => ({ busy: false, jobs: 0 }));
export const all = () => printers;

async function print(printer) {
  if (printer.busy) return { printed: false };
  printer.busy = true;
  const jobs = ++printer.jobs;
  await sleep(1); // the paper
  printer.busy = false;
  return { printed: true, alone: printer.jobs === jobs };
}

const server = createServer(async (request, response) => {
  response.end(`${JSON.stringify(await print(printers[Number(request.url.slice(1))]))}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`printers: http://127.0.0.1:${server.address().port}`));
