/** The source maps of files that a compiler has written. */
import { posix } from 'node:path';
import { mapPlace } from '../../source/source-map.ts';
import type { RawMap } from '../../source/source-map.ts';
import { Origins } from '../version/program/origins.ts';
import type { Tree } from './trees.ts';

/** Null for a file without a map, or with one that cannot be read: the text that was written is all there is then, as in Node. */
export async function readOrigins(text: string, file: string, tree: Tree): Promise<Origins | null> {
  try {
    const place = mapPlace(text);
    if (!place) return null;
    const own = posix.dirname(file);
    const at = place.kind === 'inline' ? null : posix.join(own, place.address);
    const json = place.kind === 'inline' ? place.json : await tree.read(at!);
    if (json === null) return null;
    const folder = at === null ? own : posix.dirname(at);
    const map = JSON.parse(json) as RawMap;
    return await withContent(map, new Origins(map, folder), folder, tree);
  } catch {
    return null;
  }
}

/** Compilers leave the source out where it stands beside what they write. */
async function withContent(map: RawMap, origins: Origins, folder: string, tree: Tree): Promise<Origins> {
  const [source, ...more] = origins.sources;
  if (more.length > 0 || !source || map.sourcesContent?.[0] || /^(?:\w+:|\/|\.\.\/)/.test(source)) return origins;
  const content = await tree.read(source);
  return content === null ? origins : new Origins({ ...map, sourcesContent: [content] }, folder);
}
