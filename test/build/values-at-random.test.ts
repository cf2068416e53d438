/** Random patches of values under random schedules: no task finds a value that its own code does not go by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { currentRuntime } from '../../src/node/current.ts';
import { build, program } from './harness.ts';
import { requests } from './requests.ts';

const SCHEDULES = 30;
const VERSIONS = 5;
const STEPS = 24;

/** Mulberry32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Form {
  /** How it is read. */
  readonly read: string;
  readonly isFunction: boolean;
}

const FORMS: Readonly<Record<string, Form>> = {
  export: { read: 'exports.NAME', isFunction: false },
  entry: { read: 'table.NAME', isFunction: false },
  within: { read: 'table.within.NAME', isFunction: false },
  called: { read: 'table.NAME()', isFunction: true },
  map: { read: "calls.get('NAME')()", isFunction: true },
  mapped: { read: "numbers.get('NAME')", isFunction: false },
  prototype: { read: 'box.NAME()', isFunction: true },
};

interface Value {
  readonly name: string;
  readonly form: string;
}

/** The values of one version, by name: those that it does not name it does not have. */
type Version = ReadonlyMap<string, number>;

function sourceOf(version: number, values: readonly Value[], has: Version): string {
  const own = (form: string): Value[] => values.filter((value) => value.form === form && has.has(value.name));
  const text = ({ name, form }: Value): string => (FORMS[form]!.isFunction ? `f${has.get(name)!}` : String(has.get(name)!));
  const entries = (...forms: string[]): string =>
    forms.flatMap((form) => own(form).map((value) => `${value.name}: ${text(value)}`)).join(', ');
  const reads = values
    .filter(({ name }) => has.has(name))
    .map(({ name, form }) => `['${name}', ${FORMS[form]!.read.replace('NAME', name)}]`);
  return [
    ...Array.from({ length: VERSIONS + 1 }, (_, i) => `const f${i} = ${i % 2 === 0 ? 'function () {' : '() => {'} return ${i}; };`),
    `const table = { ${entries('entry', 'called')}${own('entry').length + own('called').length > 0 ? ', ' : ''}within: { ${entries('within')} } };`,
    `const calls = new Map([${own('map')
      .map((value) => `['${value.name}', ${text(value)}]`)
      .join(', ')}]);`,
    `const numbers = new Map([${own('mapped')
      .map((value) => `['${value.name}', ${text(value)}]`)
      .join(', ')}]);`,
    'function Box() {}',
    ...own('prototype').map((value) => `Box.prototype.${value.name} = ${text(value)};`),
    'const box = new Box();',
    'exports.table = table; exports.calls = calls; exports.numbers = numbers; exports.box = box;',
    ...own('export').map((value) => `exports.${value.name} = ${text(value)};`),
    `const read = () => ({ version: ${version}, found: [${reads.join(', ')}] });`,
    `exports.use = async (gates) => { const all = []; for (const gate of gates) { all.push(read()); await gate; } return [${version}, ...all, read()]; };`,
    `exports.now = () => [${version}, read()];`,
  ].join('\n');
}

type Read = { readonly version: number; readonly found: readonly (readonly [string, number])[] };

for (let seed = 1; seed <= SCHEDULES; seed++)
  test(`values under schedule ${seed}`, async (t) => {
    const random = randomOf(seed);
    const forms = Object.keys(FORMS);
    const values = Array.from({ length: 2 + random(6) }, (_, i): Value => ({ name: `v${i}`, form: forms[random(forms.length)]! }));
    // A version has each value as the first has it, or as it makes it, or does without if the first does.
    const first = new Map(values.filter(() => random(4) > 0).map(({ name }) => [name, 0] as const));
    const versions: Version[] = [
      first,
      ...Array.from({ length: VERSIONS }, (_, i): Version => {
        const own = values.filter(({ name }) => first.has(name) || random(2) === 0);
        return new Map(own.map(({ name }) => [name, first.has(name) && random(3) === 0 ? 0 : i + 1] as const));
      }),
    ];
    const check = ([version, ...all]: readonly [number, ...Read[]]): number => {
      for (const one of all) assert.deepEqual(one, { version, found: [...versions[version]!].toSorted(([a], [b]) => (a < b ? -1 : 1)) });
      return version;
    };

    const file = `values-${seed}.js`;
    const sources = versions.map((has, i) => sourceOf(i, values, has));
    const p = await program({ [file]: sources[0]! }, { [file]: sources[1]! });
    const patches = [];
    for (const source of sources.slice(1)) {
      const report = await build({ [file]: sources[0]! }, { [file]: source });
      assert.notEqual(report.patch, null, JSON.stringify(report.verdicts));
      patches.push(report);
    }
    const request = await requests(t);
    const ask = async (): Promise<number> => check((await request(() => p.exports['now']() as unknown)) as [number, Read]);

    const runtime = currentRuntime()!;
    const held: { readonly task: Promise<[number, ...Read[]]>; readonly open: () => void }[] = [];
    let transition: Promise<unknown> | null = null;
    let inForce: string | null = null;
    const end = async (): Promise<void> => {
      for (const { open } of held) open();
      for (const { task } of held.splice(0)) check(await task);
      await transition;
      transition = null;
    };
    for (let step = 0; step < STEPS; step++) {
      switch (random(6)) {
        case 0:
        case 1: {
          const gates = Array.from({ length: 1 + random(2) }, () => Promise.withResolvers<void>());
          const task = p.exports['use'](gates.map(({ promise }) => promise)) as Promise<[number, ...Read[]]>;
          held.push({ task, open: () => gates.forEach(({ resolve }) => resolve()) });
          break;
        }
        case 2: {
          if (transition) break;
          const patch = patches[random(patches.length)]!;
          if (patch.name === inForce) break;
          const before = inForce;
          inForce = patch.name;
          transition = runtime.apply(patch.patch!, { name: patch.name }).then(({ result }) => {
            if (result === 'reversed') inForce = before;
          });
          break;
        }
        case 3: {
          if (transition || inForce === null) break;
          const before = inForce;
          inForce = null;
          transition = runtime.revert(before, {}).then(({ result }) => {
            if (result === 'reversed') inForce = before;
          });
          break;
        }
        case 4:
          if (transition && runtime.engine.transitioning) runtime.reverse();
          break;
        default:
          if (random(2) === 0) await end();
      }
      for (let turns = random(4); turns > 0; turns--) await new Promise(setImmediate);
      await ask();
    }
    await end();
    if (inForce !== null) await runtime.revert(inForce, {});
    assert.equal(await ask(), 0);
  });
