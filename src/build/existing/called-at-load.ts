/** Functions that only code which runs as modules load calls: what they made are values of that code, which are compared by themselves. */
import type { AnyNode, Literal, Program, Property } from 'acorn';
import { namedBy } from '../../instrument/forwarding.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { givenAway, importCalled } from '../hazards/at-load.ts';
import { importsOf } from '../version/modules/imports.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { requireOf } from '../version/forms/items.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { runsWith } from '../version/program/once.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { rootOf } from '../version/program/walk.ts';

export function runsAtLoad(side: Side, fn: FunctionInfo): boolean {
  return side.runsOnce(fn) || side.isComputation(fn);
}

/** Whether a function is over with a load: nothing but that calls it, in place or by a name that nobody else has. */
export function isOverWithLoad(side: Side, fn: FunctionInfo): boolean {
  let owner = fn.parent;
  while (owner && !runsAtLoad(side, owner)) owner = owner.parent;
  return owner !== null && runsWith(fn, owner);
}

/** `others`: whether code of other modules does no more with what this one gives away by these names than `callsAtLoad`. */
export function isCalledAtLoad(side: Side, fn: FunctionInfo, others: (names: readonly string[]) => boolean): boolean {
  const { program, format } = side.model;
  const declared = declaredExport(fn);
  const binding = namedBy(fn) ?? declared;
  const left = binding?.references.filter((ref) => ref.read && !isCall(side, ref)) ?? [];
  if (binding?.reassigned) return false;
  if (binding && !declared && left.length === 0) return true;
  const names = [...givenAway(side, itemsOf(side, side.model.root), (owner) => owner === fn).keys()];
  const isGiven = ({ parent }: Reference): boolean => parent.type === 'ExportSpecifier' || format === 'commonjs';
  if (names.length === 0 || !left.every(isGiven) || left.length > names.length) return false;
  const given = new Set(nodesOf(program, 'AssignmentExpression').map(({ left: target }) => target as AnyNode));
  const isTaken = nodesOf(program, 'MemberExpression').some((node) => names.includes(memberName(node) ?? '') && !given.has(node));
  return !isTaken && names.every((name) => /^[\w$]+$/.test(name) && name !== 'default') && others(names);
}

/** The variable of a function whose declaration an `export` is. */
function declaredExport({ node, ancestors, scope }: FunctionInfo): Binding | null {
  const parent = ancestors.at(-1);
  const isVariable = parent?.type === 'VariableDeclarator' && parent.init === (node as AnyNode);
  const [holder, id] = isVariable ? [ancestors.at(-3), parent.id] : [parent, node.type === 'FunctionDeclaration' ? node.id : null];
  return holder?.type === 'ExportNamedDeclaration' && id?.type === 'Identifier' ? (scope.parent?.lookup(id.name) ?? null) : null;
}

/** Whether all that a module does with what it takes by one of `names` from where `leads` holds of is to call it as it loads. */
export function callsAtLoad(side: Side, leads: (source: string) => boolean, names: readonly string[]): boolean {
  const { program } = side.model;
  const imports = importsOf(side);
  const called = new Set<AnyNode>();
  for (const { callee } of nodesOf(program, 'CallExpression')) {
    const found = importCalled(side, imports, callee as AnyNode);
    if (!found || !leads(found.source) || !found.names.some((name) => names.includes(name))) continue;
    const root = rootOf(callee as AnyNode);
    const { start, end } = root.type === 'CallExpression' ? root.callee : root;
    const [ref] = side.refsIn(start, end);
    if (!ref || !isOfLoad(side, ref.fn)) return false;
    called.add(callee as AnyNode);
  }
  const known = [...imports].filter(([, { source }]) => leads(source));
  const isOnlyCalled = ({ references }: Binding): boolean => references.every((ref) => !ref.read || isCall(side, ref));
  if (!known.every(([binding, { imported }]) => !names.includes(imported) || isOnlyCalled(binding))) return false;
  // What gives a variable its value is looked at where that is read.
  const isImport = (node: AnyNode): boolean => {
    const asked = requireOf(node);
    return asked !== null && known.some(([, { source, imported }]) => source === asked.source && imported === asked.imported);
  };
  const isDeclared = (id: AnyNode): boolean => known.some(([{ declarations }]) => declarations.some((own) => (own as AnyNode) === id));
  const isNamed = (key: Property['key'] | Literal, computed: boolean): boolean => names.includes(keyName(key, computed));
  return (
    nodesOf(program, 'MemberExpression').every((node) => !names.includes(memberName(node) ?? '') || called.has(node) || isImport(node)) &&
    nodesOf(program, 'ObjectPattern').every(({ properties }) =>
      properties.every((one) => one.type === 'RestElement' || !isNamed(one.key, one.computed) || isDeclared(one.value as AnyNode)),
    ) &&
    (program as Program).body.every(
      (node) => node.type !== 'ExportNamedDeclaration' || !node.source || node.specifiers.every(({ local }) => !isNamed(local, false)),
    )
  );
}

function isCall(side: Side, { node, parent, fn }: Reference): boolean {
  return parent.type === 'CallExpression' && parent.callee === node && isOfLoad(side, fn);
}

const isOfLoad = (side: Side, fn: FunctionInfo): boolean => runsAtLoad(side, fn) || isOverWithLoad(side, fn);
