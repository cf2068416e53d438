/**
 * Closures that the top level made and only calls by name, `const parse = remember(read)`: where the patch makes that value
 * anew for all who call it, nothing calls the one that exists, but for tasks that go on in the old version.
 */
import type { AnyNode } from 'acorn';
import { ownBinding } from '../../../instrument/forwarding.ts';
import type { FunctionInfo, Reference } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { isOnlyCalled } from '../../version/values/holding.ts';
import type { TopDiff } from '../top.ts';

/** The names of the values, where every closure of `fn` that exists is one of them; null where others may hold one. */
export function renewedWith(fn: FunctionInfo, { base, resolver }: ModuleContext, tops: readonly TopDiff[]): readonly string[] | null {
  const maker = fn.parent;
  const binding = maker && ownBinding(maker);
  if (!maker || !binding || !isOnlyCalled(binding) || !isOnlyReturned(fn, base.valueOf.bind(base))) return null;
  // One that is in the middle of its work would go on among new code; one that counts would begin again.
  const counts = base.refsIn(fn.node.start, fn.node.end).some((ref) => ref.write && ref.binding?.scope.fn === maker);
  if (fn.tracked || fn.async || counts) return null;
  const names: string[] = [];
  for (const { parent, read } of binding.references) {
    if (!read) continue;
    const top = tops.find(({ old }) => [...old.named.values()].some(({ value }) => value === parent));
    const item = top && [...top.old.named.values()].find(({ value }) => value === parent);
    if (!item || item.extract !== '' || item.targets.length > 0) return null;
    const [old, now] = [top!.oldBinding(item.name), top!.bindingOf(item.name)];
    if (!isOnlyCalled(old) || [...top!.old.exported.values()].some(({ local }) => local === item.name)) return null;
    if (now && !resolver.fresh.has(now)) return null;
    names.push(item.name);
  }
  return names.length > 0 ? names : null;
}

/** Whether the function around it gives it to nobody else; a weak collection has it as long as others do. */
function isOnlyReturned(fn: FunctionInfo, valueOf: (id: AnyNode) => AnyNode | null | undefined): boolean {
  const parent = fn.ancestors.at(-1);
  if (parent?.type === 'ReturnStatement') return true;
  const binding = ownBinding(fn);
  const isKept = ({ node, parent: use, scope }: Reference): boolean => {
    if (use.type === 'ReturnStatement') return false;
    if (use.type !== 'CallExpression') return true;
    if (use.callee === node) return false;
    const { callee } = use;
    if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier' || use.arguments[0] !== node) return true;
    const [holder] = scope.lookup(callee.object.name)?.declarations ?? [];
    const value = holder && valueOf(holder);
    return value?.type !== 'NewExpression' || value.callee.type !== 'Identifier' || !/^Weak(Map|Set)$/.test(value.callee.name);
  };
  return binding !== null && !binding.scope.evalVisible && !binding.references.some((ref) => ref.read && isKept(ref));
}
