/** What a module starts in threads and processes of their own is found where its file is named on the spot. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestsOf } from '../../src/source/requests.ts';
import type { ProgramPath } from '../../src/source/programs.ts';

const found = (text: string): readonly ProgramPath[] =>
  requestsOf(text, text.includes('import.meta') ? 'module' : 'commonjs', '/a.js').programs;

const module = (path: string): ProgramPath => ({ from: 'module', path });

const CASES: readonly (readonly [text: string, expected: ProgramPath | null])[] = [
  ["new Worker(new URL('./w.js', import.meta.url))", module('./w.js')],
  ["new threads.Worker(new URL('../w.js', import.meta.url), { workerData: 1 })", module('../w.js')],
  ["new Worker(fileURLToPath(new URL('./w.js', import.meta.url)))", module('./w.js')],
  ['new Worker(`./w.js`)', { from: 'process', path: './w.js' }],
  ["new Worker('/srv/w.js')", { from: 'process', path: '/srv/w.js' }],
  ["fork('./child.js', [], {})", { from: 'process', path: './child.js' }],
  ["child_process.fork(require.resolve('pkg/child'))", { from: 'require', path: 'pkg/child' }],
  ["new Worker(path.join(__dirname, 'lib', 'w.js'))", module('./lib/w.js')],
  ["new Worker(resolve(__dirname, '../w.js'))", module('./../w.js')],
  ["new Worker(__dirname + '/w.js')", module('./w.js')],
  ['new Worker(`${__dirname}/w.js`)', module('./w.js')],
  ["new Worker(join(import.meta.dirname, 'w.js'))", module('./w.js')],
  ["new Worker('postMessage(1)', { eval: true })", null],
  ["new Worker(new URL('data:text/javascript,'), import.meta.url)", null],
  ["new Worker(new URL('./w.js', base))", null],
  ['new Worker(`./${name}.js`)', null],
  ["new Worker(join(__dirname, name, 'w.js'))", null],
  ['new Worker(file)', null],
  ["new Pool('./w.js')", null],
  ["spoon('./w.js')", null],
  ['new Worker()', null],
];

for (const [text, expected] of CASES)
  test(text, () => {
    assert.deepEqual(found(text), expected === null ? [] : [expected]);
    assert.deepEqual(found(`export const f = () => ${text}; import.meta;`), expected === null ? [] : [expected], 'wherever it stands');
  });
