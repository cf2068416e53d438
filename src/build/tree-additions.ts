/** Files that only the new version has: which of them the patch brings along, and what they find in its modules. */
import type { AddedModule } from '../patch/format.ts';
import type { ModuleModel } from '../source/model.ts';
import type { BothTrees } from './both-trees.ts';
import { CANNOT_ASK, askIn } from './code/surplus.ts';
import { analyzeFile, isData } from './input/files.ts';
import { specifiersIn } from './input/reach.ts';
import type { Pair } from './pair.ts';
import type { VerdictLog } from './verdicts/verdicts.ts';
import { sideFor } from './version/side.ts';
import type { Side } from './version/side.ts';

export class TreeAdditions {
  /** What the patch brings along. */
  readonly brought = new Set<string>();
  private readonly trees: BothTrees;
  private readonly pairs: ReadonlyMap<string, Pair>;
  /** All files that only the new version has. */
  private readonly added: ReadonlySet<string>;
  private readonly models: ReadonlyMap<string, ModuleModel>;
  private readonly leastHandedOn: number | null;
  private readonly log: (file: string) => VerdictLog;

  constructor(
    trees: BothTrees,
    pairs: ReadonlyMap<string, Pair>,
    added: ReadonlySet<string>,
    models: ReadonlyMap<string, ModuleModel>,
    leastHandedOn: number | null,
    log: (file: string) => VerdictLog,
  ) {
    this.trees = trees;
    this.pairs = pairs;
    this.added = added;
    this.models = models;
    this.leastHandedOn = leastHandedOn;
    this.log = log;
  }

  async modules(): Promise<AddedModule[]> {
    // Only what the modules of the patch lead to is brought along.
    const asked = new Map<string, readonly string[]>();
    const wanted = new Set<string>();
    for (const pair of this.pairs.values()) {
      if (!pair.result?.module) continue;
      for (const file of await this.broughtFor(pair, asked)) wanted.add(file);
    }
    const modules: AddedModule[] = [];
    for (const file of [...wanted].sort()) {
      this.brought.add(file);
      const text = (await this.trees.to.read(file))!;
      const owner = await this.trees.ownerOf(file);
      const log = this.log(file);
      log.add('file-added', null, null, '', 'the patch brings it along');
      modules.push({
        file: this.trees.within(file, owner?.folder ?? ''),
        ...(isData(file) ? { format: 'json', source: text } : await this.addedCode(file, text, log)),
        ...(owner ? { package: owner.name } : {}),
      });
    }
    return modules;
  }

  /**
   * The files that only the new version has and that a module of the patch leads to. What they read of others as they load is
   * linked before it. `asked` keeps what each of them asks for.
   */
  private async broughtFor(pair: Pair, asked: Map<string, readonly string[]>): Promise<ReadonlySet<string>> {
    const targets = (file: string, text: string): readonly string[] =>
      specifiersIn(text).flatMap((specifier) => this.trees.specifiers.to.resolve(file, specifier) ?? []);
    const found = new Set<string>();
    const queue = targets(pair.file, pair.next.text).filter((target) => this.added.has(target));
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (found.has(file)) continue;
      found.add(file);
      let own = asked.get(file);
      if (own === undefined) asked.set(file, (own = targets(file, (await this.trees.to.read(file)) ?? '')));
      for (const target of own) {
        if (this.added.has(target)) queue.push(target);
        else if (target !== pair.file && this.givesAnew(target)) pair.reads.add(target);
      }
    }
    return found;
  }

  /** A file of the patch that imports what a running ES module gives anew has it as it is when the patch is linked. */
  private noteCopies(file: string, side: Side, log: VerdictLog): void {
    for (const node of side.model.program.body) {
      if (node.type !== 'ImportDeclaration' && node.type !== 'ExportNamedDeclaration' && node.type !== 'ExportAllDeclaration') continue;
      const target = node.source ? this.trees.specifiers.to.resolve(file, String(node.source.value)) : null;
      const pair = target === null ? undefined : this.pairs.get(target);
      const { bindings } = pair?.next.scope ?? {};
      for (const { name, binding } of pair?.result?.module?.exports ?? [])
        if (bindings?.get(binding)?.reassigned)
          log.add(
            'value-copied',
            side,
            node,
            name,
            `what it imports of ${String(node.source!.value)} stays as it is when the patch is linked`,
          );
    }
  }

  private givesAnew(file: string): boolean {
    return (this.pairs.get(file)?.result?.module?.exports.length ?? 0) > 0;
  }

  private async addedCode(file: string, text: string, log: VerdictLog): Promise<Pick<AddedModule, 'format' | 'source'>> {
    const model = this.models.get(file) ?? (await analyzeFile(text, file, this.trees.manifests.to));
    const { format } = model;
    const side = sideFor(model);
    if (format === 'module') this.noteCopies(file, side, log);
    if (this.leastHandedOn === null) return { format, source: model.text };
    return { format, source: askIn(model, this.leastHandedOn, (call) => log.add('argument-out-of-reach', side, call, '', CANNOT_ASK)) };
  }
}
