/** Modules that give away again what others do: what changed there has changed here. */
import { specifiersIn } from '../input/reach.ts';
import type { NewTree } from './new-tree.ts';

/** `export * from`, `export { a } from`: the module is named there. */
const NAMED = /\bexport\s*(?:\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})\s*from\s*["']([^"']+)["']/g;
/** What TypeScript makes of them, and what copies all that a module gives: it may be any that the text asks for. */
const COPIES =
  /\.\.\.\s*require\s*\(|\b__exportStar\b|\b__export\s*\(|\bassign\s*\(\s*(?:module\.)?exports\b|\bdefineProperty\s*\(\s*exports\b[^;]*\breturn\b|\bexports\.[\w$]+\s*=\s*require\s*\(/;
/** `export { a as b } from` */
const RENAMED = /\bexport\s*\{([^}]*)\}\s*from\b/g;
/** All of a module under one name. */
const AS_ONE = /\bexport\s*\*\s*as\s+([\w$]+)\s*from\s*["']([^"']+)["']|\bexports\.([\w$]+)\s*=\s*require\s*\(\s*["']([^"']+)["']/g;

/** What stands in a comment is passed on by nobody: `import … from` in the examples of a documentation. */
const COMMENTS = /^[\t ]*\/\*[^]*?\*\//gm;
/** Under so many names, one in the other: modules that give each other away under names do so without end. */
const MOST_NAMES = 3;

type Sources = Pick<NewTree, 'text' | 'resolve'>;

interface Ways<T> {
  readonly join: (a: T, b: T) => T;
  /** With what goes by each of the names under the other one as well. */
  readonly renamed: (one: T, names: ReadonlyMap<string, string>) => T;
  /** What all of it is where it is given away under a name. */
  readonly under: (one: T, name: string) => T;
  readonly size: (one: T) => number;
}

interface Passing {
  readonly targets: readonly string[];
  readonly names: ReadonlyMap<string, string>;
  /** The names under which it gives all of a module, by that. */
  readonly asOne: ReadonlyMap<string, string>;
}

/** `changed` with those that pass on some of it. */
export async function withPassedOn<T>(
  files: readonly string[],
  changed: ReadonlyMap<string, T>,
  sources: Sources,
  ways: Ways<T>,
): Promise<ReadonlyMap<string, T>> {
  const passing = new Map<string, Passing>();
  for (const file of files) {
    const text = await sources.text(file);
    const own = text === null ? null : passedBy(file, text, sources);
    if (own && own.targets.length > 0) passing.set(file, own);
  }
  // By the number of names that it stands under.
  const found = new Map([...changed].map(([file, one]) => [file, new Map([[0, one]])]));
  const add = (file: string, depth: number, given: T): boolean => {
    const known = found.get(file) ?? new Map<number, T>();
    found.set(file, known);
    const own = known.get(depth);
    const now = own === undefined ? given : ways.join(own, given);
    known.set(depth, now);
    return own === undefined || ways.size(now) > ways.size(own);
  };
  let waiting: ReadonlySet<string> = new Set(changed.keys());
  for (let round = 0; waiting.size > 0 && round < passing.size * (MOST_NAMES + 1); round++) {
    const next = new Set<string>();
    for (const [file, { targets, names, asOne }] of passing)
      for (const target of targets) {
        if (target === file || !waiting.has(target)) continue;
        const name = asOne.get(target);
        for (const [depth, one] of found.get(target)!) {
          const grows =
            name === undefined
              ? add(file, depth, ways.renamed(one, names))
              : depth < MOST_NAMES && add(file, depth + 1, ways.under(one, name));
          if (grows) next.add(file);
        }
      }
    waiting = next;
  }
  return new Map([...found].map(([file, known]) => [file, [...known.values()].reduce(ways.join)]));
}

function passedBy(file: string, whole: string, { resolve }: Sources): Passing {
  const text = whole.replace(COMMENTS, '');
  const names = new Map<string, string>();
  for (const [, list = ''] of text.matchAll(RENAMED))
    for (const [, from = '', to = ''] of list.matchAll(/([\w$]+)\s+as\s+([\w$]+)/g)) names.set(from, to);
  const asOne = new Map<string, string>();
  for (const [, esm, from = '', commonjs = '', asked = ''] of text.matchAll(AS_ONE)) {
    const target = resolve(file, from || asked);
    if (target !== null) asOne.set(target, esm ?? commonjs);
  }
  const from = COPIES.test(text) ? specifiersIn(text) : [...text.matchAll(NAMED)].map(([, source]) => source!);
  return { targets: from.flatMap((specifier) => resolve(file, specifier) ?? []), names, asOne };
}
