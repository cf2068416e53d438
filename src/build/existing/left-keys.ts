/** Keys under which functions put things into tables that outlive their calls, and that are others now: what is there is not found by them. */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { shortened } from '../../source/text.ts';
import type { ModuleContext } from '../code/context.ts';
import { settled } from '../version/kept/left.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { putsOf, shapeOf } from '../version/kept/puts.ts';
import type { Put } from '../version/kept/puts.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { readersOf, readsOtherValue } from './changed-variables.ts';

const MOST_CHARACTERS = 60;

type Keyed = Put & { readonly key: AnyNode };

/** `constants`: those that are others now. */
export function reportLeftKeys(ctx: ModuleContext, constants: ReadonlySet<Binding>): void {
  const { base, next, match, log, around } = ctx;
  const reads = readersOf(ctx, constants);
  const told = new Set(log.rows.flatMap(({ code, path }) => (/^(?:instances|results|cache|value|field)-/.test(code) ? path : [])));
  for (const [fn, baseFn] of match.baseOf) {
    if (base.runsOnce(baseFn) || (!match.differs(fn) && !reads(fn)) || told.has(baseFn.path)) continue;
    const now = keyedPuts(fn, next);
    const before = now.length > 0 ? keyedPuts(baseFn, base) : [];
    if (before.length !== now.length || before.some(({ table }, i) => table !== now[i]!.table)) continue;
    for (const [i, { table, isProperty }] of now.entries()) {
      const [was, is] = [settledKey(before[i]!, baseFn, base), settledKey(now[i]!, fn, next)];
      const [text, other] = [shapeOf(was, baseFn, base), shapeOf(is, fn, next)];
      const isSame = text === other ? !readsOther(ctx, is, baseFn, fn) : around.labels.differ(base.text(was), next.text(is));
      const path = `${baseFn.path} ${table}`;
      const isText = isProperty || before[i]!.isProperty;
      const isRenamed =
        text !== other &&
        ((was.type === 'Identifier' && !isMadeOf(is, was.name, next, isText)) ||
          (is.type === 'Identifier' && !isMadeOf(was, is.name, base, isText)));
      if (isSame || isRenamed || told.has(path) || told.has(table)) continue;
      told.add(path);
      const old = shortened(base.written({ node: was }).replaceAll(/\s+/g, ' '), MOST_CHARACTERS);
      log.add('instances-hold', next, is, path, `what calls of it have left in ${table} is under the key that ${old} was`);
    }
  }
}

/** What a key is: of a variable that the function has given another value before, that. */
function settledKey({ key, at }: Keyed, fn: FunctionInfo, side: Side): AnyNode {
  const value = settled(key, fn, side);
  const binding = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
  const list = binding ? goneThrough(binding, fn, side) : null;
  if (list) return list;
  if (!binding?.reassigned) return value;
  const given = nodesWithin(side.model.program, 'AssignmentExpression', fn.node.start, at.start).find(
    ({ left }) => left.type === 'Identifier' && left.name === binding.name,
  );
  if (!given) return value;
  return given.operator === '=' ? (given.right as AnyNode) : given;
}

/** What a variable is an element of: `for (const part of path.split('/'))`. */
function goneThrough({ declarations, scope }: Binding, fn: FunctionInfo, side: Side): AnyNode | null {
  if (scope.fn !== fn) return null;
  const { start, end } = fn.node;
  const loop = nodesWithin(side.model.program, 'ForOfStatement', start, end).find(
    ({ left }) => left.type === 'VariableDeclaration' && left.declarations[0]!.id === declarations[0],
  );
  return (loop?.right as AnyNode | undefined) ?? null;
}

/**
 * Whether a key is made of the argument that was the key so far: `name.toLowerCase()` in the place of `name`. Properties have
 * texts as their keys in any case.
 */
function isMadeOf(key: AnyNode, name: string, side: Side, isProperty: boolean): boolean {
  if (!/^(?:Call|Binary|Assignment)Expression$|^TemplateLiteral$/.test(key.type) || (isProperty && isText(key))) return false;
  return side.refsIn(key.start, key.end).some(({ binding, parent }) => binding?.name === name && !isCalled(binding.name, parent));
}

const isCalled = (name: string, parent: AnyNode): boolean =>
  parent.type === 'CallExpression' && parent.callee.type === 'Identifier' && parent.callee.name === name;

/** `String(name)`, `` `${name}` ``, `name + ''` and `name.toString()` */
function isText(key: AnyNode): boolean {
  const isEmpty = (node: AnyNode): boolean => node.type === 'Literal' && node.value === '';
  if (key.type === 'TemplateLiteral') return key.expressions.length === 1 && key.quasis.every(({ value }) => value.raw === '');
  if (key.type === 'BinaryExpression') return key.operator === '+' && (isEmpty(key.left as AnyNode) || isEmpty(key.right));
  if (key.type !== 'CallExpression') return false;
  return key.callee.type === 'Identifier'
    ? key.callee.name === 'String'
    : key.callee.type === 'MemberExpression' && memberName(key.callee) === 'toString';
}

/** What is another in the text alone, as the description of a symbol, goes on as it is. */
function readsOther(ctx: ModuleContext, key: AnyNode, baseFn: FunctionInfo, fn: FunctionInfo): boolean {
  const { next, resolver } = ctx;
  const mayBe = (binding: Binding): boolean => resolver.fresh.has(binding) || binding.scope.fn === fn || binding.kind === 'import';
  return next.refsIn(key.start, key.end).some(({ binding }) => binding && mayBe(binding)) && readsOtherValue(ctx, key, baseFn, fn);
}

/** What it is given is another object for each call: under a key that is the same for all of them. */
function hasOneKey({ key, isGiven }: Put, side: Side): boolean {
  if (key === null || !isGiven) return key !== null;
  const name = key.type === 'Identifier' ? side.refAt(key)?.binding : null;
  return !!name && side.runsOnce(name.scope.fn);
}

function keyedPuts(fn: FunctionInfo, side: Side): readonly Keyed[] {
  return putsOf(fn, side).filter((put): put is Keyed => !put.isCache && hasOneKey(put, side));
}
