// Sessions of users, with the number of their visits.
import { createServer } from 'node:http';

export class Session {
  visits = 0;
  #first = Date.now();

  constructor(user) {
    this.user = user;
  }

  visit() {
    this.visits++;
    return { user: this.user, visits: this.visits, first: this.#first };
  }
}

const sessions = [];
export const all = () => sessions;

for (let i = 0; i < Number(process.env.OBJECTS ?? 100_000); i++) sessions.push(new Session(`user ${i}`));

const server = createServer((request, response) => {
  const [, first, count] = request.url.split('/').map(Number);
  response.end(`${JSON.stringify(sessions.slice(first, first + count).map((session) => session.visit()))}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`sessions: http://127.0.0.1:${server.address().port}`));
