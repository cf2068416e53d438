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

/** What a patch makes of the model. */
export interface Step {
  readonly kind: Kind;
  readonly mode: 'task' | 'request' | 'barrier';
  readonly when: 'create' | 'access' | 'world' | 'slices';
  readonly after: readonly Attribute[];
  /** The migration is given the instances, rather than searching the heap for them. */
  readonly collection: boolean;
  /** Over a patch that only adds fields: the way back leads to the program's own shape, which lacks them. */
  readonly forgets: boolean;
}

export interface Edit extends Step {
  readonly before: readonly Attribute[];
  /** A second patch, which stacks on the first: its code knows all three shapes. Null for none. */
  readonly second: Step | null;
}

const TYPES = ['number', 'text', 'list', 'big'] as const;
const UNITS = [1, 10, 1000];

export function randomEdit(random: Random): Edit {
  let names = 0;
  const attribute = (): Attribute => {
    const name = `a${names++}`;
    return { name, field: name, type: random.pick(TYPES), unit: random.pick(UNITS), initial: random.below(100) };
  };
  const changed = (from: readonly Attribute[], kind: Kind): Attribute[] => {
    const after = [...from];
    let changes = 1 + random.below(3);
    while (changes-- > 0 || same(from, after)) {
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
    return after;
  };
  const step = (kind: Kind, after: readonly Attribute[]): Step => {
    const whens = kind === 'both' ? (['create', 'access', 'world', 'slices'] as const) : (['access', 'world', 'slices'] as const);
    return {
      kind,
      mode: kind === 'switch' ? 'barrier' : random.pick(kind === 'both' ? ['task', 'request'] : ['task', 'task', 'request', 'barrier']),
      when: kind === 'fields' ? 'access' : random.pick(whens),
      after,
      collection: random.below(8) > 0,
      forgets: random.below(2) === 0,
    };
  };
  const before = Array.from({ length: 1 + random.below(4) }, attribute);
  const first = random.pick(['fields', 'switch', 'both'] as const);
  const one = step(first, changed(before, first));
  if (random.below(4) === 0) return { ...one, before, second: null };
  const kind = random.pick(first === 'fields' ? (['fields', 'switch', 'both'] as const) : (['switch', 'both'] as const));
  return { ...one, before, second: step(kind, changed(one.after, kind)) };
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

export const VERSIONS = ['old', 'new', 'newest'] as const;
export type Version = (typeof VERSIONS)[number];

/** The shapes up to a version, that of version 1 first. Fields that the first patch adds are part of that one: whoever asks for them finds them. */
function shapes({ kind, before, after, second }: Edit, version: Version): readonly (readonly Attribute[])[] {
  if (version === 'newest' && kind === 'fields') return [after, second!.after];
  return [before, after, second?.after ?? []].slice(0, VERSIONS.indexOf(version) + 1);
}

/** The program in one version. Its tasks ask for the next thing to do, and tell what came of it. */
function source(edit: Edit, version: Version): string {
  const known = shapes(edit, version);
  const attributes = known.at(-1)!;
  const step = version === 'old' ? null : version === 'new' ? edit : edit.second!;
  const both = step?.kind === 'both';
  const fields = step?.kind === 'fields' ? attributes.filter(({ name }) => !edit.before.some((old) => old.name === name)) : [];
  const assigned = attributes.filter((attribute) => !fields.includes(attribute));
  // Whatever the second patch does not change stays as the first has it: so it changes all, also what is as it was before.
  const mark = version === 'newest' ? 'void 0; ' : '';
  const members = attributes.map((attribute) => {
    const { name, initial } = attribute;
    const read = (own: Attribute): string => decode(own, `this.${own.field}`);
    const write = (own: Attribute): string => `${read(own)}; this.${own.field} = ${encode(own, 'value')};`;
    if (!both) return `  get_${name}() { ${mark}return ${read(attribute)}; }\n  set_${name}(value) { ${mark}${write(attribute)} }`;
    const forms = known.map((list) => list.find((one) => one.name === name));
    const choice = (form: (own: Attribute) => string, none: string): string =>
      forms.map((own, i) => `case ${i + 1}: ${own ? form(own) : none}`).join(' ');
    return `  get_${name}() { ${mark}switch (version(this)) { ${choice((own) => `return ${read(own)};`, `return ${initial};`)} } }
  set_${name}(value) { ${mark}switch (version(this)) { ${choice((own) => `${write(own)} break;`, `${initial}; break;`)} } }`;
  });
  return `${both ? "const { version } = require('livepatch/data');\n" : ''}${TYPES_TEXT}
class Thing {
${fields.map((attribute) => `  ${attribute.field} = ${encode(attribute, String(attribute.initial))};\n`).join('')}  constructor(values) {
    ${mark}${makesPart(assigned)}${assigned.map((a) => `this.${a.field} = ${encode(a, `(values.${a.name} ?? ${a.initial})`)};`).join(' ')}
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

/** The author's part: for fields that have initialisers at most where the instances are. A migration leads to its shape from each before, and back to the program's own. */
function hooks(edit: Edit, file: string, version: 'new' | 'newest'): string | null {
  const { kind, when, mode, collection, forgets } = version === 'new' ? edit : edit.second!;
  const module = `export const module = '${file}';\nexport const mode = '${mode}';\n`;
  if (kind === 'fields') return collection ? `${module}livepatch.migrate(Thing, { budgetMs: 0, objects: () => all });\n` : null;
  const known = shapes(edit, version);
  const [before] = known as [readonly Attribute[]];
  const after = known.at(-1)!;
  const back = forgets && edit.kind === 'fields' ? edit.before : before;
  const top = ({ field }: Attribute): string => field.split('.')[0]!;
  const has = (list: readonly Attribute[], { name }: Attribute): Attribute | undefined => list.find((one) => one.name === name);
  const gone = new Set(
    known
      .flat()
      .map(top)
      .filter((field) => !after.some((a) => top(a) === field)),
  );
  const come = new Set(after.map(top).filter((field) => !back.some((a) => top(a) === field)));
  const place = ({ field }: Attribute): string => (gone.has(top({ field } as Attribute)) ? `discarded.${field}` : `thing.${field}`);
  const valuesFrom = (list: readonly Attribute[]): string =>
    `[${after
      .map((a) => has(list, a))
      .map((own, i) => (own ? decode(own, place(own)) : String(after[i]!.initial)))
      .join(', ')}]`;
  const removed = before.filter((old) => !has(after, old));
  const keptFrom = (list: readonly Attribute[]): string =>
    `[${removed.map((old) => (has(list, old) ? encode(old, `(${decode(has(list, old)!, place(has(list, old)!))})`) : 'undefined')).join(', ')}]`;
  const froms = known.slice(0, -1);
  const up = `discarded: ${JSON.stringify([...gone])},
  up(thing, discarded, from) {
    kept.free(thing);
    kept.alloc(thing, () => [${froms
      .map(keptFrom)
      .map((text) => `() => ${text}`)
      .join(', ')}][from - 1]());
    const values = [${froms
      .map(valuesFrom)
      .map((text) => `() => ${text}`)
      .join(', ')}][from - 1]();
    ${after.some(inPart) ? 'thing.part = new Part();' : ''}
    ${after.map((a, i) => `thing.${a.field} = ${encode(a, `values[${i}]`)};`).join(' ')}
  },`;
  return `${module}${kind === 'both' ? "export const create = ['Thing#constructor'];" : ''}
const kept = livepatch.shadow.variable('kept ${version} ${file}');
livepatch.migrate(Thing, {
  version: ${known.length},
  when: '${when}', budgetMs: 0,${kind === 'both' ? " reads: 'both'," : ''}
  ${collection ? 'objects: () => all,' : ''}
  ${when === 'create' ? '' : up}
  down(thing) {
    const values = [${back
      .map((old) => has(after, old))
      .map((now) => (now ? decode(now, `thing.${now.field}`) : '0'))
      .join(', ')}];
    const old = kept.get(thing);
    kept.free(thing);
    ${[...come].map((field) => `delete thing.${field};`).join(' ')}
    ${back.map((old, i) => `thing.${old.field} = ${has(after, old) ? encode(old, `values[${i}]`) : `old?.[${removed.indexOf(old)}] ?? ${encode(old, String(old.initial))}`};`).join(' ')}
  },
});
`;
}

/** One patch: the new source, and the author's part. */
export interface PatchSource {
  readonly text: string;
  readonly hooks: string | null;
}

export interface Sources {
  readonly file: string;
  readonly old: string;
  readonly patches: readonly PatchSource[];
}

export function sourcesOf(edit: Edit, seed: number): Sources {
  const file = `thing-${seed}.js`;
  const text = (version: Version): string => `// ${seed}\n${source(edit, version)}`;
  const versions = edit.second === null ? (['new'] as const) : (['new', 'newest'] as const);
  return { file, old: text('old'), patches: versions.map((version) => ({ text: text(version), hooks: hooks(edit, file, version) })) };
}
