/**
 * Names that a bundler numbered, since modules that it put into one scope had the same: `store`, `store2`, or `store$1`. Which
 * of them is whose depends on what stands before, so that one module more moves all of them on.
 */
import type { Binding, ModuleModel } from '../../source/model.ts';
import { scopesOf } from './meanings.ts';
import { isLasting } from './standing.ts';

/** A name without its number. */
export const stemOf = (name: string): string => (/\d$/.test(name) ? (NUMBERED.exec(name)?.[1] ?? name) : name);

const NUMBERED = /^(.*?[^\d$])[\d$]*\d$/;

/** The stems of which one version has other names than the other. */
export function movedStems(base: ModuleModel, next: ModuleModel): ReadonlySet<string> {
  const [old, now] = [namesByStem(base), namesByStem(next)];
  const moved = new Set<string>();
  for (const [stem, names] of now) {
    const before = old.get(stem);
    if (!before || (names.size === before.size && [...names].every((name) => before.has(name)))) continue;
    if ([...names, ...before].some((name) => name !== stem)) moved.add(stem);
  }
  return moved;
}

function namesByStem(model: ModuleModel): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const add = ({ name }: Binding): void => {
    const stem = stemOf(name);
    const names = found.get(stem);
    if (names) names.add(name);
    else found.set(stem, new Set([name]));
  };
  for (const scope of scopesOf(model)) for (const binding of scope.bindings.values()) if (isLasting(binding)) add(binding);
  return found;
}
