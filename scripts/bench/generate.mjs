/** Programs of any size, the same ones each time. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function moduleText(index, functions, esm, imports) {
  const lines = imports.map((i, n) =>
    esm ? `import { f0 as d${n} } from './m${i}.mjs';` : `const { f0: d${n} } = require('./m${i}.cjs');`,
  );
  for (let f = 0; f < functions; f++) {
    switch (f % 5) {
      case 0:
        lines.push(
          `${esm ? 'export ' : ''}function f${f}(a, b = ${f}) {\n  // Adds what the options say to what it was given.\n  if (a > b) return a - b;\n  return [a, b].map((x) => x + ${index}).reduce((x, y) => x + y, 0);\n}`,
        );
        break;
      case 1:
        lines.push(
          `async function f${f}(request, { limit = 10, ...rest } = {}) {\n  const found = await f${f - 1}(request.id, limit);\n  return { found, rest };\n}`,
        );
        break;
      case 2:
        lines.push(
          `class C${f} {\n  #value = ${f};\n  constructor(name) {\n    this.name = name;\n  }\n  get value() {\n    return this.#value;\n  }\n  handle(event) {\n    return \`\${this.name}:\${event.type}:\${this.#value}\`;\n  }\n}`,
        );
        break;
      case 3:
        lines.push(
          `const f${f} = (list) => list.filter((x) => x !== undefined && x.kind === 'k${f}').map(({ name, size }) => ({ name, size: size * 2 }));`,
        );
        break;
      default:
        lines.push(
          `function f${f}(state, action) {\n  switch (action.type) {\n    case 'add':\n      return { ...state, items: [...state.items, action.item] };\n    case 'remove':\n      return { ...state, items: state.items.filter((i) => i.id !== action.id) };\n    default:\n      return state;\n  }\n}`,
        );
    }
  }
  lines.push(`${esm ? 'export const value' : 'exports.f0 = f0;\nexports.value'} = f0(${index});`);
  return `${lines.join('\n\n')}\n`;
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
export function calls(n) {
  const time = (f) => { const t = process.hrtime.bigint(); let x = 0; for (let i = 0; i < n; i++) x = f(x); return Number(process.hrtime.bigint() - t) / n; };
  const patched = (m) => { const t = process.hrtime.bigint(); let x = 0; for (let i = 0; i < m; i++) x = hot(x); return Number(process.hrtime.bigint() - t) / m; };
  const direct = (m) => { const t = process.hrtime.bigint(); let x = 0; for (let i = 0; i < m; i++) x = same(x); return Number(process.hrtime.bigint() - t) / m; };
  const pairs = [];
  for (let i = 0; i < 15; i++) pairs.push([patched(n), direct(n)]);
  return pairs.slice(4).map(([p, d]) => p - d);
}`);
  const file = join(folder, 'patched.mjs');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
