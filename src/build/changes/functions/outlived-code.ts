/** Code that runs when the patch is linked and uses what a name of the old top level no longer stands for. */
import { outlivedIn, outlivedReason } from '../../version/values/outlived.ts';
import type { TopDiff } from '../top.ts';

export function reportOutlived({ ctx, declarations, fills, nextFn }: TopDiff): void {
  const ran = [...declarations.values()].filter(({ kind }) => kind === 'named' || kind === 'statement').map(({ node }) => node);
  for (const node of new Set([...ran, ...fills.keys()])) {
    const name = outlivedIn(node, ctx.next, nextFn, (binding) => ctx.resolver.fresh.has(binding));
    if (name !== null) ctx.log.add('statement-changed', ctx.next, node, name, outlivedReason(name));
  }
}
