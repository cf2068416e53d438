// npm run transparency -- DIR [--harness DIR] [--json] [--list]
// Runs every file of a folder of test262-style tests with and without instrumentation, each in a realm of its own, and
// lists every test that ends differently. DIR/../harness or --harness holds test262's harness files.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import vm from 'node:vm';

const { analyzeModule } = await import('../dist/source/analyze.js');
const { instrument } = await import('../dist/instrument/instrument.js');
const { NAMES, marksIn, slotName } = await import('../dist/instrument/names.js');
const { encodeLayout } = await import('../dist/node/layout.js');
const { OriginalText } = await import('../dist/node/original-text.js');

const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args.splice(args.indexOf(name), 2)[1] : undefined);
const flag = (name) => args.includes(name) && args.splice(args.indexOf(name), 1).length > 0;
const json = flag('--json');
const harnessOption = option('--harness');
const limit = Number(option('--limit') ?? Infinity);
const folder = args[0] && resolve(args[0]);
if (!folder || !existsSync(folder)) {
  console.error('Usage: npm run transparency -- DIR [--harness DIR] [--limit N] [--json]');
  process.exit(2);
}

function findHarness(from) {
  for (let at = from; dirname(at) !== at; at = dirname(at)) if (existsSync(join(at, 'harness', 'sta.js'))) return join(at, 'harness');
  return null;
}
const harness = harnessOption ? resolve(harnessOption) : findHarness(folder);
const harnessText = new Map();
const include = (name) => {
  if (!harnessText.has(name)) harnessText.set(name, readFileSync(join(harness, name), 'utf8'));
  return harnessText.get(name);
};

function* files(path) {
  if (statSync(path).isFile()) {
    if (path.endsWith('.js') && !path.includes('_FIXTURE')) yield path;
    return;
  }
  for (const name of readdirSync(path).sort()) yield* files(join(path, name));
}

function metadata(text) {
  const block = /\/\*---([\s\S]*?)---\*\//.exec(text)?.[1] ?? '';
  const list = (key) =>
    /** @type {string[]} */ (
      new RegExp(`^${key}:\\s*\\[([^\\]]*)\\]`, 'm')
        .exec(block)?.[1]
        .split(',')
        .map((s) => s.trim())
        .filter(Boolean) ??
      [...(new RegExp(`^${key}:\\n((?:\\s+- .*\\n?)+)`, 'm').exec(block)?.[1].matchAll(/- (.*)/g) ?? [])].map((m) => m[1].trim())
    );
  return { flags: list('flags'), includes: list('includes'), negative: /^negative:/m.test(block) };
}

// What runs in place of the engine: records that go nowhere. The form of the code is what is compared.
const entryPoints = {
  [NAMES.enter]: () => ({ at: 0 }),
  [NAMES.exit]: (_, value) => value,
  [NAMES.suspend]: (activation, at, value) => ((activation.at = at), value),
  [NAMES.resume]: (_, value) => value,
  [NAMES.register]: (_, evaluate) => evaluate,
  [NAMES.nothing]: (value) => new TypeError(String(value)),
};

async function run(text, meta, instrumented) {
  const context = vm.createContext(Object.create(null), { microtaskMode: undefined });
  let finish;
  const done = new Promise((r) => (finish = r));
  const realm = {
    print() {},
    $DONE: (error) => finish(error === undefined ? 'done' : `done ${describe(error)}`),
  };
  Object.assign(context, realm);
  vm.runInContext(
    'globalThis.$262 = { global: globalThis, gc() {}, evalScript(t) { return (0, eval)(t); }, createRealm() { throw new Error("no realms"); }, detachArrayBuffer(b) { structuredClone(b, { transfer: [b] }); }, agent: {} };',
    context,
  );
  if (instrumented) {
    const ids = instrumented.plan.ids;
    const module = { base: 0, ids, layout: encodeLayout(instrumented.segments, marksIn(instrumented.text)) };
    const originals = new OriginalText({ holding: () => module });
    originals.install(vm.runInContext('Function.prototype', context));
    context.__entry = entryPoints;
    const names = Object.keys(entryPoints).join(',');
    const slots = Array.from({ length: ids }, (_, i) => slotName(i)).join(',');
    vm.runInContext(`const {${names}}=__entry;delete globalThis.__entry;let ${NAMES.field},${NAMES.transition},${slots};`, context);
  }
  try {
    if (harness && !meta.flags.includes('raw'))
      for (const name of ['assert.js', 'sta.js', ...(meta.flags.includes('async') ? ['doneprintHandle.js'] : []), ...meta.includes])
        if (name !== 'doneprintHandle.js') vm.runInContext(include(name), context);
    const fn = vm.compileFunction(text, ['exports', 'require', 'module', '__filename', '__dirname'], { parsingContext: context });
    fn.call({});
    if (!meta.flags.includes('async')) return 'ok';
    const timeout = new Promise((r) => setTimeout(r, 500, 'timeout'));
    return await Promise.race([done, timeout]);
  } catch (error) {
    return `threw ${describe(error)}`;
  }
}

function describe(error) {
  try {
    return error !== null && typeof error === 'object' ? `${error.constructor?.name ?? error.name}: ${error.message}` : String(error);
  } catch {
    return 'something';
  }
}

process.on('unhandledRejection', () => {});
const counts = { files: 0, same: 0, untouched: 0, modules: 0, differences: [] };
for (const file of files(folder)) {
  if (counts.files >= limit) break;
  const source = readFileSync(file, 'utf8');
  const meta = metadata(source);
  counts.files++;
  if (meta.flags.includes('module')) {
    counts.modules++;
    continue;
  }
  for (const strict of meta.flags.includes('onlyStrict')
    ? [true]
    : meta.flags.includes('noStrict') || meta.flags.includes('raw')
      ? [false]
      : [false, true]) {
    const text = strict ? `'use strict';\n${source}` : source;
    let outcome;
    try {
      outcome = instrument(analyzeModule(text, 'commonjs', file));
    } catch {
      outcome = { ok: false };
    }
    if (!outcome.ok) {
      counts.untouched++;
      continue;
    }
    const plain = await run(text, meta, null);
    const live = await run(outcome.result.text, meta, outcome.result);
    if (plain === live) counts.same++;
    else counts.differences.push({ file: relative(folder, file), strict, plain, live });
  }
}
if (json) console.log(JSON.stringify(counts));
else {
  for (const d of counts.differences)
    console.log(`${d.file}${d.strict ? ' (strict)' : ''}\n    without: ${d.plain.slice(0, 200)}\n    with:    ${d.live.slice(0, 200)}`);
  console.log(
    `${counts.files} files: ${counts.same} runs the same, ${counts.differences.length} different; ${counts.untouched} runs not instrumented because their text does not parse as a module; ${counts.modules} ES modules not run`,
  );
}
process.exitCode = counts.differences.length > 0 ? 1 : 0;
