/**
 * Bundlers name the modules in a bundle by their paths, and where packages are installed by version, a new version of a
 * dependency moves all of its files. A module whose path says another version, and the same for the rest, is the same one.
 */
import type { AnyNode } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import { Edits } from '../../source/edits.ts';
import type { ModuleModel } from '../../source/model.ts';
import { nodesOf } from '../version/nodes.ts';
import { isFunctionNode, walk } from '../version/walk.ts';

/** How pnpm and Yarn name the folder or archive of one version of a package. */
const VERSION = /(?:@|-(?:npm|virtual)-)\d[^/]*/g;
/** A module with such a name, as esbuild, Rolldown, webpack and Browserify write it. */
const KEY = /(["'])[^"'\n]*(?:@|-(?:npm|virtual)-)\d[^"'\n]*\/[^"'\n]*\1\s*[(:]/;

/** The new bundle with the names that its modules had; itself where none moved. */
export function underOldKeys(base: ModuleModel, next: ModuleModel): ModuleModel {
  if (!KEY.test(base.text) || !KEY.test(next.text)) return next;
  const [was, now] = [keysIn(base), keysIn(next)];
  const gone = byPackage([...was].filter((key) => !now.has(key)));
  const moved = new Map<string, string>();
  for (const [path, keys] of byPackage([...now].filter((key) => !was.has(key)))) {
    const old = gone.get(path);
    if (keys.length === 1 && old?.length === 1) moved.set(keys[0]!, old[0]!);
  }
  if (moved.size === 0) return next;
  const edits = new Edits(next.text);
  walk(next.program, (node) => {
    const old = node.type === 'Literal' && typeof node.value === 'string' ? moved.get(node.value) : undefined;
    if (old !== undefined) edits.cut(node.start, node.end, JSON.stringify(old));
  });
  return analyzeModule(edits.render().text, next.format, next.file);
}

/** The names of what may be modules: functions of objects, under keys with a path. */
function keysIn({ program }: ModuleModel): Set<string> {
  const keys = new Set<string>();
  for (const { key, value } of nodesOf(program, 'Property'))
    if (isFunctionNode(value as AnyNode) && key.type === 'Literal' && typeof key.value === 'string' && key.value.includes('/'))
      keys.add(key.value);
  return keys;
}

/** By what is left of them without versions. */
function byPackage(keys: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const key of keys) {
    const path = key.replaceAll(VERSION, '');
    if (path === key) continue;
    found.set(path, [...(found.get(path) ?? []), key]);
  }
  return found;
}
