/**
 * The scopes of a module that are made once as it loads, and its classes: which of the old version is which of the new, and the
 * comparison of each, as it begins.
 */
import type { AnyNode } from 'acorn';
import { ownBinding } from '../../instrument/forwarding.ts';
import { runsOnce } from '../../instrument/plan.ts';
import type { ClassInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { keepsKind } from '../code/draft.ts';
import { isOnlyCalled } from '../version/values/holding.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { ClassDiff } from './classes/classes.ts';
import type { MergeStatic } from './classes/classes.ts';
import { pairByRole } from './compare.ts';
import { findHoisted } from './wrappers/hoisted.ts';
import { pairNamedEntries } from './tables/named-entries.ts';
import { partClasses } from './classes/parted-classes.ts';
import { pairParameters, sameHead } from './functions/parameters.ts';
import type { Shapes } from './classes/shapes.ts';
import { TopDiff } from './top.ts';

/** To be filled. */
export interface Scopes {
  readonly tops: TopDiff[];
  readonly classes: ClassDiff[];
  readonly shapes: Shapes;
}

export function startScopes(ctx: ModuleContext, scopes: Scopes): void {
  const { base, next, match, log } = ctx;
  const { tops, classes, shapes } = scopes;
  const mergeStatic = mergeInto(ctx, tops);
  findHoisted(base, next, match);
  for (const [nextFn, baseFn] of match.baseOf) {
    const kind = base.plan.handleOf.get(baseFn)?.kind;
    if (!runsOnce(kind) || !next.plan.handleOf.has(nextFn)) continue;
    const [old, items] = [itemsOf(base, baseFn), itemsOf(next, nextFn)];
    pairByRole(ctx, baseFn, nextFn, old, items);
    pairNamedEntries(ctx, old, items);
  }
  // Where nobody holds a function that cannot become the new one, the new one is another.
  for (const [nextFn, baseFn] of match.baseOf)
    if (!keepsKind(baseFn, nextFn) && isOnlyCalled(ownBinding(baseFn) ?? undefined)) match.part(baseFn);
  partClasses(ctx);
  for (const [nextFn, baseFn] of match.baseOf) {
    const handle = base.plan.handleOf.get(baseFn);
    if (!handle) continue;
    if (base.isComputation(baseFn) || next.isComputation(nextFn)) continue;
    const kind = next.plan.handleOf.get(nextFn)?.kind;
    if (handle.kind === 'heavy') {
      if (kind !== 'heavy' || !match.differs(nextFn)) continue;
      const top = new TopDiff(ctx, baseFn, nextFn, handle);
      if (sameHead(ctx, baseFn, nextFn) && top.isAdditive()) tops.push(top);
      continue;
    }
    if (!runsOnce(kind)) {
      log.add('wrapper-changed', next, nextFn.node, nextFn.path, 'a function that ran once as the module loaded has another form');
      continue;
    }
    if (!pairParameters(ctx, baseFn, nextFn, handle))
      log.add('wrapper-changed', next, nextFn.node, nextFn.path, 'the parameters of a function that ran once as the module loaded changed');
    const top = new TopDiff(ctx, baseFn, nextFn, handle);
    if (handle.kind === 'bundled') next.inBundle.giving.set(nextFn, top);
    tops.push(top);
  }
  for (const [nextClass, baseClass] of match.classBase) {
    const handle = base.plan.handleOf.get(baseClass);
    if (handle && next.plan.handleOf.has(nextClass)) {
      ctx.resolver.privates.addClass(baseClass, nextClass, handle);
      shapes.addClass(baseClass, nextClass, handle);
      classes.push(new ClassDiff(ctx, baseClass, nextClass, handle, mergeStatic));
    }
  }
  shapes.addConstructors();
  addModules(ctx, tops);
  tops.sort((a, b) => a.handle.id - b.handle.id);
  classes.sort((a, b) => a.handle.id - b.handle.id);
}

/** Has the table that a static field of a class gives become part of the one that exists. */
const mergeInto =
  ({ base }: ModuleContext, tops: readonly TopDiff[]): MergeStatic =>
  (cls, name, before, after, node) => {
    const top = tops.find(({ handle }) => handle.owner === cls.parent);
    const id = nameAround(cls);
    const binding = id && top?.oldBinding(id.name);
    if (!top || !binding || base.definitionNamed(binding) !== cls) return false;
    return top.tables.merge(`${id.name}.${name}`, id, before, after, node, { path: [name] });
  };

/** What the loader of a bundle finds under keys that only the new version has. */
function addModules({ next, match, resolver, log }: ModuleContext, tops: readonly TopDiff[]): void {
  for (const [fn, { table }] of next.plan.bundled) {
    const own = table && !match.baseOf.has(fn) ? resolver.newModule(fn) : null;
    const top = own && tops.find(({ handle }) => handle === own.handle);
    if (!top) continue;
    const parent = fn.ancestors.at(-1)!;
    const node = parent.type === 'Property' ? parent : (fn.node as AnyNode);
    top.declarations.set(node, { kind: 'module', node, fn, table: own.table, name: own.name });
    log.add('function-added', next, node, fn.path, 'a module that only the new bundle has');
  }
}

/** What the code around a class calls it, where that is a name. */
function nameAround({ node, ancestors }: ClassInfo): (AnyNode & { readonly type: 'Identifier' }) | null {
  const parent = ancestors.at(-1);
  const id =
    node.type === 'ClassDeclaration'
      ? node.id
      : parent?.type === 'VariableDeclarator'
        ? parent.id
        : parent?.type === 'AssignmentExpression'
          ? parent.left
          : null;
  return id?.type === 'Identifier' ? id : null;
}
