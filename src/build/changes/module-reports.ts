/** What is said of a module as a whole: of its names, of functions that go on as others, and of those that no patch reaches. */
import { readsNew } from '../code/context.ts';
import type { ModuleContext } from '../code/context.ts';
import type { Renamed } from '../match/old-names.ts';
import type { Drafts } from './functions/drafts.ts';
import { STAND_IN } from './names/stand-ins.ts';
import type { TopDiff } from './top.ts';

/** How the variables of the new version were given the names of the old one. */
export function reportNames({ base, log }: ModuleContext, renamed: Omit<Renamed, 'next'> | null): void {
  const { who, names, unclear } = renamed ?? { who: '', names: 0, unclear: [] };
  if (names > 0)
    log.add(
      'names-paired',
      base,
      base.model.program,
      '',
      `${who} the names: ${names} that are others now were paired by what they stand for`,
    );
  for (const { base: binding, reason } of unclear) {
    // What a call made is out of reach of new code that has another name for it.
    if (binding && !base.plan.handleOf.has(binding.scope.fn)) continue;
    log.add('names-unclear', base, binding?.declarations[0] ?? base.model.program, binding?.name ?? '', reason);
  }
}

/** Functions of the running module that go on as what the new version has in their place. */
export function reportStandIns({ next, match, log }: ModuleContext, classes: ReadonlySet<string>): void {
  for (const name of classes) {
    const made = next.model.functions.find(({ node }) => node.type === 'FunctionDeclaration' && node.id?.name === name);
    log.add(
      'class-written-out',
      next,
      made?.parent?.node ?? null,
      name,
      'the running one stays a function: who calls it without `new` is not refused, and its methods can be enumerated',
    );
  }
  for (const fn of next.model.functions) {
    const last = 'params' in fn.node ? fn.node.params.at(-1) : undefined;
    const baseFn = match.baseOf.get(fn);
    if (!baseFn || last?.type !== 'RestElement' || last.argument.type !== 'Identifier' || last.argument.name !== STAND_IN) continue;
    const reason = `the running function goes on, and calls what is in its place now${fn.kind === 'arrow' ? ', without a `this`' : ''}`;
    log.add('function-stands-in', next, fn.node, baseFn.path, reason);
  }
}

/** Functions that differ and have no entry site. */
export function reportUntouched(ctx: ModuleContext, tops: readonly TopDiff[], drafts: Drafts): void {
  const { base, next, match, log } = ctx;
  for (const [fn, baseFn] of match.baseOf) {
    if (base.isOpaque(baseFn) || baseFn.kind === 'static' || baseFn.kind === 'field') continue;
    const untouched = base.plan.unpatchable.find((u) => u.fn === baseFn);
    if (!untouched) continue;
    const isSame = base.full(baseFn.node) === next.full(fn.node) || match.isSameWithin(fn);
    if (isSame && !readsNew(ctx, baseFn, fn)) continue;
    // Its text is part of the code around it, which is compared with it.
    if (baseFn.parent && drafts.all.some((d) => d.fn === fn.parent)) continue;
    if (isSame && tops.some((top) => top.makesAnew(fn.node))) continue;
    const more = isSame ? ', and a value it reads is another one' : '';
    log.add('function-untouched', next, fn.node, baseFn.path, `${untouched.reason}${more}`);
  }
}
