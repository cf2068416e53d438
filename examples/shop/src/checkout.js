import { wait } from './catalog.js';
import { price } from './pricing.js';

/** Takes the goods off the shelf: slow, and between two looks at the price. */
async function reserve(items) {
  await wait(50 + items.length * 50);
}

export async function checkout(req, res) {
  const { items } = req.session;
  const quoted = price(items);
  await reserve(items);
  const charged = price(items);
  await wait(30);
  const receipt = price(items);
  res.json({ quoted, charged, receipt, by: 'checkout v1' });
}
