/**
 * Bundlers call the modules in a bundle by the names of their files, and number those that are called alike: where modules come and
 * go, one has the name that another had. The path that stands beside the name tells which is which.
 */
import type { AnyNode } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import type { Binding, ModuleModel } from '../../source/model.ts';
import { isFunctionNode } from '../version/program/walk.ts';
import { allNames, chooseNames, writeNames } from './renaming.ts';

/** The new bundle with the names that its modules had; itself where they have them. */
export function underOldModuleNames(base: ModuleModel, next: ModuleModel): ModuleModel {
  const [old, now] = [modulesIn(base), modulesIn(next)];
  if (old.size === 0 || now.size === 0) return next;
  const wanted = new Map<Binding, string>();
  for (const [path, binding] of now) {
    const was = old.get(path);
    if (was) wanted.set(binding, was.name);
  }
  if ([...wanted].every(([binding, name]) => binding.name === name)) return next;
  const ties = { isKept: (binding: Binding): boolean => wanted.has(binding), isOfCalls: (): boolean => false };
  const chosen = chooseNames(next, wanted, () => false, ties, allNames(base, next));
  return chosen ? analyzeModule(writeNames(next, chosen, new Map()), next.format, next.file) : next;
}

/** By their paths: `var require_file = __commonJS({ 'lib/file.js'(exports) { … } })`. */
function modulesIn(model: ModuleModel): ReadonlyMap<string, Binding> {
  const found = new Map<string, Binding>();
  const twice = new Set<string>();
  for (const statement of model.program.body as AnyNode[])
    for (const { id, init } of statement.type === 'VariableDeclaration' ? statement.declarations : []) {
      const path = init ? pathOf(init as AnyNode) : null;
      const binding = path !== null && id.type === 'Identifier' ? model.root.body.bindings.get(id.name) : undefined;
      if (path === null || !binding || binding.declarations.length > 1 || binding.reassigned) continue;
      if (found.has(path)) twice.add(path);
      found.set(path, binding);
    }
  for (const path of twice) found.delete(path);
  return found;
}

function pathOf(init: AnyNode): string | null {
  if (init.type !== 'CallExpression' || init.callee.type !== 'Identifier') return null;
  const [modules, ...more] = init.arguments;
  if (modules?.type !== 'ObjectExpression' || more.length > 0) return null;
  const [own, ...others] = modules.properties;
  if (own?.type !== 'Property' || others.length > 0 || own.key.type !== 'Literal' || !isFunctionNode(own.value as AnyNode)) return null;
  return typeof own.key.value === 'string' ? own.key.value : null;
}
