/** The builder: what the command line and programs use to make a patch. Nothing of it runs in the patched process. */
import type { VerdictRow } from '../patch/format.ts';
import { encodePatch } from '../patch/format.ts';
import { TreeBuild } from './build.ts';
import { openTrees } from './trees.ts';
import type { TreeSpec } from './trees.ts';

export type { TreeSpec } from './trees.ts';
export { VERDICTS } from './verdicts.ts';
export type { VerdictCode } from './verdicts.ts';

export interface BuildReport {
  readonly name: string;
  /** The patch file's text, or null when a difference was refused. */
  readonly patch: string | null;
  readonly functions: number;
  readonly modules: number;
  readonly verdicts: readonly VerdictRow[];
  readonly ms: number;
  readonly bytes: number;
}

/**
 * Builds the patch that turns one tree into the other. Throws ERR_SOURCE_TREE, ERR_SYNTAX, ERR_FETCH, or
 * ERR_PATCH_EMPTY when the trees do not differ in code.
 */
export async function buildPatch(spec: TreeSpec, options: { readonly name: string }): Promise<BuildReport> {
  const started = performance.now();
  const trees = await openTrees(spec);
  const { patch, modules, verdicts } = await new TreeBuild(trees, options.name).run();
  const text = patch === null ? null : encodePatch(patch);
  return {
    name: options.name,
    patch: text,
    functions: modules.reduce((sum, m) => sum + m.functions.length, 0),
    modules: modules.length,
    verdicts,
    ms: performance.now() - started,
    bytes: text === null ? 0 : Buffer.byteLength(text),
  };
}
