/** The modules of a patch in both versions: those that differ, and those that join because of what differs elsewhere. */
import { posix } from 'node:path';
import { LivepatchError } from '../errors/errors.ts';
import type { ModuleModel } from '../source/model.ts';
import type { BothTrees } from './both-trees.ts';
import { withoutClassAliases } from './changes/classes/class-aliases.ts';
import { withOldClasses } from './changes/classes/old-classes.ts';
import { withRows } from './changes/tables/generated-rows.ts';
import { withKeptDefault } from './changes/names/kept-defaults.ts';
import { givenBy, withNamedStars } from './changes/names/new-stars.ts';
import { withSetUpDone } from './changes/statements/set-up-done.ts';
import { withStandIns } from './changes/names/stand-ins.ts';
import { withOldForms } from './changes/wrappers/wrapper-forms.ts';
import { withOldParameters } from './changes/wrappers/wrapper-parameters.ts';
import { withOwnPrivateNames } from './code/private-kinds.ts';
import { isCode, isTypeScript, packageOf } from './input/files.ts';
import { mayReadTexts, withTexts } from './input/read-texts.ts';
import { stillCommonJs } from './input/still-commonjs.ts';
import { underOldAliases } from './match/exports-aliases.ts';
import { underOldKeys } from './match/module-keys.ts';
import { underOldModuleNames } from './match/module-names.ts';
import { underOldNames } from './match/old-names.ts';
import type { Pair } from './pair.ts';
import type { VerdictLog } from './verdicts/verdicts.ts';
import { says } from './version/objects/reads.ts';

const FORMATS = { commonjs: 'a CommonJS module', module: 'an ES module' };

export class TreePairs {
  readonly all = new Map<string, Pair>();
  /** Why the first of the files that no process can run was left out. */
  unparsed: LivepatchError | null = null;
  /** Files that are of another format now, and that processes have not loaded. */
  readonly otherFormats: { readonly file: string; readonly text: string; readonly why: string }[] = [];
  private readonly trees: BothTrees;
  /** All code of the old version. */
  private readonly oldTexts: ReadonlyMap<string, string>;
  private readonly log: (file: string) => VerdictLog;

  constructor(trees: BothTrees, oldTexts: ReadonlyMap<string, string>, log: (file: string) => VerdictLog) {
    this.trees = trees;
    this.oldTexts = oldTexts;
    this.log = log;
  }

  /** Throws where what cannot be parsed is loaded by programs. */
  async add(file: string, before: string, after: string): Promise<void> {
    let base: ModuleModel | null = null;
    try {
      base = withRows(await this.trees.analyze('from', file, before));
      const loaded = withRows(await this.trees.analyze('to', file, after));
      const named = await withNamedStars(base, loaded, (source) => this.namesOf(file, source));
      const formed = before === after ? named : withOldParameters(base, withOldForms(base, named));
      const given = before === after ? named : withKeptDefault(base, formed);
      if (given !== formed && !(await this.trees.isInternal(file)))
        this.log(file).add(
          'value-copied',
          null,
          null,
          'module.exports',
          'who asks for the module goes on getting its default, which has the names',
        );
      const next = base.format === 'commonjs' && given.format === 'module' ? (stillCommonJs(given) ?? given) : given;
      if (base.format !== next.format) this.addOtherFormat(file, before, base, next);
      else {
        const own = before === after ? next : withoutClassAliases(base, next);
        const writtenOut = before === after ? null : withOldClasses(base, own);
        const kept =
          before === after ? next : underOldAliases(base, underOldModuleNames(base, underOldKeys(base, writtenOut?.next ?? own)));
        const renamed = before === after ? null : underOldNames(base, kept);
        const compared = withOwnPrivateNames(base, renamed?.next ?? kept);
        const folder = (await packageOf(this.trees.manifests.to, file))?.folder ?? '';
        const known = (before === after ? null : withStandIns(base, compared)) ?? compared;
        const read = mayReadTexts(after) ? await withTexts(known, (name) => this.newText(name)) : null;
        if (read) this.log(file).add('text-brought', null, null, '', `it has the new text of ${[...read.files].join(', ')}`);
        const whole = read?.next ?? known;
        const setUp = before === after ? null : withSetUpDone(base, whole, (word) => this.isNew(word));
        for (const { what, by } of setUp?.done ?? [])
          this.log(file).add(
            'initialiser-runs',
            null,
            null,
            by,
            `${what} is set when the patch is linked, as the function sets it in a program that starts`,
          );
        const pair = {
          file,
          folder,
          raw: before,
          rawNext: after,
          base,
          next: setUp?.next ?? whole,
          renamed,
          classes: writtenOut?.names ?? new Set<string>(),
          texts: read?.files ?? new Set<string>(),
        };
        this.all.set(file, { ...pair, result: null, reads: new Set() });
      }
    } catch (error) {
      // TypeScript that Node does not run is compiled to what it does.
      const isCompiled = base === null && isTypeScript(file);
      if (!(error instanceof LivepatchError) || !(this.trees.loadable || isCompiled)) throw error;
      if (base === null) {
        this.unparsed ??= error;
        const why = error.code === 'ERR_SYNTAX' ? 'Node cannot parse the old version' : 'Node refuses the package file of the old version';
        this.log(file).add('file-unreachable', null, null, '', `${why}, so no process runs it; left out`);
        return;
      }
      // An entry such as `./*` gives sources away that are no JavaScript.
      if (this.trees.loadable?.has(file) && (await this.trees.reachableFiles(false, true))?.has(file) !== false) throw error;
      this.log(file).add(
        'file-unreachable',
        null,
        null,
        '',
        'no entry of the package names it and it cannot be parsed, nor loaded by Node; left out',
      );
    }
  }

  private addOtherFormat(file: string, text: string, base: ModuleModel, next: ModuleModel): void {
    const { loadable } = this.trees;
    const what = `it was ${FORMATS[base.format]}, and is ${FORMATS[next.format]} now`;
    // Its text is that of a CommonJS module, which its package file says it is not.
    const cannotRun = base.format === 'module' && stillCommonJs(base) !== null;
    if (loadable && !loadable.has(file)) this.otherFormats.push({ file, text, why: `${what}, and no entry of the package leads to it` });
    else if (loadable && cannotRun) this.otherFormats.push({ file, text, why: `${what}: by its package file Node could not run it` });
    else this.log(file).add('format-changed', null, null, '', `${what}: who has loaded it holds what it gave`);
  }

  /** The names that a module of the new version gives away, those of others included. */
  private async namesOf(from: string, source: string, seen = new Set<string>()): Promise<ReadonlySet<string> | null> {
    const file = this.trees.specifiers.to.resolve(from, source);
    const text = file === null || !this.trees.toFiles.has(file) ? null : await this.trees.to.read(file);
    const model = file === null || text === null ? null : await this.trees.modelOf('to', file, text);
    const given = model && givenBy(model);
    if (!given || seen.size === seen.add(file!).size) return null;
    const names = new Set(given.names);
    for (const star of given.stars) for (const name of (await this.namesOf(file!, star, seen)) ?? ['']) names.add(name);
    return names.has('') ? null : names;
  }

  /** Whether no code of the old version says a word, which may be the name of a symbol. */
  private isNew(word: string): boolean {
    return [...this.oldTexts.values()].every((text) => !says(text, word));
  }

  /** The text of a file that the process has otherwise, or not at all. A package file says of which version it is, as the process has it. */
  private async newText(file: string): Promise<string | null> {
    const { from, to, fromFiles, toFiles } = this.trees;
    if (!toFiles.has(file) || posix.basename(file) === 'package.json') return null;
    const text = await to.read(file);
    return fromFiles.has(file) && (await from.read(file)) === text ? null : text;
  }

  /** Modules that are the same, and read the text of files that are not. */
  async addReaders(): Promise<void> {
    for (const [file, text] of this.oldTexts) {
      if (this.all.has(file) || !mayReadTexts(text) || !this.trees.isLoadable(file) || !this.trees.toFiles.has(file)) continue;
      if ((await this.trees.to.read(file)) !== text) continue;
      const model = await this.trees.modelOf('to', file, text);
      if (model && (await withTexts(model, (name) => this.newText(name)).catch(() => null))) await this.add(file, text, text);
    }
  }

  /** The module whose scope the callbacks see is part of the patch, changed or not. */
  async addHooked(name: string): Promise<void> {
    for (const file of this.trees.from.files) {
      if (!isCode(file) || !file.endsWith(name)) continue;
      if (this.trees.within(file, (await this.trees.ownerOf(file))?.folder ?? '') !== name) continue;
      const [before, after] = await Promise.all([this.trees.from.read(file), this.trees.to.read(file)]);
      if (before !== null && after !== null && !this.all.has(file)) await this.add(file, before, after);
    }
  }
}
