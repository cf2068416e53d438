// Orders, each with its total in cents; those that were placed before are in dollars.
import { createServer } from 'node:http';
import { has } from 'livepatch/data';

export class Order {
  constructor(number, dollars) {
    this.number = number;
    this.cents = Math.round(dollars * 100);
  }
}

/** What an order comes to, in cents. */
export function cents(order) {
  return has(order, 'v2') ? order.cents : Math.round(order.dollars * 100);
}

const orders = [];
export const all = () => orders;

export function place(dollars) {
  const order = new Order(orders.length, dollars);
  orders.push(order);
  return order;
}

for (let i = Number(process.env.OBJECTS ?? 100_000); i > 0; i--) place((orders.length % 1000) / 100);

const server = createServer((request, response) => {
  const [, number, dollars, count] = request.url.split('/');
  const answer = [];
  if (request.method === 'POST') for (let i = 0; i < count; i++) answer.push(place(Number(dollars)));
  else answer.push(orders[number]);
  response.end(`${JSON.stringify(answer.map((order) => ({ number: order.number, cents: cents(order) })))}\n`);
});
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(`orders: http://127.0.0.1:${server.address().port}`));
