/**
 * Random data models in two versions: what the instances of one class are like, an edit of it, the source of a program
 * for each, and the migration between them as an author writes it.
 */
import type { Random } from '../../build/fuzz/random.ts';

/** How an attribute of the model, a whole number, is kept by instances. */
interface Attribute {
  readonly name: string;
  /** The property; `part.x` is the property x of a Part. */
  readonly field: string;
  readonly type: 'number' | 'text' | 'list' | 'big';
  readonly unit: number;
  readonly initial: number;
}

/**
 * `fields`: the class gains fields with initialisers, and nothing is written by hand. `switch`: new code reads the new
 * shape only. `both`: it asks each instance for its version.
 */
export type Kind = 'fields' | 'switch' | 'both';

export interface Edit {
  readonly kind: Kind;
  readonly mode: 'task' | 'request' | 'barrier';
  readonly when: 'create' | 'access' | 'world' | 'slices';
  readonly before: readonly Attribute[];
  readonly after: readonly Attribute[];
  /** The migration is given the instances, rather than searching the heap for them. */
  readonly collection: boolean;
}

const TYPES = ['number', 'text', 'list', 'big'] as const;
const UNITS = [1, 10, 1000];

export function randomEdit(random: Random): Edit {
  let names = 0;
  const attribute = (): Attribute => {
    const name = `a${names++}`;
    return { name, field: name, type: random.pick(TYPES), unit: random.pick(UNITS), initial: random.below(100) };
  };
  const before = Array.from({ length: 1 + random.below(4) }, attribute);
  const kind = random.pick(['fields', 'switch', 'switch', 'both', 'both'] as const);
  const after = [...before];
  let changes = 1 + random.below(3);
  while (changes-- > 0 || same(before, after)) {
    const at = random.below(after.length);
    const one = after[at]!;
    const change = kind === 'fields' ? 'add' : random.pick(['add', 'remove', 'rename', 'retype', 'unit', 'split'] as const);
    if (change === 'add') after.push(attribute());
    else if (change === 'remove' && after.length > 1) after.splice(at, 1);
    else if (change === 'rename' && !one.field.startsWith('part.')) after[at] = { ...one, field: `renamed${names++}` };
    else if (change === 'retype') after[at] = { ...one, type: random.pick(TYPES) };
    else if (change === 'unit') after[at] = { ...one, unit: random.pick(UNITS) };
    else if (change === 'split')
      for (const [i, each] of after.entries())
        if (random.below(2) === 0) after[i] = { ...each, field: `part.${each.field.replace('part.', '')}` };
  }
  const whens = kind === 'both' ? (['create', 'access', 'world', 'slices'] as const) : (['access', 'world', 'slices'] as const);
  return {
    kind,
    mode: kind === 'switch' ? 'barrier' : random.pick(kind === 'both' ? ['task', 'request'] : ['task', 'task', 'request', 'barrier']),
    when: kind === 'fields' ? 'access' : random.pick(whens),
    before,
    after,
    collection: random.below(8) > 0,
  };
}

function same(a: readonly Attribute[], b: readonly Attribute[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

const encode = ({ type, unit }: Attribute, value: string): string => `${type}.of(${value} * ${unit})`;
const decode = ({ type, unit }: Attribute, place: string): string => `${type}.from(${place}) / ${unit}`;

/** Strict: what is not of its type cannot be read. */
const TYPES_TEXT = `const unreadable = (x) => { throw new TypeError('unreadable: ' + typeof x); };
const number = { of: (n) => n, from: (x) => (typeof x === 'number' ? x : unreadable(x)) };
const text = { of: (n) => String(n), from: (x) => (typeof x === 'string' ? Number(x) : unreadable(x)) };
const list = { of: (n) => [n], from: (x) => (Array.isArray(x) ? x[0] : unreadable(x)) };
const big = { of: (n) => BigInt(n), from: (x) => (typeof x === 'bigint' ? Number(x) : unreadable(x)) };
class Part {}
`;

const inPart = ({ field }: Attribute): boolean => field.startsWith('part.');
const makesPart = (attributes: readonly Attribute[]): string => (attributes.some(inPart) ? 'this.part = new Part(); ' : '');

/** The program in one version. Its tasks ask for the next thing to do, and tell what came of it. */
function source(edit: Edit, version: 'old' | 'new'): string {
  const attributes = version === 'old' ? edit.before : edit.after;
  const { kind } = edit;
  const both = version === 'new' && kind === 'both';
  const names = new Map(edit.before.map((attribute) => [attribute.name, attribute]));
  const fields = version === 'new' && kind === 'fields' ? attributes.filter(({ name }) => !names.has(name)) : [];
  const assigned = attributes.filter((attribute) => !fields.includes(attribute));
  const members = attributes.map((attribute) => {
    const { name, field } = attribute;
    const read = decode(attribute, `this.${field}`);
    const write = `${read}; this.${field} = ${encode(attribute, 'value')};`;
    if (!both) return `  get_${name}() { return ${read}; }\n  set_${name}(value) { ${write} }`;
    const old = names.get(name);
    const first = old ? decode(old, `this.${old.field}`) : String(attribute.initial);
    const change = old ? `${first}; this.${old.field} = ${encode(old, 'value')};` : '';
    return `  get_${name}() { return version(this) >= 2 ? ${read} : ${first}; }
  set_${name}(value) { if (version(this) >= 2) { ${write} } else { ${change} } }`;
  });
  return `${both ? "const { version } = require('livepatch/data');\n" : ''}${TYPES_TEXT}
class Thing {
${fields.map((attribute) => `  ${attribute.field} = ${encode(attribute, String(attribute.initial))};\n`).join('')}  constructor(values) {
    ${makesPart(assigned)}${assigned.map((a) => `this.${a.field} = ${encode(a, `(values.${a.name} ?? ${a.initial})`)};`).join(' ')}
  }
${members.join('\n')}
}
const all = [];
function make(values) { const thing = new Thing(values); all.push(thing); return thing; }
function act(thing, op) { return op.set ? void thing['set_' + op.name](op.value) : thing['get_' + op.name](); }
async function work(next) {
  for (let op = await next('${version}'); op; op = await next('${version}')) op.tell(op.make ? make(op.make) : act(op.thing, op));
}
module.exports = { all, make, act, work };
`;
}

/** The author's part: none for fields that have initialisers. */
function hooks(edit: Edit, file: string): string | null {
  if (edit.kind === 'fields') return null;
  const { before, after, when, mode, kind } = edit;
  const top = ({ field }: Attribute): string => field.split('.')[0]!;
  const gone = new Set(before.map(top).filter((field) => !after.some((a) => top(a) === field)));
  const come = new Set(after.map(top).filter((field) => !before.some((a) => top(a) === field)));
  const pairs = before.flatMap((old) => {
    const now = after.find(({ name }) => name === old.name);
    return now ? [{ old, now }] : [];
  });
  const removed = before.filter(({ name }) => !pairs.some(({ old }) => old.name === name));
  const added = after.filter(({ name }) => !pairs.some(({ now }) => now.name === name));
  const oldPlace = ({ field }: Attribute): string => (gone.has(field) ? `discarded.${field}` : `thing.${field}`);
  const part = after.some(inPart);
  const assign = (list: readonly (readonly [Attribute, string])[]): string =>
    list.map(([attribute, value]) => `thing.${attribute.field} = ${encode(attribute, value)};`).join(' ');
  const up = `discarded: ${JSON.stringify([...gone])},
  up(thing, discarded) {
    const values = [${pairs.map(({ old }) => decode(old, oldPlace(old))).join(', ')}];
    kept.getOrAlloc(thing, () => [${removed.map(oldPlace).join(', ')}]);
    ${part ? 'thing.part = new Part();' : ''}
    ${assign([...pairs.map(({ now }, i) => [now, `values[${i}]`] as const), ...added.map((a) => [a, String(a.initial)] as const)])}
  },`;
  return `export const module = '${file}';
export const mode = '${mode}';
${kind === 'both' ? "export const create = ['Thing#constructor'];" : ''}
const kept = livepatch.shadow.variable('kept ${file}');
livepatch.migrate(Thing, {
  when: '${when}', budgetMs: 0.01,${kind === 'both' ? " reads: 'both'," : ''}
  ${edit.collection ? 'objects: () => all,' : ''}
  ${when === 'create' ? '' : up}
  down(thing) {
    const values = [${pairs.map(({ now }) => decode(now, `thing.${now.field}`)).join(', ')}];
    const old = kept.get(thing);
    kept.free(thing);
    ${[...come].map((field) => `delete thing.${field};`).join(' ')}
    ${assign(pairs.map(({ old }, i) => [old, `values[${i}]`] as const))}
    ${removed.map((a, i) => `thing.${a.field} = old ? old[${i}] : ${encode(a, String(a.initial))};`).join(' ')}
  },
});
`;
}

export interface Sources {
  readonly file: string;
  readonly old: string;
  readonly new: string;
  readonly hooks: string | null;
}

export function sourcesOf(edit: Edit, seed: number): Sources {
  const file = `thing-${seed}.js`;
  return { file, old: `// ${seed}\n${source(edit, 'old')}`, new: `// ${seed}\n${source(edit, 'new')}`, hooks: hooks(edit, file) };
}
