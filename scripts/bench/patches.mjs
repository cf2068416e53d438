/** Patches of one module for measurements. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { analyzeModule } = await dist('source/analyze.js');
const { buildPatch } = await dist('build/index.js');

/** Puts `change(text)` in place of the text of each function of `file`, an ES module, that `paths` names. */
export async function patchOf(name, file, paths, change) {
  const text = readFileSync(file, 'utf8');
  let next = text;
  const wanted = new Set(paths);
  const functions = analyzeModule(text, 'module', file).functions.filter((fn) => wanted.has(fn.path));
  if (functions.length !== wanted.size) throw new Error(`${file} has not all of ${paths.join(', ')}`);
  functions.sort((a, b) => b.node.start - a.node.start);
  for (const { node } of functions) next = next.slice(0, node.start) + change(next.slice(node.start, node.end)) + next.slice(node.end);
  const folder = mkdtempSync(join(tmpdir(), 'livepatch-bench-patch-'));
  try {
    for (const [side, source] of Object.entries({ from: text, to: next })) {
      mkdirSync(join(folder, side));
      writeFileSync(join(folder, side, 'package.json'), '{"name":"bench","version":"1.0.0","type":"module"}');
      writeFileSync(join(folder, side, basename(file)), source);
    }
    const built = await buildPatch({ kind: 'directories', from: join(folder, 'from'), to: join(folder, 'to') }, { name });
    if (built.patch === null || built.functions < wanted.size) throw new Error(JSON.stringify(built.verdicts));
    return built.patch;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
