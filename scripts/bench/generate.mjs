/** Programs of any size, the same ones each time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** About 500 bytes for each function, nested ones included, as in npm packages (webpack 740, express 540, semver 400). */
const FORMS = [
  (f) => `
/**
 * Finds what the options select among the entries, the newest first, and says how many there were in all.
 */
function f${f}(entries, options) {
  const { limit, since, kind } = Object.assign({ limit: 20, since: 0, kind: undefined }, options);
  const found = [];
  let total = 0;
  for (const entry of entries) {
    if (entry.time < since) continue;
    if (kind !== undefined && entry.kind !== kind) continue;
    total++;
    if (found.length < limit) found.push({ id: entry.id, title: String(entry.title).trim(), time: entry.time });
  }
  found.sort((a, b) => b.time - a.time);
  return { found, total, more: total > found.length };
}
`,
  (f) => `
async function f${f}(request, store) {
  const id = Number.parseInt(request.params.id, 10);
  if (!Number.isInteger(id) || id < 0) {
    return { status: 400, body: { error: 'The id must be a whole number', code: 'E_ID_${f}' } };
  }
  const record = await store.read('records', id);
  if (record === undefined) {
    return { status: 404, body: { error: 'There is no such record', code: 'E_MISSING_${f}' } };
  }
  // The version is sent along, so that a later write can tell whether it was read before another one.
  return { status: 200, body: { ...record, links: { self: '/records/' + id, next: '/records/' + (id + 1) } } };
}
`,
  (f) => `
class C${f} {
  #listeners = new Map();

  constructor(name, capacity) {
    this.name = name;
    this.capacity = capacity;
    this.dropped = 0;
  }

  on(type, listener) {
    const list = this.#listeners.get(type);
    if (list === undefined) this.#listeners.set(type, [listener]);
    else if (list.length < this.capacity) list.push(listener);
    else this.dropped++;
    return this;
  }

  /** Calls the listeners in the order in which they came, and goes on after one that throws. */
  emit(type, event) {
    const errors = [];
    for (const listener of this.#listeners.get(type) ?? []) {
      try {
        listener.call(this, event);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Listeners of ' + this.name + ' failed on ' + type);
  }
}
`,
  (f) => `
const f${f} = (items, rates) => {
  const totals = new Map();
  for (const { currency, amount, quantity } of items) {
    const rate = rates[currency];
    if (typeof rate !== 'number') throw new RangeError('No rate is known for ' + currency);
    totals.set(currency, (totals.get(currency) ?? 0) + Math.round(amount * quantity * rate * 100) / 100);
  }
  return [...totals].map(([currency, total]) => ({ currency, total, text: total.toFixed(2) + ' ' + currency }));
};
`,
];

function moduleText(index, functions, esm, imports) {
  const lines = imports.map((i, n) =>
    esm ? `import { f0 as d${n} } from './m${i}.mjs';\n` : `const { f0: d${n} } = require('./m${i}.cjs');\n`,
  );
  for (let f = 0; f < functions; f++) lines.push(FORMS[f % FORMS.length](f));
  // All are exported: what nothing refers to would be collected, as little of a package is.
  const names = Array.from({ length: functions }, (_, f) => (f % FORMS.length === 2 ? `C${f}` : `f${f}`)).join(', ');
  lines.push(
    esm ? `\nexport { ${names} };\nexport const value = ` : `\nObject.assign(exports, { ${names} });\nexports.value = `,
    `f0([{ id: ${index}, time: 1, title: 'one' }]).total;\n`,
  );
  return lines.join('');
}

/** Writes `modules` modules, every other one CommonJS; returns the path of the one that loads them all. */
export function writeProgram(folder, modules, functions) {
  mkdirSync(folder, { recursive: true });
  const lines = [`import { createRequire } from 'node:module';`, 'const require = createRequire(import.meta.url);'];
  for (let i = 0; i < modules; i++) {
    const esm = i % 2 === 0;
    const imports = i >= 2 ? [i - 2] : [];
    writeFileSync(join(folder, `m${i}.${esm ? 'mjs' : 'cjs'}`), moduleText(i, functions, esm, imports));
    lines.push(esm ? `import './m${i}.mjs';` : `require('./m${i}.cjs');`);
  }
  const main = join(folder, 'main.mjs');
  writeFileSync(main, `${lines.join('\n')}\nexport const work = () => 0;\n`);
  return main;
}

/** A module of `count` synchronous functions and `count` async ones, as many of which are called as `work` calls. */
export function writePatched(folder, count) {
  mkdirSync(folder, { recursive: true });
  const lines = [`import { createServer } from 'node:http';`];
  for (let i = 0; i < count; i++) {
    lines.push(`function sync${i}(list) { let s = ${i}; for (let i = 0; i < list.length; i++) s = (s * 31 + list[i]) | 0; return s; }`);
    lines.push(`async function async${i}(x) { const y = await x; return y + ${i}; }`);
  }
  const all = (kind) => Array.from({ length: count }, (_, i) => `${kind}${i}`).join(', ');
  lines.push(`const list = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3];
const syncs = [${all('sync')}];
const asyncs = [${all('async')}];
export function cpu() { let s = 0; for (let r = 0; r < 20; r++) for (const f of syncs) s += f(list); return s; }
export async function async() { let s = 0; for (const f of asyncs) s += await f(1); return s; }
let kind = cpu;
export const work = () => kind();
export const choose = (name) => { kind = { cpu, async }[name]; };
export function hot(x) { return x + 1; }
export function same(x) { return x + 1; }
export const serve = () => new Promise((resolve) => {
  const server = createServer((request, response) => {
    async().then((s) => { const body = String(s + cpu()); response.writeHead(200, { 'content-length': body.length }); response.end(body); });
  });
  server.listen(0, '127.0.0.1', () => resolve(server.address().port));
});
const control = () => globalThis[Symbol.for('livepatch.runtime')];
let release;
async function held(until) { await until; }
export const hold = () => { void held(new Promise((r) => (release = r))); };
export const letGo = () => release();
export const apply = async (text) => { const { result } = await control().apply(text, {}); return result; };
export const begin = (text) => { void control().apply(text, {}); return new Promise((r) => setTimeout(r, 50)); };
export const revert = (name) => control().revert(name, {}).then((o) => o.result);
const spent = () => { const { user, system } = process.threadCpuUsage(); return 1000 * (user + system); };
export function calls(n) {
  const patched = (m) => { const t = spent(); let x = 0; for (let i = 0; i < m; i++) x = hot(x); return (spent() - t) / m; };
  const direct = (m) => { const t = spent(); let x = 0; for (let i = 0; i < m; i++) x = same(x); return (spent() - t) / m; };
  const pairs = [];
  for (let i = 0; i < 15; i++) pairs.push([patched(n), direct(n)]);
  return pairs.slice(4).map(([p, d]) => p - d);
}`);
  const file = join(folder, 'patched.mjs');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
