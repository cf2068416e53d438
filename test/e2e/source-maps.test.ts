/** Source maps of programs and patches; those that lie, or are none: stack traces are those of Node, which fall back to the text that was built. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { encode } from '@jridgewell/sourcemap-codec';
import type { SourceMapSegment } from '@jridgewell/sourcemap-codec';
import { transformSync } from 'esbuild';
import { root } from '../../scripts/nodes.mjs';
import { Bench } from '../e2e-support/program.ts';

const code = (more = ''): string =>
  `exports.outer = function outer(n) { if (n > 1) { return inner(n); } return 0; };
function inner(n) {
  const a = n + 1;
${more}  throw new Error('thrown ' + a);
}
function big(n) { return n; }
`;
const mappings = (change: (segment: number[]) => number[] = (segment) => segment, begin = 0): string => {
  const lines = code().split('\n');
  return encode(
    lines.map((text, line) =>
      text === '' || line < begin
        ? []
        : [
            [0, 0, line, 0],
            [10, 0, line, 12],
            [30, 0, line, 33],
          ].map((segment) => change(segment) as SourceMapSegment),
    ),
  );
};
const good = { version: 3, sources: ['a.ts'], sourcesContent: [code('  // typed\n')], names: [], mappings: mappings() };
const inline = (map: unknown): string => `data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
const comment = (url: string): string => `//# sourceMappingURL=${url}\n`;

const maps: Readonly<Record<string, unknown>> = {
  good,
  'beyond its source': { ...good, mappings: mappings(([at, source, line, column]) => [at!, source!, line! + 5000, column!]) },
  'of another file': { ...good, sources: ['/etc/hostname'], sourcesContent: ['other'] },
  'without sources that are there': { ...good, sources: ['gone.ts'], sourcesContent: undefined },
  'with empty sources': { ...good, sourcesContent: [null] },
  'of sections': { version: 3, sections: [{ offset: { line: 0, column: 0 }, map: good }] },
  'with a source too few': { ...good, mappings: mappings(([at, , line, column]) => [at!, 7, line!, column!]) },
  'ahead of its source': { ...good, mappings: 'DDDD;DDDD;DDDD;DDDD' },
  'that begins late': { ...good, mappings: mappings(undefined, 3) },
  'with gaps': { ...good, mappings: mappings(([at, source, line, column]) => (at === 30 ? [at] : [at!, source!, line!, column!])) },
  'behind the text': { ...good, mappings: ';'.repeat(10_000) + mappings() },
  'of no letters': { ...good, mappings: '!!!,;;???' },
  'of a number': { ...good, mappings: 5 },
  'without mappings': { version: 3, sources: ['a.ts'], names: [] },
  'without a list of sources': { version: 3, names: [], mappings: mappings() },
  'with text for sources': { ...good, sources: 'a.ts' },
  'that is null': null,
  'that is a list': [],
};
const texts: Readonly<Record<string, string>> = {
  'half JSON': code('') + comment(`data:application/json;base64,${Buffer.from('{"version":3,').toString('base64')}`),
  'no URI': code('') + comment('data:application/json,%E0%A4%A'),
  'a folder': code('') + comment('.'),
  'no file': code('') + comment('nowhere.map'),
  bytes: code('') + comment('bytes.map'),
  'another kind': code('') + comment('data:text/plain;base64,AAAA'),
  'two, of which the last counts': code(comment(inline({ ...good, sources: ['first.ts'] }))) + comment(inline(good)),
  'taken back': code('') + comment(inline(good)) + comment(''),
  'close to the marks': `${code('')}//#sourceMappingURL=${inline(good)}\n`,
};

/** Prints the first frames of an error out of each module. */
const ASK = `const { readdirSync } = require('node:fs');
for (const file of readdirSync(__dirname).filter((name) => name.endsWith('.js'))) {
  try {
    require('./' + file).outer(2);
  } catch (error) {
    console.log(file, error.stack.split('\\n').slice(0, 3).map((line) => line.trim()).join(' | '));
  }
}
`;

function ask(folder: string, args: readonly string[], env: Readonly<Record<string, string>>): string[] {
  const options = { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' } as const;
  return execFileSync(process.execPath, ['--enable-source-maps', ...args, `${folder}/ask.cjs`], options)
    .trim()
    .split('\n');
}

test('frames are those of Node without livepatch', (t) => {
  const bench = new Bench(t);
  const files: Record<string, string> = { 'ask.cjs': ASK, 'bytes.map': '\u0000\uFFFD\u0001' };
  for (const [name, map] of Object.entries(maps)) files[`${name}.js`] = code() + comment(inline(map));
  for (const [name, text] of Object.entries(texts)) files[`${name}.js`] = text;
  const folder = bench.tree('maps', files);
  const env = { LIVEPATCH_RUNTIME_DIR: bench.path('run'), LIVEPATCH_CACHE: bench.path('cache') };
  const plain = ask(folder, [], env);
  assert.equal(plain.length, Object.keys(files).length - 2);
  assert.deepEqual(ask(folder, ['--import', 'livepatch/register'], env), plain);
});

test('what a text holds that looks like the address of a map stays as it is', (t) => {
  const bench = new Bench(t);
  const text =
    "console.log(JSON.stringify((name => `//# sourceMappingURL=${name}.map`)('a') +\n`\n//# sourceMappingURL=b.map\n`));\nfunction f() {}\n";
  const folder = bench.tree('texts', { 'ask.cjs': text.replace('`)(', '\n`)(') });
  const env = { LIVEPATCH_RUNTIME_DIR: bench.path('run'), LIVEPATCH_CACHE: bench.path('cache') };
  assert.deepEqual(ask(folder, ['--import', 'livepatch/register'], env), ask(folder, [], env));
});

test('a patch of code whose map lies', async (t) => {
  const bench = new Bench(t);
  const files = (word: string): Record<string, string> => ({
    'package.json': '{ "name": "app", "version": "1.0.0" }',
    'server.js': `const { answer } = require('./lib.js');
const server = require('node:http').createServer((request, response) => {
  try { answer(); } catch (error) { response.end(error.stack); }
}).listen(0, '127.0.0.1', () => console.log('listening on :' + server.address().port));
`,
    'lib.js': `exports.answer = function answer() { return check('${word}'); };
function check(word) { throw new Error('said ' + word); }
${comment(inline(maps['beyond its source']))}`,
  });
  const from = bench.tree('old', files('old'));
  const to = bench.tree('new', files('new'));
  const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', bench.path('fix.klp'));
  assert.equal(built.code, 0, built.stdout + built.stderr);
  const program = await bench.start(`${from}/server.js`, { env: { NODE_OPTIONS: '--enable-source-maps' } });
  assert.match(await program.get('/'), /^Error: said old\n +at check \(.*a\.ts:5002:/);
  assert.equal((await bench.livepatch('apply', bench.path('fix.klp'), program.pid)).code, 0);
  const [message, check, answer] = (await program.get('/')).split('\n');
  assert.equal(message, 'Error: said new');
  assert.match(check!, /at check \(.*a\.ts:5002:/);
  assert.match(answer!, /at answer \(.*a\.ts:5001:/, 'as Node has it without a patch');
});

/** Functions of several kinds, one of them new, which throw where their name says; `more` stands above and between them. */
const shop = (more: string): string => `interface Item { name: string }
${more}
const fail = (what: string): never => { throw new Error(what); };

export class Shop {
  private items: Item[] = [];
  ${more}
  method(item: Item): number {
    this.items.push(item);
    ${more}
    if (this.items.length > 0) throw new Error('in method${more.length}');
    return 1;
  }
}

export const arrow = (item: Item): number => {
  ${more}
  if (item) throw new Error('in arrow${more.length}');
  return 1;
};

export async function waits(item: Item): Promise<number> {
  await null;
  ${more}
  return ${more ? 'added' : 'fail'}(item.name);
}
${more ? `\n\nfunction added(name: string): number {\n  throw new Error('in added' + name);\n}` : ''}
`;

for (const flags of [['--enable-source-maps'], []])
  test(`errors of new code name the lines of the new ${flags.length > 0 ? 'source, where its map leads' : 'file'}`, async (t) => {
    const bench = new Bench(t);
    const files = (more: string): Record<string, string> => {
      const options = { loader: 'ts', format: 'cjs', sourcemap: true, sourcefile: '../src/shop.ts' } as const;
      const { code: text, map } = transformSync(shop(more), options);
      return {
        'package.json': '{ "name": "app", "version": "1.0.0" }',
        'dist/server.js': `const { Shop, arrow, waits } = require('./shop.js');
const calls = { method: (item) => new Shop().method(item), arrow, waits };
require('node:http').createServer(async (request, response) => {
  const stacks = [];
  for (const call of Object.values(calls)) try { await call({ name: 'x' }); } catch (error) { stacks.push(error.stack); }
  response.end(JSON.stringify(stacks));
}).listen(0, '127.0.0.1', function () { console.log('listening on :' + this.address().port); });
`,
        'dist/shop.js': `${text}//# sourceMappingURL=shop.js.map\n`,
        'dist/shop.js.map': map,
      };
    };
    const from = bench.tree('old', files(''));
    const to = bench.tree('new', files('// more\n  // than there was\n'));
    const env = { NODE_OPTIONS: flags.join(' ') };
    /** What each error says, and where it was thrown: the name of the file, its line and its column. */
    const thrown = async (program: { get(path: string): Promise<string> }): Promise<unknown> =>
      (JSON.parse(await program.get('/')) as string[]).map((stack) => {
        const [message, first] = stack.split('\n');
        return [message, /([^/]+?)(?:\?livepatch=fix[^:]*)?(:\d+:\d+)\)?$/.exec(first!)?.slice(1).join('')];
      });
    const fresh = await thrown(await bench.start(`${to}/dist/server.js`, { env }));
    const program = await bench.start(`${from}/dist/server.js`, { env });
    const before = await thrown(program);
    const built = await bench.livepatch('build', '--from', from, '--to', to, '-o', bench.path('fix.klp'));
    assert.equal(built.code, 0, built.stdout + built.stderr);
    assert.match(built.stdout, / src\/shop\.ts:\d+ /);
    assert.equal((await bench.livepatch('apply', bench.path('fix.klp'), program.pid)).code, 0);
    assert.deepEqual(await thrown(program), fresh);
    assert.match(JSON.stringify(fresh), flags.length > 0 ? /shop\.ts/ : /shop\.js/);
    assert.notDeepEqual(before, fresh);
  });
