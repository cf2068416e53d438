/** What the CLI needs of the builder. The builder brings native parsers, so it is loaded when a command builds. */
import type { Mode, PatchRequirement, PatchState, VerdictRow } from '../patch/format.ts';
import type { RecommendedMode } from '../patch/recommended-mode.ts';

/** The two source trees a patch is made of. */
export type TreeSpec =
  | { readonly kind: 'directories'; readonly from: string; readonly to: string }
  | { readonly kind: 'package'; readonly name: string; readonly from: string; readonly to: string }
  | { readonly kind: 'git'; readonly range: string; readonly cwd: string }
  | { readonly kind: 'diff'; readonly base: string; readonly diff: string }
  /** Each pair becomes part of one patch. */
  | { readonly kind: 'several'; readonly specs: readonly TreeSpec[] };

/** What becomes of one difference between the trees. */
export interface BuildVerdict extends VerdictRow {
  /** 0-based, of what the verdict is about in the excerpt. */
  readonly column?: number;
}

export interface BuildReport {
  readonly name: string;
  /** The patch file's text, or null when a difference was refused. */
  readonly patch: string | null;
  readonly functions: number;
  readonly modules: number;
  readonly verdicts: readonly BuildVerdict[];
  readonly recommended: RecommendedMode;
  readonly ms: number;
  readonly bytes: number;
}

export interface BuildOptions {
  readonly name: string;
  /** The file of callbacks, as its author calls it. */
  readonly hooks?: { readonly name: string; readonly text: string };
  readonly mode?: Mode;
  readonly replace?: boolean;
  readonly states?: readonly PatchState[];
  readonly requires?: PatchRequirement;
  /** Packages of an installation that stay as they are. */
  readonly without?: readonly string[];
}

export interface Builder {
  buildPatch(spec: TreeSpec, options: BuildOptions): Promise<BuildReport>;
}

export async function loadBuilder(): Promise<Builder> {
  const file = import.meta.url.endsWith('.ts') ? 'index.ts' : 'index.js';
  return (await import(new URL(`../build/${file}`, import.meta.url).href)) as Builder;
}
