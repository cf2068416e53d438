/**
 * State that functions of the new version note beside or in place of what they noted so far, and that is asked instead: in a program that
 * runs, what they did before the patch is not noted there.
 */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { isConstructor } from '../version/objects/create.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { ownProperty } from '../version/forms/own-properties.ts';
import { isNamedIn } from '../version/objects/reads.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';

/** Methods that change what a list, a map or a set holds. */
const CHANGES = /^(?:add|clear|delete|pop|push|set|shift|splice|unshift)$/;

export interface AskedOtherwise {
  /** The function that notes it. */
  readonly writer: FunctionInfo;
  readonly from: string;
  readonly to: string;
  readonly at: AnyNode;
}

/** What functions that have changed write, by `this.name` for a property of their object and `name` for a variable of the module. */
export function askedOtherwise(ctx: ModuleContext): AskedOtherwise[] {
  const { base, next, match } = ctx;
  const changed = [...match.baseOf].filter(([fn, baseFn]) => match.differs(fn) && !base.runsOnce(baseFn) && fn.kind !== 'static');
  const noted = changed.flatMap(([fn, baseFn]): AskedOtherwise[] => {
    if (isConstructor(fn)) return [];
    const [before, now] = [writtenBy(baseFn, base), writtenBy(fn, next)];
    const added = [...now].filter(([name]) => isNew(name, baseFn, base));
    // What has gone may go on under the other name.
    const kept = [...before.keys()].filter((name) => !isNew(name, fn, next));
    return added.flatMap(([to, at]) => kept.map((from) => ({ writer: baseFn, from, to, at })));
  });
  return noted.filter(({ from, to }) =>
    changed.some(([fn, baseFn]) => asks(baseFn, from, base) && !asks(fn, from, next) && asks(fn, to, next)),
  );
}

const bare = (name: string): string => name.replace(/^this\./, '');

/** Whether the other version of a function does not know it. */
function isNew(name: string, other: FunctionInfo, side: Side): boolean {
  return name.startsWith('this.') ? !isNamedIn(bare(name), side.model) : other.scope.lookup(name) === null;
}

function isOfChild({ children }: FunctionInfo, at: AnyNode): boolean {
  return children.some(({ node }) => contains(node, at));
}

/** Null for what does not outlive the call. */
function nameOf(target: AnyNode, side: Side): string | null {
  if (target.type !== 'Identifier') {
    const own = ownProperty(target);
    return own === null ? null : `this.${own}`;
  }
  const binding = side.refAt(target)?.binding;
  return binding && binding.kind !== 'import' && side.runsOnce(binding.scope.fn) ? binding.name : null;
}

/** What a function gives a value, or puts something into. */
export function writtenBy(fn: FunctionInfo, side: Side): ReadonlyMap<string, AnyNode> {
  const { start, end } = fn.node;
  const { program } = side.model;
  const targets = [
    ...nodesWithin(program, 'AssignmentExpression', start, end).map(({ left }) => left as AnyNode),
    ...nodesWithin(program, 'UpdateExpression', start, end).map(({ argument }) => argument as AnyNode),
    ...nodesWithin(program, 'CallExpression', start, end).flatMap(({ callee }) =>
      callee.type === 'MemberExpression' && CHANGES.test(memberName(callee) ?? '') ? [callee.object as AnyNode] : [],
    ),
  ];
  return new Map(
    targets.flatMap((target) => {
      const name = isOfChild(fn, target) ? null : nameOf(target, side);
      return name === null ? [] : [[name, target] as const];
    }),
  );
}

/** Whether a function does more with it than to write it. */
function asks(fn: FunctionInfo, name: string, side: Side): boolean {
  const { start, end } = fn.node;
  if (!name.startsWith('this.')) return side.refsIn(start, end).some(({ binding, read }) => read && binding?.name === name);
  const written = new Set(nodesWithin(side.model.program, 'AssignmentExpression', start, end).map(({ left }) => left as AnyNode));
  return nodesWithin(side.model.program, 'MemberExpression', start, end).some(
    (node) => ownProperty(node) === bare(name) && !written.has(node),
  );
}
