/** Modules that give away again what others do: what changed there has changed here. */
import { specifiersIn } from '../input/reach.ts';
import type { NewTree } from './new-tree.ts';

/** `export * from`, `export { a } from`, what TypeScript makes of them, and what copies all that a module gives. */
const PASSES_ON =
  /\bexport\s*\*|\bexport\s*\{[^}]*\}\s*from\b|\.\.\.\s*require\s*\(|\b__exportStar\b|\b__export\s*\(|\bassign\s*\(\s*(?:module\.)?exports\b|\bdefineProperty\s*\(\s*exports\b[^;]*\breturn\b|\bexports\.[\w$]+\s*=\s*require\s*\(/;
/** `export { a as b } from` */
const RENAMED = /\bexport\s*\{([^}]*)\}\s*from\b/g;
/** All of a module under one name. */
const AS_ONE = /\bexport\s*\*\s*as\s+([\w$]+)\s*from\s*["']([^"']+)["']|\bexports\.([\w$]+)\s*=\s*require\s*\(\s*["']([^"']+)["']/g;

type Sources = Pick<NewTree, 'text' | 'resolve'>;

interface Ways<T> {
  readonly join: (a: T, b: T) => T;
  /** With what goes by each of the names under the other one as well. */
  readonly renamed: (one: T, names: ReadonlyMap<string, string>) => T;
  /** What all of it is where it is given away under a name. */
  readonly under: (one: T, name: string) => T;
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
    if (text !== null && PASSES_ON.test(text)) passing.set(file, passedBy(file, text, sources));
  }
  const found = new Map(changed);
  let waiting: ReadonlySet<string> = new Set(changed.keys());
  // Modules that pass on what they are passed add nothing to it.
  for (let round = 0; waiting.size > 0 && round < passing.size; round++) {
    const next = new Set<string>();
    for (const [file, { targets, names, asOne }] of passing)
      for (const target of targets) {
        if (target === file || !waiting.has(target)) continue;
        const one = found.get(target)!;
        const name = asOne.get(target);
        const given = name === undefined ? ways.renamed(one, names) : ways.under(one, name);
        const own = found.get(file);
        found.set(file, own ? ways.join(own, given) : given);
        next.add(file);
      }
    waiting = next;
  }
  return found;
}

function passedBy(file: string, text: string, { resolve }: Sources): Passing {
  const names = new Map<string, string>();
  for (const [, list = ''] of text.matchAll(RENAMED))
    for (const [, from = '', to = ''] of list.matchAll(/([\w$]+)\s+as\s+([\w$]+)/g)) names.set(from, to);
  const asOne = new Map<string, string>();
  for (const [, esm, from = '', commonjs = '', asked = ''] of text.matchAll(AS_ONE)) {
    const target = resolve(file, from || asked);
    if (target !== null) asOne.set(target, esm ?? commonjs);
  }
  return { targets: specifiersIn(text).flatMap((specifier) => resolve(file, specifier) ?? []), names, asOne };
}
