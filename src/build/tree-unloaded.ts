/** Files that a patch leaves as they are, and that are for processes which have not loaded them. */
import { LivepatchError } from '../errors/errors.ts';
import type { UnloadedFile } from '../patch/format.ts';
import type { BothTrees } from './both-trees.ts';
import { eagerFiles } from './input/eager.ts';
import { specifiersIn } from './input/reach.ts';
import { givesNothing, unloadedFile } from './input/unloaded.ts';
import type { Pair } from './pair.ts';
import type { TreeDependencies } from './tree-dependencies.ts';
import type { TreePairs } from './tree-pairs.ts';
import type { VerdictLog } from './verdicts/verdicts.ts';

interface Left {
  readonly file: string;
  readonly before: string;
}

export class TreeUnloaded {
  private readonly trees: BothTrees;
  private readonly pairs: ReadonlyMap<string, Pair>;
  private readonly dependencies: TreeDependencies;
  /** Files that only the new version has. */
  private readonly added: ReadonlySet<string>;
  private readonly log: (file: string) => VerdictLog;
  /** A package of an application, which need not load it. */
  private readonly isPart: boolean;
  private readonly leftOut = new Map<string, UnloadedFile>();

  constructor(
    trees: BothTrees,
    pairs: ReadonlyMap<string, Pair>,
    dependencies: TreeDependencies,
    added: ReadonlySet<string>,
    log: (file: string) => VerdictLog,
    isPart: boolean,
  ) {
    this.isPart = isPart;
    this.trees = trees;
    this.pairs = pairs;
    this.dependencies = dependencies;
    this.added = added;
    this.log = log;
  }

  /** They would be most of a patch, and hardly a program loads them. */
  async leaveOutTests(tests: readonly Left[]): Promise<void> {
    const which = tests.length === 1 ? 'it is a test' : `it and ${tests.length - 1} more are tests`;
    await this.leaveOut(tests, which, 'it is a test, and was left out');
  }

  /** Of large ones: what is refused in them is left out anyway, and one takes longer to build than all else. */
  async leaveOutForBrowsers(bundles: readonly Left[]): Promise<void> {
    const which = bundles.length === 1 ? 'it is a bundle for browsers' : `it and ${bundles.length - 1} more are bundles for browsers`;
    await this.leaveOut(bundles, which, 'it is a bundle for browsers, and was left out');
  }

  private async leaveOut(all: readonly Left[], which: string, reason: string): Promise<void> {
    const [first] = all;
    if (!first) return;
    this.log(first.file).add('file-unreachable', null, null, '', `${which}, and the package's entries do not lead there; left out`);
    for (const { file, before } of all) {
      try {
        this.leftOut.set(file, await unloadedFile(this.trees.manifests.from, file, before, null, reason));
      } catch (error) {
        // No process has loaded what stands under a package file that Node refuses.
        if (!(error instanceof LivepatchError)) throw error;
      }
    }
  }

  /** Those that are of another format in the new version: a process that has loaded one all the same refuses the patch. */
  async leaveOutOtherFormats(files: TreePairs['otherFormats']): Promise<void> {
    for (const { file, text, why } of files) {
      this.log(file).add('file-unreachable', null, null, '', `${why}; left out`);
      this.leftOut.set(file, await unloadedFile(this.trees.manifests.from, file, text, null, 'it is of another format now'));
    }
  }

  /** Files that are refused, and that a process which takes the patch need not have loaded. */
  async found(): Promise<ReadonlyMap<string, UnloadedFile>> {
    const found = new Map(this.leftOut);
    const { loadable } = this.trees;
    const refused = [...this.pairs.values()].filter((pair) => pair.result!.log.refused);
    if (loadable === null || refused.length === 0) return found;
    // A patch of nothing else would be for no process.
    if (!this.isPart && refused.some(({ file }) => loadable.has(file)) && ![...this.pairs.values()].some((pair) => pair.result!.module))
      return found;
    const isAsked = !this.isPart && refused.some(({ file }) => loadable.has(file));
    const eager = isAsked ? await eagerFiles(this.trees.from, this.trees.manifests.from, this.trees.specifiers.from) : null;
    const read = new Set([...this.pairs.values()].flatMap((pair) => (refused.includes(pair) ? [] : [...pair.reads])));
    const named = await this.trees.reachableFiles(false, true);
    for (const { file, raw, rawNext, result, base, next } of refused) {
      const isLoadable = loadable.has(file);
      if (isLoadable && (eager?.has(file) || read.has(file) || base.format !== next.format)) continue;
      // The text is loaded as it is: what it asks for must be there. A pattern like `./*` leads to examples too, which nobody imports.
      const asks = isLoadable && this.asksForBrought(file, rawNext);
      if (asks && (named?.has(file) !== false || ![base, next].every(givesNothing))) continue;
      const first = result!.log.rows.find((r) => r.verdict === 'refused' || r.verdict === 'needs-hook')!;
      const reason = `${first.code} at line ${first.line}`;
      found.set(file, await unloadedFile(this.trees.manifests.from, file, raw, isLoadable && !asks ? rawNext : null, reason));
    }
    return found;
  }

  private asksForBrought(file: string, text: string): boolean {
    const { folder } = this.pairs.get(file)!;
    const isAdded = (specifier: string): boolean => this.added.has(this.trees.specifiers.to.resolve(file, specifier) ?? '');
    return specifiersIn(text).some((specifier) => isAdded(specifier) || this.dependencies.follows(folder, specifier));
  }
}
