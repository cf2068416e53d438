/** Variables that go on, and that their declarations now give to something else as well: `const x = exports.x = …`, where it was `const x = …`. */
import { exportKey, keyBefore, targetKey } from '../version/items.ts';
import type { TopDiff } from './top.ts';

export class NewTargets {
  private readonly top: TopDiff;
  private had: ReadonlySet<string> | null = null;

  constructor(top: TopDiff) {
    this.top = top;
  }

  update(): void {
    const { assignments, ctx, items } = this.top;
    for (const item of items.named.values()) {
      const binding = item.targets.length > 0 ? this.top.bindingOf(item.name) : undefined;
      if (!binding || !(this.top.lives(item.name) || ctx.resolver.renamed.has(binding))) continue;
      this.had ??= this.givenBefore();
      for (const target of item.targets) {
        const key = keyBefore({ key: targetKey(ctx.next, target), target }, ctx.next);
        if (!this.had.has(exportKey(key, items))) assignments.setTarget(target, item, null);
      }
    }
  }

  /** What the old version gave anything, by statements of their own as well. */
  private givenBefore(): ReadonlySet<string> {
    const { ctx, old } = this.top;
    const declared = [...old.named.values()].flatMap(({ targets }) => targets.map((target) => targetKey(ctx.base, target)));
    return new Set([...old.assigned.map(({ key }) => key), ...declared].map((key) => exportKey(key, old)));
  }
}
