/** Which files every program that loads a package's main entry has loaded: those that its files ask for as they load. */
import { posix } from 'node:path';
import type { ModuleModel } from '../../source/model.ts';
import { analyzeFile, isCode } from './files.ts';
import type { Manifests } from './files.ts';
import { runsWith } from '../version/program/once.ts';
import { requiredBy } from '../version/program/ran.ts';
import { entryFiles, specifiersIn } from './reach.ts';
import type { Specifiers } from './specifiers.ts';
import type { Tree } from './trees.ts';

export async function eagerFiles(tree: Tree, manifests: Manifests, specifiers: Specifiers): Promise<ReadonlySet<string>> {
  const manifest = await manifests.at('');
  const from = (files: Iterable<string>): Promise<Set<string>> => loadedWith(files, tree, manifests, specifiers);
  if (!manifest) return from(tree.files);
  const [imported, required] = [specifiers.entry(manifest, '.', 'import'), specifiers.entry(manifest, '.', 'require')];
  if (imported === null || required === null || imported === required)
    return from(entryFiles(specifiers.files, { ...manifest, content: mainOf(manifest.content) }, false));
  // A program has one of the two.
  const other = await from([required]);
  return new Set([...(await from([imported]))].filter((file) => other.has(file)));
}

async function loadedWith(files: Iterable<string>, tree: Tree, manifests: Manifests, specifiers: Specifiers): Promise<Set<string>> {
  const found = new Set(files);
  const queue = [...found];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (!isCode(file)) continue;
    for (const specifier of await eagerSpecifiers(tree, file, manifests)) {
      const target = specifiers.resolve(file, specifier);
      if (target === null || found.has(target)) continue;
      found.add(target);
      queue.push(target);
    }
  }
  return found;
}

/** The package file with nothing but its main entry. */
function mainOf({ main, exports }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isMap =
    exports !== null && typeof exports === 'object' && !Array.isArray(exports) && Object.keys(exports).some((key) => key.startsWith('.'));
  if (exports === undefined) return main === undefined ? {} : { main };
  return { exports: isMap ? ((exports as Readonly<Record<string, unknown>>)['.'] ?? {}) : exports };
}

async function eagerSpecifiers(tree: Tree, file: string, manifests: Manifests): Promise<readonly string[]> {
  const text = (await tree.read(file)) ?? '';
  const all = specifiersIn(text);
  if (all.length === 0) return [];
  try {
    return asked(await analyzeFile(text, posix.normalize(file), manifests));
  } catch {
    return all;
  }
}

function asked({ program, references, root }: ModuleModel): readonly string[] {
  const found: string[] = [];
  for (const statement of program.body) if ('source' in statement && statement.source) found.push(String(statement.source.value));
  for (const { parent, fn } of references) {
    const required = requiredBy(parent);
    if (required !== null && runsWith(fn, root)) found.push(required);
  }
  return found;
}
