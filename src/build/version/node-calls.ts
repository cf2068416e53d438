/** Calls of functions that Node has built in, which give the same for the same arguments as long as the process lives, and change nothing. */
import type { AnyNode, ImportDeclaration, Program } from 'acorn';
import type { Binding } from '../../source/model.ts';
import { moduleAsked, requiredBy } from './ran.ts';
import type { Side } from './side.ts';

const PURE: Readonly<Record<string, RegExp>> = {
  os: /^(arch|endianness|platform|type)$/,
  path: /^(basename|dirname|extname|isAbsolute|join|normalize)$/,
  util: /^(format|inspect)$/,
};

export function callsPurelyNode(side: Side, callee: AnyNode): boolean {
  const asked = functionAsked(side, callee);
  return asked !== null && PURE[asked.module]?.test(asked.name) === true;
}

/** Whether an expression stands for a function that Node has built in. */
export function isOfNode(side: Side, callee: AnyNode, module: string, name: string): boolean {
  const asked = functionAsked(side, callee);
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
  const module = value ? requiredBy(value) : null;
  return module === null ? null : { module, name: '' };
}

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
