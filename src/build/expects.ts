/**
 * Functions of a dependency that new code calls and old code did not, where the package file asks for another version of
 * it: the process has the version that it started with, which may lack them.
 */
import type { AnyNode } from 'acorn';
import type { Expected } from '../patch/format.ts';
import { packageNameOf } from './dependencies.ts';
import type { Dependencies } from './dependencies.ts';
import { bodyOf, itemsOf } from './items.ts';
import type { Named } from './items.ts';
import { Side } from './side.ts';
import type { ModuleModel } from '../source/model.ts';
import { walk } from './walk.ts';

/** The dependencies that both versions have, at different versions. */
export function bumped(old: Dependencies, now: Dependencies): ReadonlySet<string> {
  return new Set(Object.keys(now).filter((name) => old[name] !== undefined && old[name] !== now[name]));
}

export function expectedOf(base: ModuleModel, next: ModuleModel, changed: ReadonlySet<string>): readonly Expected[] {
  const known = new Set(calledIn(base, changed).map(({ specifier, name }) => `${specifier} ${name}`));
  const found = new Map<string, Expected>();
  for (const one of calledIn(next, changed)) {
    const key = `${one.specifier} ${one.name}`;
    if (!known.has(key)) found.set(key, one);
  }
  return [...found.values()].sort((a, b) => (`${a.specifier} ${a.name}` < `${b.specifier} ${b.name}` ? -1 : 1));
}

function calledIn(model: ModuleModel, changed: ReadonlySet<string>): readonly Expected[] {
  const side = new Side(model);
  const { named } = itemsOf(side, bodyOf(model.root));
  const imports = [...named.values()].filter(({ source }) => source !== null && changed.has(packageNameOf(source) ?? ''));
  if (imports.length === 0) return [];
  const itemOf = (id: AnyNode): Named | undefined => {
    const binding = side.refsIn(id.start, id.end)[0]?.binding;
    return imports.find((item) => binding && binding === (model.root.body.bindings.get(item.name) ?? model.scope.bindings.get(item.name)));
  };
  const found: Expected[] = [];
  walk(model.program, (node) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return;
    const callee = node.callee.type === 'SequenceExpression' ? node.callee.expressions.at(-1)! : node.callee;
    if (callee.type === 'Identifier') {
      const item = itemOf(callee);
      if (item && item.imported !== '*' && item.imported !== '' && item.imported !== 'default')
        found.push({ specifier: item.source!, name: item.imported });
    } else if (
      callee.type === 'MemberExpression' &&
      !callee.computed &&
      !callee.optional &&
      callee.object.type === 'Identifier' &&
      callee.property.type === 'Identifier'
    ) {
      const item = itemOf(callee.object);
      if (item?.imported === '*') found.push({ specifier: item.source!, name: callee.property.name });
    }
  });
  return found;
}
