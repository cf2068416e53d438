import express from 'express';
import { CUSTOMERS, PRODUCTS, productOf, rows, search } from './catalog.js';
import { checkout } from './checkout.js';
import { liveChat } from './live.js';
import { currencies } from './pricing.js';
import { adminsOnly, saveProfile } from './profile.js';
import { sessions } from './sessions.js';

const app = express();
app.use(sessions());
app.use(express.json());
app.use(express.text({ type: 'application/json5' }));

app.get('/products', (req, res) => res.json({ products: PRODUCTS, currencies: currencies() }));
app.get('/products/:id', (req, res) => {
  const product = productOf(Number(req.params.id));
  if (product) res.json(product);
  else res.status(404).json({ error: 'no such product' });
});
app.get('/search', async (req, res) => {
  res.json({ found: await search(String(req.query.q)) });
});
app.put('/cart', (req, res) => {
  req.session.items = req.body.items;
  res.json({ items: req.session.items.length });
});
app.post('/checkout', checkout);
app.put('/profile', saveProfile);
app.get('/admin/customers', adminsOnly, (req, res) => res.json({ customers: CUSTOMERS }));
app.get('/export', async (req, res) => {
  res.type('application/x-ndjson');
  for await (const row of rows(10)) res.write(`${JSON.stringify(row)}\n`);
  res.end();
});
app.get('/health', (req, res) => res.json({ pid: process.pid, uptime: process.uptime() }));

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`shop: http://127.0.0.1:${server.address().port}`);
});
server.keepAliveTimeout = 60_000;
liveChat(server);
