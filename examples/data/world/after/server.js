// Leases that end some time after they were taken out; the time in seconds.
import { createServer } from 'node:http';

export class Lease {
  constructor(milliseconds) {
    this.seconds = milliseconds / 1000;
  }

  endsWithin(seconds) {
    return this.seconds <= seconds;
  }

  extend(seconds) {
    this.seconds += seconds;
    return this.seconds;
  }
}

const leases = [];
export const all = () => leases;

for (let i = 0; i < Number(process.env.OBJECTS ?? 100_000); i++) leases.push(new Lease(1000 * i));

const server = createServer((request, response) => {
  const [, number, seconds] = request.url.split('/').map(Number);
  const lease = leases[number];
  response.end(`${JSON.stringify({ seconds: lease.extend(seconds), ended: lease.endsWithin(0) })}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`leases: http://127.0.0.1:${server.address().port}`));
