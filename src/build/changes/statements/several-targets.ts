/**
 * Statements that give one value to several, as `exports.parse = own.parse = …` does, where one of these is on what the patch makes
 * anew and another is not. Run once more, such a statement would take the place of what the program holds.
 */
import type { AnyNode } from 'acorn';
import { exportKey } from '../../version/forms/items.ts';
import type { Assigned } from '../../version/forms/items.ts';
import { walk } from '../../version/program/walk.ts';
import { isBelow } from './assigned-values.ts';
import { givenBefore } from '../names/given-before.ts';
import type { TopDiff } from '../top.ts';

const HAS_MORE = 'it gives what goes on to what new code has anew, and other statements put something on that: they have run';

export class SeveralTargets {
  private readonly top: TopDiff;
  private known: ReadonlyMap<AnyNode, readonly Assigned[]> | null = null;
  private had: ReadonlySet<string> | null = null;
  /** By their texts, those on new objects that are given what the program holds. */
  private readonly living = new Map<string, Assigned>();

  constructor(top: TopDiff) {
    this.top = top;
  }

  /** Gives what the patch makes anew alone its value, where the statement of the assignment gives that to something else besides. */
  take(item: Assigned): boolean {
    const { top } = this;
    const others = this.ofStatement(item).filter(({ target }) => !top.isOnNew(target));
    if (others.length === 0) return false;
    if (top.declarations.has(item.target)) return true;
    top.declarations.set(item.target, { kind: 'shared', node: item.node, target: item.target, value: item.value });
    this.had ??= givenBefore(top);
    if (!others.some(({ key }) => this.had!.has(exportKey(key, top.items)))) return true;
    this.living.set(top.ctx.next.targetText(item.target)!, item);
    if (top.items.assigned.some((other) => isBelow(other, item))) this.report(item.node, item.key);
    return true;
  }

  /** Whether a statement that is to run may put something on what goes on, by its new name; says so. */
  reaches(node: AnyNode): boolean {
    if (this.living.size === 0) return false;
    let key: string | null = null;
    walk(node, (inner) => {
      const text = inner.type === 'MemberExpression' ? this.top.ctx.next.targetText(inner) : undefined;
      if (text !== undefined) key = this.living.get(text)?.key ?? key;
      return key === null;
    });
    if (key !== null) this.report(node, key);
    return key !== null;
  }

  private ofStatement({ node, defines }: Assigned): readonly Assigned[] {
    this.known ??= Map.groupBy(
      this.top.items.assigned.filter((one) => one.defines === null),
      (one) => one.node,
    );
    return defines === null ? (this.known.get(node) ?? []) : [];
  }

  private report(node: AnyNode, key: string): void {
    this.top.ctx.log.add('statement-changed', this.top.ctx.next, node, key, HAS_MORE);
  }
}
