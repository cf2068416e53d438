/** Modules that give away again what others do, under the same names: what changed there has changed here. */
import { specifiersIn } from '../input/reach.ts';

/** `export * from`, `export { a } from`, what TypeScript makes of them, and what copies all that a module gives. */
const PASSES_ON =
  /\bexport\s*\*|\bexport\s*\{[^}]*\}\s*from\b|\.\.\.\s*require\s*\(|\b__exportStar\b|\b__export\s*\(|\bassign\s*\(\s*(?:module\.)?exports\b/;

interface Sources {
  text(file: string): Promise<string | null>;
  resolve(file: string, specifier: string): string | null;
}

/** `changed` with those that pass on some of it; `join` gives what two of them are together. */
export async function withPassedOn<T>(
  files: readonly string[],
  changed: ReadonlyMap<string, T>,
  sources: Sources,
  join: (a: T, b: T) => T,
): Promise<ReadonlyMap<string, T>> {
  const passing = new Map<string, readonly string[]>();
  for (const file of files) {
    const text = await sources.text(file);
    if (text === null || !PASSES_ON.test(text)) continue;
    passing.set(
      file,
      specifiersIn(text).flatMap((specifier) => sources.resolve(file, specifier) ?? []),
    );
  }
  const found = new Map(changed);
  let waiting = new Set(changed.keys());
  // One that passes on what passes on itself adds nothing.
  for (let round = 0; waiting.size > 0 && round <= passing.size; round++) {
    const next = new Set<string>();
    for (const [file, targets] of passing) {
      const from = targets.filter((target) => target !== file && waiting.has(target));
      for (const target of from) found.set(file, found.has(file) ? join(found.get(file)!, found.get(target)!) : found.get(target)!);
      if (from.length > 0) next.add(file);
    }
    waiting = next;
  }
  return found;
}
