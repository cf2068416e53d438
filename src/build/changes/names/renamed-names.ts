/** Names of the top level that are others in the new version: what goes on under its old name. */
import type { AnyNode } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import { contains } from '../../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { CACHE } from '../../version/forms/cache-names.ts';
import { renamedVariables } from '../../match/renamed-variables.ts';
import type { Candidate } from '../../match/renamed-variables.ts';
import { isMutatedByFunctions, isState } from '../../version/values/effects.ts';
import type { Items } from '../../version/forms/items.ts';
import { nodesWithin } from '../../version/program/nodes.ts';
import { nameAsBefore, ownProperty } from '../../version/forms/own-properties.ts';
import { isNamedIn } from '../../version/objects/reads.ts';
import type { TopDiff } from '../top.ts';
import { renamedDefinitions } from './renamed-definitions.ts';
import { isLiftable, liftConstant } from './written-constants.ts';

export function goOnRenamed(top: TopDiff): void {
  renameImports(top);
  for (const { before, now } of renamedDefinitions(top.ctx, top.old, top.items)) {
    const [binding, old] = [top.bindingOf(now.name), top.oldBinding(before.name)];
    if (!binding || !old || old.reassigned) continue;
    // Where something else has the old name, new code has a function of its own.
    if (!binding.references.some(({ scope }) => scope.lookup(old.name))) rename(top, binding, old);
  }
  renameVariables(top);
}

/** A module that is imported under another name is the same. */
function renameImports(top: TopDiff): void {
  const { around } = top.ctx;
  const gone = [...top.old.named.values()].filter((item) => !top.items.named.has(item.name));
  for (const item of top.items.named.values()) {
    if (item.source === null || item.imported === '' || top.old.named.has(item.name) || around.follows(item.source)) continue;
    const before = gone.find((o) => o.source === item.source && o.imported === item.imported && o.kind === item.kind);
    const binding = top.bindingOf(item.name);
    const old = before && top.oldBinding(before.name);
    if (!binding || !old || binding.reassigned || old.reassigned || item.targets.length > 0) continue;
    rename(top, binding, old);
  }
}

/** A variable that begins the same and is used the same is the same. */
function renameVariables(top: TopDiff): void {
  const { base, next, match, log } = top.ctx;
  if (!runsOnce(top.handle.kind)) return;
  const only = (of: Items, other: Items, bindingOf: (name: string) => Binding | undefined): Candidate[] => {
    const given = new Set([...of.exported.values()].flatMap(({ local, source }) => (source === null ? local : [])));
    return [...of.named.values()].flatMap((item) => {
      const binding = other.named.has(item.name) || item.hoisted || given.has(item.name) ? undefined : bindingOf(item.name);
      return binding ? [{ item, binding }] : [];
    });
  };
  const gone = only(top.old, top.items, (name) => top.oldBinding(name));
  const fresh = gone.length > 0 ? only(top.items, top.old, (name) => top.bindingOf(name)) : [];
  const { pairs, unclear } = renamedVariables({ base, next, match }, [top.baseFn, top.nextFn], gone, fresh, {
    isKnown: (value) => isKnown(top, value),
    isLiftable: (before, now) => isLiftable(top, now.item, now.binding, before.binding),
  });
  for (const { before, now } of pairs) {
    rename(top, now.binding, before.binding);
    liftConstant(top, now.item, now.binding, before.binding);
    const reason = `it goes on as ${before.item.name}, which begins the same and is used the same`;
    log.add('names-paired', next, now.item.node, now.item.name, reason);
  }
  for (const { before, now } of unclear) {
    const reason = `functions use it where they used ${before.item.name}: what that holds stays there, and new code begins anew`;
    log.add('state-left', next, now.item.node, now.item.name, reason);
  }
  const told = new Set([...pairs, ...unclear].map(({ before }) => before));
  reportMoved(
    top,
    gone.filter((one) => !told.has(one)),
    fresh,
  );
}

/** What functions put into a variable that has gone, where they ask something new in its place: that may hold it from now on. */
function reportMoved(top: TopDiff, gone: readonly Candidate[], fresh: readonly Candidate[]): void {
  const { ctx, baseFn, nextFn } = top;
  const { next, match, log } = ctx;
  for (const { item, binding } of gone) {
    if (item.source !== null || CACHE.test(item.name) || !(isState(baseFn, binding) || isMutatedByFunctions(baseFn, binding))) continue;
    const users = new Set(binding.references.flatMap(({ fn }) => match.nextOf.get(fn) ?? []));
    users.delete(nextFn);
    const isUsed = (one: Candidate): boolean => one.binding.references.some(({ fn }) => users.has(fn));
    const now = fresh.find((one) => (one.item.source !== null || one.item.kind === 'class') && isUsed(one));
    const stays = 'what that holds stays there';
    if (now) {
      const reason =
        now.item.source === null
          ? `functions use it where they used ${item.name}`
          : `functions ask ${now.item.source} where they used ${item.name}`;
      log.add('state-left', next, now.item.node, now.item.name, `${reason}: ${stays}`);
      continue;
    }
    const [user, asked] = askedInstead(top, users) ?? [];
    if (user) log.add('state-left', next, user.node, item.name, `functions ask ${asked} where they used it: ${stays}`);
  }
}

/** A module that one of `users` did not ask before, or a property of its object that the old version does not know. */
function askedInstead({ ctx, items }: TopDiff, users: ReadonlySet<FunctionInfo>): readonly [FunctionInfo, string] | null {
  const { base, next, match } = ctx;
  for (const user of users) {
    const before = match.baseOf.get(user)!;
    const known = new Set(base.refsIn(before.node.start, before.node.end).flatMap(({ binding }) => binding?.name ?? []));
    for (const { binding } of next.refsIn(user.node.start, user.node.end)) {
      const source = binding && !known.has(binding.name) ? items.named.get(binding.name)?.source : null;
      if (source && /^[./#]/.test(source)) return [user, source];
    }
    for (const node of nodesWithin(next.model.program, 'MemberExpression', user.node.start, user.node.end)) {
      const name = ownProperty(node);
      if (name !== null && !isNamedIn(name, base.model)) return [user, `the ${name} of their object`];
    }
  }
  return null;
}

/** Whether all names in it mean what they did, as far as the top level tells. What functions do is another matter: they may have changed. */
function isKnown(top: TopDiff, value: AnyNode | null, seen: ReadonlySet<string> = new Set()): boolean {
  const { base, next, around } = top.ctx;
  if (value === null) return true;
  return next.refsIn(value.start, value.end).every(({ binding }) => {
    if (binding === null || binding.kind === 'implicit') return true;
    const own = binding.scope.node;
    if (binding.scope.fn !== top.nextFn) return contains(value, own);
    const { name } = binding;
    const [was, now] = [top.old.named.get(name), top.items.named.get(name)];
    if (!was || !now || was.kind !== now.kind || was.extract !== now.extract || binding.reassigned || seen.has(name)) return false;
    if (now.source !== null) return was.source === now.source && was.imported === now.imported && !around.follows(now.source);
    if (now.kind === 'function' || was.value === null || now.value === null) return now.kind === 'function';
    return base.text(was.value) === next.text(now.value) && isKnown(top, now.value, new Set([...seen, name]));
  });
}

function rename({ ctx: { next, resolver } }: TopDiff, binding: Binding, old: Binding): void {
  resolver.renamed.set(binding, old);
  next.rename(binding, old.name);
  for (const { node } of binding.references) nameAsBefore(node, old.name);
}
