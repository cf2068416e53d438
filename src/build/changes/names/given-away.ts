/** What the top level of a module gives away, by the names by which others ask for it. */
import type { AnyNode, Program } from 'acorn';
import type { ModuleModel } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { isFunctionNode } from '../../version/program/walk.ts';

/** Given away by an assignment, as an entry of an object that is, by a getter, or out of another file. */
export interface GivenAway {
  readonly form: 'assigned' | 'entry' | 'shorthand' | 'getter' | 'forwarded';
  readonly statement: AnyNode;
  readonly value: AnyNode;
  /** Of what is given away out of another file: that file, as the source names it. */
  readonly source: string | null;
}

const EXPORTS = /^(?:module\.)?exports$/;

/** By name, and `module.exports` for the whole. */
export function givenAway({ program, format }: ModuleModel): Map<string, GivenAway> {
  const found = new Map<string, GivenAway>();
  const { body } = program as Program;
  if (format === 'module') {
    for (const [name, given] of body.flatMap(forwarded)) found.set(name, given);
    return found;
  }
  const names = aliasesIn(body as AnyNode[]);
  const isExports = (node: AnyNode): boolean => names.has(memberText(node) ?? '');
  for (const statement of body as AnyNode[]) {
    if (statement.type !== 'ExpressionStatement') continue;
    const { expression } = statement;
    const getter = expression.type === 'CallExpression' ? getterIn(expression, isExports) : null;
    if (getter) found.set(getter.name, { form: 'getter', statement, value: getter.value, source: null });
    if (expression.type !== 'AssignmentExpression' || expression.operator !== '=') continue;
    const { left, right } = expression as { left: AnyNode; right: AnyNode };
    if (isExports(left)) {
      if (right.type !== 'ObjectExpression') found.set('module.exports', { form: 'assigned', statement, value: right, source: null });
      else
        for (const property of right.properties)
          if (property.type === 'Property' && !property.computed && property.kind === 'init') {
            const form = property.shorthand ? 'shorthand' : 'entry';
            found.set(keyName(property.key, false), { form, statement, value: property.value as AnyNode, source: null });
          }
    } else if (left.type === 'MemberExpression' && !left.computed && isExports(left.object as AnyNode))
      found.set((left.property as { name: string }).name, { form: 'assigned', statement, value: right, source: null });
  }
  return found;
}

/** What stands for the exports: `exports`, `module.exports`, and a name that is declared for them. */
function aliasesIn(body: readonly AnyNode[]): ReadonlySet<string> {
  const names = new Set(['exports', 'module.exports']);
  for (const statement of body)
    for (const { id, init } of statement.type === 'VariableDeclaration' && statement.kind !== 'using' ? statement.declarations : []) {
      const whole = init?.type === 'AssignmentExpression' ? init.left : init;
      if (id.type === 'Identifier' && whole && EXPORTS.test(memberText(whole as AnyNode) ?? '')) names.add(id.name);
    }
  return names;
}

/** `Object.defineProperty(exports, 'name', { enumerable: true, get: function () { return value; } })` */
function getterIn(
  { callee, arguments: given }: AnyNode & { type: 'CallExpression' },
  isExports: (node: AnyNode) => boolean,
): { readonly name: string; readonly value: AnyNode } | null {
  const [target, name, descriptor] = given as AnyNode[];
  if (memberText(callee as AnyNode) !== 'Object.defineProperty' || descriptor?.type !== 'ObjectExpression') return null;
  if (!isExports(target!) || name?.type !== 'Literal' || typeof name.value !== 'string') return null;
  for (const property of descriptor.properties) {
    if (property.type !== 'Property' || keyName(property.key, false) !== 'get' || !isFunctionNode(property.value as AnyNode)) continue;
    const { body } = property.value as unknown as { body: AnyNode };
    const [statement] = body.type === 'BlockStatement' ? body.body : [];
    const value = body.type === 'BlockStatement' ? statement?.type === 'ReturnStatement' && statement.argument : body;
    if (value) return { name: name.value, value: value as AnyNode };
  }
  return null;
}

/** What an ES module declares and gives away, by name: its declaration, or the name that it has in the module. */
export function declaredExports({ program }: ModuleModel): Map<string, GivenAway> {
  const found = new Map<string, GivenAway>();
  for (const statement of program.body as AnyNode[]) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.source) continue;
    const add = (name: AnyNode, value: AnyNode): void => {
      if (name.type === 'Identifier') found.set(name.name, { form: 'assigned', statement, value, source: null });
    };
    const { declaration } = statement;
    if (declaration?.type === 'FunctionDeclaration') add(declaration.id, declaration.id);
    else if (declaration?.type === 'VariableDeclaration') for (const { id } of declaration.declarations) add(id as AnyNode, id as AnyNode);
    for (const { exported, local } of statement.specifiers) add(exported as AnyNode, local as AnyNode);
  }
  return found;
}

/** `export { a, b as c } from './file.js'` */
function forwarded(statement: Program['body'][number]): [string, GivenAway][] {
  if (statement.type !== 'ExportNamedDeclaration' || typeof statement.source?.value !== 'string') return [];
  const source = statement.source.value;
  return statement.specifiers.flatMap((value) =>
    value.exported.type === 'Identifier' && value.local.type === 'Identifier'
      ? [[value.exported.name, { form: 'forwarded', statement, value, source }]]
      : [],
  );
}
