/**
 * Classes that newly have a name for themselves, as `var Box = class _Box {…}`, which bundlers write where a class uses its own name:
 * running code knows them by the variable alone.
 */
import type { Binding, ClassInfo, Scope } from '../../source/model.ts';
import type { Match } from '../match/match.ts';
import type { Side } from '../version/side.ts';

export interface NewlyNamed {
  readonly cls: ClassInfo;
  readonly was: ClassInfo;
  readonly around: Scope;
}

/** The class that has the name for itself, and that goes on from one without it. */
export function newlyNamed({ scope, name }: Binding, next: Side, match: Match): NewlyNamed | null {
  const cls = scope.kind === 'class' ? next.classAt.get(scope.node) : undefined;
  const was = cls && match.classBase.get(cls);
  return was && was.node.id?.name !== name ? { cls, was, around: scope.parent! } : null;
}

/** The variable that stands for the class in both versions, and for nothing else. `goesOnFrom`: the one of the running code. */
export function holderOf(
  { cls, was, around }: NewlyNamed,
  base: Side,
  next: Side,
  goesOnFrom: (binding: Binding) => Binding | null,
): Binding | null {
  const holder = [...around.bindings.values()].find((one) => next.definitionNamed(one) === cls);
  const old = holder && goesOnFrom(holder);
  return old && base.definitionNamed(old) === was ? holder : null;
}
