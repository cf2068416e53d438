/** The verdicts on values that stand, made as the module loaded by functions that have changed since. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import type { AtLoad } from '../../hazards/at-load.ts';
import { effectsOf } from '../../version/values/effects.ts';
import { startsWork } from '../../version/values/starts-work.ts';
import { isOfHelper } from '../../version/forms/written-helpers.ts';
import type { TopDiff } from '../top.ts';

interface Place {
  readonly node: AnyNode;
  readonly name: string;
}

/** `labelled`: statements that differ in no more than a label. Each function is named once, where it ran first, and those of one place together. */
export function reportComputed(top: TopDiff, atLoad: AtLoad, labelled: readonly AnyNode[]): void {
  const { next, log, resolver } = top.ctx;
  if (atLoad.changed.length === 0) return;
  const first = new Map<FunctionInfo, Place & { count: number }>();
  const roots = new Map<AnyNode, Place>();
  const look = (value: AnyNode, node: AnyNode, name: string): void => {
    roots.set(value, { node, name });
    for (const fn of effectsOf(value, next, top.nextFn).called) {
      const known = first.get(fn);
      if (known) known.count++;
      else first.set(fn, { node, name, count: 1 });
    }
  };
  for (const item of top.items.named.values()) {
    const binding = top.bindingOf(item.name);
    if (item.value && binding && !resolver.fresh.has(binding)) look(item.value, item.node, item.name);
  }
  for (const item of top.items.assigned) if (!top.declarations.has(item.node)) look(item.value, item.node, item.key);
  for (const [, node] of top.pairs) if (!top.declarations.has(node) && !startsWork(node, next)) look(node, node, '');
  for (const node of labelled) look(node, node, '');
  const led = atLoad.from(roots.keys());
  const rows = new Map<string, Place & { readonly ran: string; readonly paths: string[] }>();
  for (const fn of atLoad.changed) {
    const known = first.get(fn);
    const root = led.get(fn);
    if ((!known && !root) || isOfHelper(fn)) continue;
    const { node, name } = known ?? roots.get(root!)!;
    const where = !known || known.count === 1 ? 'here' : `here and in ${known.count - 1} more`;
    const ran = `${known ? 'ran' : 'may have run'} as the module loaded (${where})`;
    const key = `${node.start} ${name} ${ran}`;
    const row = rows.get(key) ?? { node, name, ran, paths: [] };
    rows.set(key, row);
    row.paths.push(fn.path);
  }
  for (const { node, name, ran, paths } of rows.values()) {
    const [who, left] =
      paths.length === 1
        ? [paths[0]!, 'has changed since: what it computed stays']
        : [`${paths[0]!} and ${paths.length - 1} more`, 'have changed since: what they computed stays'];
    log.add('computed-at-load', next, node, name, `${who} ${ran}, and ${left}`);
  }
}
