/** Calls of functions that Node has built in, which give the same for the same arguments as long as the process lives, and change nothing. */
import type { AnyNode, ImportDeclaration, MemberExpression, Program } from 'acorn';
import type { Binding } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import { askedOnce } from './asked-once.ts';
import { nodesOf } from './nodes.ts';
import { moduleAsked, requiredBy } from './ran.ts';
import type { Side } from '../side.ts';

const PURE: Readonly<Record<string, RegExp>> = {
  os: /^(arch|endianness|platform|type)$/,
  path: /^(basename|dirname|extname|isAbsolute|join|normalize)$/,
  util: /^(format|inspect)$/,
};

export function callsPurelyNode(side: Side, callee: AnyNode): boolean {
  const asked = functionAsked(side, callee);
  return asked !== null && PURE[asked.module]?.test(asked.name) === true;
}

/** Whether an expression stands for what a module of Node has under a name. */
export function isOfNode(side: Side, value: AnyNode, module: string, name: string): boolean {
  const asked = functionAsked(side, value);
  return asked?.module === module && asked.name === name;
}

/** The function of another module that an expression stands for. */
function functionAsked(side: Side, callee: AnyNode): { readonly module: string; readonly name: string } | null {
  const isMember = callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier';
  const asked = askedFor(side, isMember ? (callee.object as AnyNode) : callee);
  if (!asked || !isMember) return asked;
  return { module: asked.module, name: asked.name === '' ? (callee.property as { name: string }).name : '' };
}

/** The module that an expression stands for, or what of it; '' for the whole. */
function askedFor(side: Side, node: AnyNode): { readonly module: string; readonly name: string } | null {
  const required = requiredBy(node);
  if (required !== null) return { module: required, name: '' };
  const binding = node.type === 'Identifier' ? side.refAt(node)?.binding : undefined;
  const [id, ...more] = binding?.declarations ?? [];
  if (!binding || !id || more.length > 0 || binding.reassigned) return null;
  if (binding.kind === 'import') return importedAs(side, binding);
  const value = side.valueOf(id);
  if (!value) return takenApart(side).get(id) ?? null;
  const whole = value.type === 'MemberExpression' && !value.computed ? (value.object as AnyNode) : null;
  const module = requiredBy(whole ?? value);
  return module === null ? null : { module, name: whole ? ((value as MemberExpression).property as { name: string }).name : '' };
}

/** What modules are asked for by names that stand in a pattern: `const { inspect } = require('util')`. */
const takenApart = askedOnce((side: Side): ReadonlyMap<AnyNode, { readonly module: string; readonly name: string }> => {
  const found = new Map<AnyNode, { readonly module: string; readonly name: string }>();
  for (const { id, init } of nodesOf(side.model.program, 'VariableDeclarator')) {
    const module = id.type === 'ObjectPattern' && init ? requiredBy(init as AnyNode) : null;
    if (module === null || id.type !== 'ObjectPattern') continue;
    for (const property of id.properties)
      if (property.type === 'Property' && !property.computed && property.value.type === 'Identifier')
        found.set(property.value as AnyNode, { module, name: keyName(property.key, false) });
  }
  return found;
});

function importedAs({ model }: Side, { declarations }: Binding): { readonly module: string; readonly name: string } | null {
  const [id] = declarations;
  const imports = (model.program as Program).body.filter((node): node is ImportDeclaration => node.type === 'ImportDeclaration');
  for (const { source, specifiers } of imports)
    for (const specifier of specifiers) {
      if (specifier.local !== id) continue;
      const name = specifier.type === 'ImportSpecifier' && specifier.imported.type === 'Identifier' ? specifier.imported.name : '';
      return { module: moduleAsked(String(source.value)), name: name === 'default' ? '' : name };
    }
  return null;
}
