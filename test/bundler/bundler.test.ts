/** A small real server as a bundle: instrumented as it is built, patched live from two bundles. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { CachedModule, encodeModule } from '../../src/node/cache/cached-module.ts';
import { madeOf } from '../e2e-support/made.ts';
import { Bench } from '../e2e-support/program.ts';
import { ours, theirs } from './bundlers.ts';

const server = (greeting: string) => ({
  'package.json': '{ "name": "app", "version": "1.0.0", "type": "module" }',
  'server.js': `import { createServer } from 'node:http';
import { page } from './page.js';
let count = 0;
const server = createServer((request, response) => {
  page(request.url, ++count).then((text) => response.end(text));
});
server.listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
  'page.js': `import { greet } from './greet.js';
import { greet as part } from './part.js';
export async function page(url, count) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return greet(url) + part(count);
}
`,
  'greet.js': `export function greet(url) { return ${greeting}; }\n`,
  // The same name as in another module: the bundler renames one of them.
  'part.js': "export function greet(count) { return ' #' + count; }\n",
});

/** So that it shows whether the form beside a bundle is what runs. */
function markSidecar(bundle: string): void {
  const file = `${bundle}.livepatch`;
  const bytes = readFileSync(file);
  const end = bytes.indexOf(10) + 1;
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as { readonly entry: number };
  const made = madeOf(CachedModule.at(bytes, end, head.entry)!, bytes.toString('latin1', end + head.entry));
  assert.match(made.text, /hello/);
  const marked = encodeModule({ ...made, text: made.text.replace('hello', 'HELLO') }, null);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, end), marked.entry, Buffer.from(marked.text as string, 'latin1')]));
}

const FOLDER = process.env['LIVEPATCH_BUNDLERS'];
const bundlers = FOLDER === undefined ? ours : await theirs(FOLDER);

for (const [name, { formats, bundle }] of Object.entries(bundlers)) {
  for (const format of formats) {
    test(`${name}, ${format}: the bundle loads without being instrumented anew, and is patched from two bundles`, async (t) => {
      const bench = new Bench(t);
      const file = format === 'esm' ? 'bundle.mjs' : 'bundle.cjs';
      const outputs: string[] = [];
      for (const [version, greeting] of Object.entries({ v1: "'hello ' + url", v2: "'good day ' + url" })) {
        const source = bench.tree(`src-${version}`, server(greeting));
        const dist = bench.tree(`dist-${version}`, { 'package.json': '{ "name": "app", "version": "1.0.0" }' });
        await bundle(`${source}/server.js`, `${dist}/${file}`, format);
        outputs.push(dist);
      }
      const [from, to] = outputs as [string, string];
      assert.ok(existsSync(`${from}/${file}.livepatch`));
      markSidecar(`${from}/${file}`);
      const program = await bench.start(`${from}/${file}`);
      assert.equal(await program.get('/a'), 'HELLO /a #1', 'the form beside the bundle was taken');
      const patch = bench.path('fix.klp');
      const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', patch, '--json');
      assert.equal(built.code, 0, built.stdout + built.stderr);
      const applied = await bench.livepatch('apply', patch, program.pid, '--json');
      assert.equal(applied.code, 0, applied.stdout + applied.stderr);
      assert.equal(await program.get('/a'), 'good day /a #2');
    });
  }
}

test('a bundle that was changed after it was built is instrumented as any module', async (t) => {
  const bench = new Bench(t);
  const source = bench.tree('src', server("'hello ' + url"));
  const dist = bench.tree('dist', { 'package.json': '{}' });
  await ours.esbuild.bundle(`${source}/server.js`, `${dist}/bundle.mjs`, 'esm');
  writeFileSync(`${dist}/bundle.mjs`, readFileSync(`${dist}/bundle.mjs`, 'utf8').replace('hello', 'servus'));
  const program = await bench.start(`${dist}/bundle.mjs`);
  assert.equal(await program.get('/a'), 'servus /a #1');
  assert.equal((await bench.doctor(program.pid)).process.modules, 1);
});
