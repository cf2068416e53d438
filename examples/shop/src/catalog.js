export const PRODUCTS = [
  { id: 1, name: 'Teapot', cents: 2400 },
  { id: 2, name: 'Kettle', cents: 5900 },
  { id: 3, name: 'Cup', cents: 900 },
  { id: 4, name: 'Tray', cents: 3100 },
  { id: 5, name: 'Sieve', cents: 700 },
];

export const CUSTOMERS = [
  { name: 'Ada', email: 'ada@shop.example', card: '4242 **** **** 1815' },
  { name: 'Grace', email: 'grace@shop.example', card: '4242 **** **** 1906' },
  { name: 'Barbara', email: 'barbara@shop.example', card: '4242 **** **** 1939' },
];

export function productOf(id) {
  return PRODUCTS.find((product) => product.id === id);
}

/** Stands in for a database: the answer takes its time. */
export function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

export async function search(word) {
  await wait(50 + (word.length % 6) * 50);
  return PRODUCTS.filter((product) => product.name.toLowerCase().includes(word));
}

/** The rows of an export, one at a time, as a cursor gives them. */
export async function* rows(count) {
  for (let row = 1; row <= count; row++) {
    await wait(60);
    const product = PRODUCTS[row % PRODUCTS.length];
    yield { row, product: product.name, cents: product.cents };
  }
}
