/** Variables that go on, and that their declarations now give to something else as well: `const x = exports.x = …`, where it was `const x = …`. */
import { exportKey, keyBefore, targetKey } from '../../version/forms/items.ts';
import { givenBefore } from './given-before.ts';
import type { TopDiff } from '../top.ts';

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
      this.had ??= givenBefore(this.top);
      for (const target of item.targets) {
        const key = keyBefore({ key: targetKey(ctx.next, target), target }, ctx.next);
        if (!this.had.has(exportKey(key, items)) || this.top.isOnNew(target)) assignments.setTarget(target, item, null);
      }
    }
  }
}
