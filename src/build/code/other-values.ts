/** Which variables of functions new code gives another value than old code does those that they go on from. */
import type { AnyNode } from 'acorn';
import { ClassInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import type { Match } from '../match/match.ts';
import { becomesBare } from '../version/objects/bare.ts';
import type { Side } from '../version/side.ts';
import { beginningOf, isPartOfOther } from './beginnings.ts';

/** Whether a variable is given another value than `old`, the one that it goes on from. */
interface OtherValue {
  readonly old: Binding;
  isOther: boolean;
}

export class OtherValues {
  private readonly known = new Map<Binding, OtherValue>();
  private readonly base: Side;
  private readonly next: Side;
  private readonly match: Match;

  constructor(base: Side, next: Side, match: Match) {
    this.base = base;
    this.next = next;
    this.match = match;
  }

  has(binding: Binding, old: Binding): boolean {
    const known = this.known.get(binding);
    if (known?.old === old) return known.isOther;
    const asked = new Map<Binding, OtherValue>();
    const isOther = this.find(binding, old, asked);
    // That one is another says nothing of those that were still being asked for.
    for (const [one, found] of asked) if (found.isOther || !isOther) this.known.set(one, found);
    return isOther;
  }

  private find(binding: Binding, old: Binding, asked: Map<Binding, OtherValue>): boolean {
    const before = this.known.get(binding) ?? asked.get(binding);
    if (before?.old === old) return before.isOther;
    const found = { old, isOther: false };
    // Two that are computed from each other are told apart by what else they are computed from.
    asked.set(binding, found);
    return (found.isOther = this.compare(binding, old, asked));
  }

  private compare(binding: Binding, old: Binding, asked: Map<Binding, OtherValue>): boolean {
    const was = this.base.definitionNamed(old);
    if (was) {
      const now = this.next.definitionNamed(binding);
      return now === null || (now instanceof ClassInfo ? this.match.classBase.get(now) : this.match.baseOf.get(now)) !== was;
    }
    if (becomesBare(old, this.base, binding, this.next)) return true;
    const [before, after] = [beginningOf(old, this.base), beginningOf(binding, this.next)];
    if (!before || !after) return isPartOfOther(old, binding);
    if (!this.isSameValue(before, after)) return true;
    return this.next.refsIn(after.start, after.end).some((ref) => {
      const read = ref.binding;
      if (!read || read === binding || read.scope !== binding.scope || ref.fn !== binding.scope.fn) return false;
      const then = old.scope.bindings.get(read.name);
      return then !== undefined && this.find(read, then, asked);
    });
  }

  /** Whether two values are the same but for layout and comments. What is written the same is, unless names stand for others. */
  private isSameValue(before: AnyNode, after: AnyNode): boolean {
    const { base, next } = this;
    if (next.names.size === 0 && base.written({ node: before }) === next.written({ node: after })) return true;
    return base.text(before) === next.text(after);
  }
}
