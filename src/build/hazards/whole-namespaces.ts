/** Namespaces of ES modules that code uses as a whole: the one that exists never has what its module gives anew. */
import type { ModuleContext } from '../code/context.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import type { Reference } from '../../source/model.ts';

export function reportWholeNamespaces({ next, log, around }: ModuleContext): void {
  const { root, scope } = next.model;
  for (const { kind, name, source, imported } of itemsOf(next, root).named.values()) {
    if (kind !== 'import' || imported !== '*' || source === null) continue;
    const changed = around.changedExports(source);
    const use = changed && scope.bindings.get(name)?.references.find(isWhole);
    if (!use) continue;
    const reason = `as a whole it is the namespace that the process has, without what ${source} gives anew: ${changed.names.join(', ')}`;
    log.add('value-copied', next, use.node, name, reason);
  }
}

/** By a name, new code finds what is new. */
const isWhole = ({ node, parent }: Reference): boolean =>
  !(parent.type === 'MemberExpression' && parent.object === node && !parent.computed);
