/** Results of a function that has changed, which objects were given by methods, and functions by `bind`: they keep the old ones. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';
import type { Files } from './harness.ts';

async function told(files: Files, changed = 'index.js'): Promise<string[]> {
  const after = { ...files, [changed]: files[changed]!.replace("p + '/'", "p + '//'") };
  const { verdicts } = await build(files, after);
  return verdicts.flatMap(({ code, path, verdict }) => (verdict === 'warning' ? `${code} ${path}` : []));
}

const COMPILE = "function compile(p) { return p + '/'; }\n";
const ROUTE = `class Route {
  constructor(kind) { this.kind = kind; }
  set(m) { this.m = m; }
  add(m) { this.all.push(m); }
  put(m) { this.last = m; }
  begin(a, m) { this.m = m; }
  run() { return [this.kind, this.m, this.all.length, this.first]; }
  HERE
}
exports.Route = Route;
`;
const inRoute = (method: string): Files => ({ 'index.js': COMPILE + ROUTE.replace('HERE', method) });
const beside = (code: string): Files => ({
  'index.js': `${COMPILE}${ROUTE.replace('HERE', '')}exports.add = (route, p, more) => { ${code} };`,
});

test('what a method gives its object', async () => {
  assert.deepEqual(await told(inRoute('path(p) { this.m = compile(p); }')), ['instances-hold Route#path m']);
  for (const value of ['[p, compile(p)]', "'^' + compile(p)", '`^${compile(p)}`', 'compile(p).trim()', '{ m: compile(p) }'])
    assert.deepEqual(await told(inRoute(`path(p) { this.m = ${value}; }`)), ['instances-hold Route#path m'], value);
  const cases = [
    'path(p) { this.other = compile(p); }',
    // What a compiler makes of a generator.
    'path(p) { this.m = compile().mark(p); }',
    // What goes on from what it was.
    'path(p) { this.m = compile(this.m); }',
    'path(p) { this.m += compile(p); }',
    'path(p) { this.m = p; return compile(p); }',
  ];
  for (const method of cases) assert.deepEqual(await told(inRoute(method)), [], method);
});

test('what a method gives its object by variables and lists', async () => {
  for (const body of [
    'const m = compile(p); this.m = m;',
    'const m = this.other = compile(p); this.m = m;',
    "let m = p.split('/'); m = m.map((one) => [compile(one)]); m = m.filter(Boolean); this.m = m;",
    "this.m = p.split('/').map(compile);",
    "this.m = p.split('/').map(function (one) { return this.one(one); }, this);",
    "this.m = p.split('/').map(function (one) { return this.one(one); }.bind(this));",
    "this.m = p.split('/').map(this.one, this);",
    'this.m = Array.from(p, (one) => { return compile(one); });',
  ])
    assert.deepEqual(await told(inRoute(`path(p) { ${body} } one(p) { return compile(p); }`)), ['instances-hold Route#path m'], body);
  for (const body of [
    // What goes on from what it was.
    'const m = compile(this.m); this.m = m;',
    // What it is made with is another thing.
    'const reader = compile(p); this.m = reader.read();',
    "this.m = p.split('/').map((one) => { compile(one); return one; });",
    "this.m = p.split('/').some(compile);",
  ])
    assert.deepEqual(await told(inRoute(`path(p) { ${body} }`)), [], body);
});

test('what a function does that is put on a prototype by its name', async () => {
  const files = (body: string, kept = ''): Files => ({
    'index.js': `exports.Route = Route;
function Route(p) { this.p = p; this.make(); }
Route.prototype.make = make;
function make() { ${body} }
Route.prototype.compile = function (p) { return p + '/'; };
Route.prototype.run = function () { return this.m; };${kept}`,
  });
  assert.deepEqual(await told(files('this.m = this.compile(this.p);')), ['instances-hold make m']);
  assert.deepEqual(await told(files('this.m = this.other(this.p);')), []);
});

test('what a method is given that keeps it', async () => {
  for (const [code, path] of [
    ['route.set(compile(p))', 'm'],
    ['const m = compile(p); route.set(m)', 'm'],
    ['route.set(compile(p).trim())', 'm'],
    ['route.begin(p, compile(p))', 'm'],
    ['const own = new Route(); own.set(compile(p)); return own', 'm'],
    ['const own = new Route(); own.add(compile(p)); return own', 'all'],
  ] as const)
    assert.deepEqual(await told(beside(code)), [`instances-hold exports.add ${path}`], code);
  assert.deepEqual(await told(inRoute('path(p) { this.add(compile(p)); }')), ['instances-hold Route#path all']);
  const cases = [
    // It is another argument, or nobody reads what is kept.
    'route.begin(compile(p), 1)',
    'route.begin(...more, compile(p))',
    'route.put(compile(p))',
    // The method may be one of a set or a map.
    'route.add(compile(p))',
    'route.set(compile(p), 1)',
    'const own = { set(m) { return m; } }; own.set(compile(p))',
    'route.run(compile(p))',
    'route[more](compile(p))',
  ];
  for (const code of cases) assert.deepEqual(await told(beside(code)), [], code);
});

test('what a function is bound to', async () => {
  const run = 'const run = (m, x) => m + x;\n';
  const write = (code: string): Files => ({ 'index.js': `${COMPILE}${run}exports.make = (p, list) => { ${code} };` });
  for (const code of [
    'return run.bind(null, compile(p))',
    'const f = run.bind(null, compile(p)); return f',
    'list.push(run.bind(null, 1, compile(p)))',
  ])
    assert.deepEqual(await told(write(code)), ['capture-kept exports.make run'], code);
  for (const code of ['return run.bind(null, p)(compile(p))', 'run.bind(null, compile(p))(1)', 'return run.bind(compile(p), 1)'])
    assert.deepEqual(await told(write(code)), [], code);
});

test('what another module computes', async () => {
  const files = (code: string): Files => ({
    'index.js': `const { compile } = require('./compile');\n${ROUTE.replace('HERE', code)}`,
    'compile.js': `${COMPILE}exports.compile = compile;`,
  });
  assert.deepEqual(await told(files('path(p) { this.m = compile(p); }'), 'compile.js'), ['instances-hold Route#path m']);
  assert.deepEqual(await told(files('path(p) { this.set(compile(p)); }'), 'compile.js'), ['instances-hold Route#path m']);
});

test('what is done as the module loads is told of by itself', async () => {
  const codes = async (text: string): Promise<string[]> => (await told({ 'index.js': text })).map((one) => one.replace(/ .*/, ''));
  const route = ROUTE.replace('HERE', '');
  const code = 'const own = new Route(); own.set(compile(1)); exports.own = own;';
  assert.deepEqual(await codes(COMPILE + route + code), ['computed-at-load']);
  const bound = 'const run = (m, x) => m + x; exports.own = run.bind(null, compile(1));';
  assert.deepEqual(await codes(COMPILE + bound), ['computed-at-load']);
  const wrapped = (text: string): string => `(function () { ${COMPILE} ${text} }).call(exports);`;
  for (const text of ['this.m = compile(1); exports.run = () => exports.m;', bound, `${route} ${code}`])
    assert.deepEqual(await codes(wrapped(text)), ['computed-at-load'], text);
});
