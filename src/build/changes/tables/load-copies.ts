/** What code that ran once has copied of an object by all that it had: where that has more from now on, the copy lacks it. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { FunctionInfo } from '../../../source/model.ts';
import type { Binding } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { functionAround } from '../../version/program/function-around.ts';
import { importsOf } from '../../version/modules/imports.ts';
import { requireOf } from '../../version/forms/items.ts';
import { memberName } from '../../version/program/member-name.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import type { Owner, Side } from '../../version/side.ts';
import { rootOf } from '../../version/program/walk.ts';
import type { TopDiff } from '../top.ts';

/** What goes over all that an object has. */
const TAKES_ALL = /^Object\.(?:keys|values|entries|getOwnPropertyNames)$/;

/** What packages call what copies all that one object has to another. */
const COPIES = /^_?(?:extend|assign|merge|mixin|augment)(?:s|In|Into|Deep|All|Own|Properties)?$/i;

/** From a function to one that it hands its argument to. */
const MOST_STEPS = 2;

export function reportLoadCopies(ctx: ModuleContext, tops: readonly TopDiff[]): void {
  const { next, log, around } = ctx;
  const gained = gainedBy(ctx, tops);
  const imports = importsOf(next);
  const sourceOf = (object: AnyNode, binding: Binding | null): string | null => {
    const known = binding && imports.get(binding);
    return known ? (known.imported === '*' ? known.source : null) : (requireOf(object)?.source ?? null);
  };
  const isAnew = ({ start, end }: AnyNode): boolean =>
    tops.some(({ declarations }) => [...declarations.values()].some(({ node }) => node.start <= start && end <= node.end));
  const copies = copiesIn(next).flatMap((copy) => elementsOf(copy, next) ?? [copy]);
  for (const { object, onto } of [...copies, ...copiesByFunctions(ctx, gained)]) {
    const [ref] = next.refsIn(rootOf(object).start, object.end);
    if (!ref || !next.runsOnce(ref.fn)) continue;
    const binding = object.type === 'Identifier' ? ref.binding : null;
    const source = sourceOf(object, binding);
    // What goes on to the exports of the module is looked at as one of those.
    const changed = source === null || isExports(next, onto, object) ? null : around.changedExports(source);
    const names = (binding && gained.get(binding)) ?? changed?.names ?? [];
    if (names.length > 0 && !isAnew(object))
      log.add(
        'computed-at-load',
        next,
        object,
        names.join(', '),
        `what was made of all that ${source ?? binding!.name} had stays as it is`,
      );
  }
}

/** The names of properties that objects have from now on, by the variables that hold those. */
function gainedBy({ next }: ModuleContext, tops: readonly TopDiff[]): ReadonlyMap<Binding, readonly string[]> {
  const found = new Map<Binding, string[]>();
  for (const { properties, old } of tops)
    for (const { owner, name, exported, onPrototype, enumerable } of properties.values()) {
      const binding = owner.type === 'Identifier' ? next.refAt(owner)?.binding : null;
      if (!binding || exported || onPrototype || enumerable !== undefined) continue;
      if (!old.assigned.some(({ key }) => key === `${binding.name}.${name}`)) found.set(binding, [...(found.get(binding) ?? []), name]);
    }
  return found;
}

/** Calls of functions that go over all that they are given, as what esbuild makes of a module for `require` does: `__toCommonJS(lib)`. */
function copiesByFunctions({ next }: ModuleContext, gained: ReadonlyMap<Binding, unknown>): readonly Copy[] {
  return [...gained.keys()].flatMap(({ references }) =>
    references.flatMap(({ node, parent }): readonly Copy[] => {
      if (parent.type !== 'CallExpression') return [];
      const index = parent.arguments.indexOf(node as never);
      return index >= 0 && takesAll(next, next.definitionOf(parent.callee as AnyNode), index) ? [{ object: node, onto: null }] : [];
    }),
  );
}

/** Whether a function goes over all that an argument has, or hands it to one that does. */
function takesAll(side: Side, owner: Owner | null, index: number, steps = MOST_STEPS): boolean {
  const param = owner instanceof FunctionInfo ? (owner.node as Partial<FunctionNode>).params?.[index] : undefined;
  const binding = param?.type === 'Identifier' ? (owner as FunctionInfo).scope.bindings.get(param.name) : undefined;
  return (binding?.references ?? []).some(({ node, parent, read }) => {
    if (!read) return false;
    if (parent.type === 'ForInStatement') return true;
    if (parent.type !== 'CallExpression') return false;
    const at = parent.arguments.indexOf(node as never);
    return (
      TAKES_ALL.test(calledIn(side, parent.callee as AnyNode)) ||
      (steps > 0 && takesAll(side, side.definitionOf(parent.callee as AnyNode), at, steps - 1))
    );
  });
}

/** `Object.keys`, also by a constant that stands for it. */
function calledIn(side: Side, callee: AnyNode): string {
  return memberText((callee.type === 'Identifier' ? constantValue(callee, side) : null) ?? callee) ?? '';
}

interface Copy {
  readonly object: AnyNode;
  /** What it is copied onto; null for a new object. */
  readonly onto: AnyNode | null;
}

function copiesIn({ model: { program } }: Side): readonly Copy[] {
  const spread = nodesOf(program, 'ObjectExpression').flatMap(({ properties }) =>
    properties.flatMap((p) => (p.type === 'SpreadElement' ? [{ object: p.argument as AnyNode, onto: null }] : [])),
  );
  const given = nodesOf(program, 'CallExpression').flatMap((call): Copy[] => {
    const called = memberText(call.callee) ?? '';
    const [first, ...rest] = call.arguments as AnyNode[];
    if (first && TAKES_ALL.test(called)) return [{ object: first, onto: null }];
    const { callee } = call;
    const name = callee.type === 'Identifier' ? callee.name : callee.type === 'MemberExpression' ? (memberName(callee) ?? '') : '';
    return first && COPIES.test(name) ? rest.map((object) => ({ object, onto: first })) : [];
  });
  // `const { one, ...others } = require('./lib')`
  const rest = nodesOf(program, 'VariableDeclarator').flatMap(({ id, init }) =>
    init && id.type === 'ObjectPattern' && id.properties.some(({ type }) => type === 'RestElement') ? [{ object: init, onto: null }] : [],
  );
  const loops = nodesOf(program, 'ForInStatement').map(({ right }) => ({ object: right as AnyNode, onto: null }));
  return [...spread, ...given, ...rest, ...loops];
}

/** What is copied one after another as the module loads, where the object is a variable that goes over a list: `[require('./a'), …]`. */
function elementsOf({ object }: Copy, side: Side): readonly Copy[] | null {
  const binding = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
  const list = binding && listOver(binding, side);
  const elements = list && (list.type === 'Identifier' ? constantValue(list, side) : list);
  if (elements?.type !== 'ArrayExpression') return null;
  const by = functionAround(side, object);
  const isAtLoad = side.runsOnce(by) || (binding!.kind === 'param' && by.parent !== null && side.runsOnce(by.parent));
  return isAtLoad ? elements.elements.flatMap((one) => (one && one.type !== 'SpreadElement' ? [{ object: one, onto: null }] : [])) : [];
}

/** `for (const lib of libs)`, `const lib = libs[i]` and `libs.forEach((lib) => …)`. */
function listOver({ kind, declarations: [id], scope }: Binding, side: Side): AnyNode | null {
  if (!id) return null;
  if (kind === 'param') {
    const call = scope.fn.ancestors.at(-1);
    const isCallback = call?.type === 'CallExpression' && call.arguments[0] === (scope.fn.node as AnyNode);
    return isCallback && call.callee.type === 'MemberExpression' && memberName(call.callee) === 'forEach'
      ? (call.callee.object as AnyNode)
      : null;
  }
  const value = side.valueOf(id);
  if (value?.type === 'MemberExpression') return value.computed ? (value.object as AnyNode) : null;
  const loop = nodesOf(side.model.program, 'ForOfStatement').find(
    ({ left }) => left.type === 'VariableDeclaration' && left.declarations[0]!.id === id,
  );
  return (loop?.right as AnyNode | undefined) ?? null;
}

/** What a variable that keeps its first value stands for. */
function constantValue(node: AnyNode, side: Side): AnyNode | null {
  const binding = side.refAt(node)?.binding;
  return binding && !binding.reassigned && binding.declarations.length === 1 ? (side.valueOf(binding.declarations[0]!) ?? null) : null;
}

/** `module.exports = { ...require('./lib') }` and `Object.assign(exports, require('./lib'))` */
function isExports(side: Side, onto: AnyNode | null, { start, end }: AnyNode): boolean {
  const isOne = (target: AnyNode): boolean => /^(?:module\.)?exports$/.test(side.targetText(target) ?? '');
  if (onto) return isOne(onto);
  return nodesOf(side.model.program, 'AssignmentExpression').some(
    ({ left, right }) => right.start <= start && end <= right.end && isOne(left as AnyNode),
  );
}
