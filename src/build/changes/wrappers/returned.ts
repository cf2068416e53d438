/**
 * An object literal that a wrapper returns: `module.exports = factory()`, `const lib = (() => { … return { … } })()`. The
 * code around keeps it, and under that name it is a table that lives on.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, ReturnStatement } from 'acorn';
import { FunctionInfo } from '../../../source/model.ts';
import type { Binding } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import type { Side } from '../../version/side.ts';
import type { TopDiff } from '../top.ts';
import { rootOf, walk } from '../../version/program/walk.ts';

export class Returned {
  private readonly top: TopDiff;
  /** The statements of both versions whose difference the table carries. */
  readonly carried = new Set<AnyNode>();

  constructor(top: TopDiff) {
    this.top = top;
  }

  update(): void {
    const { top } = this;
    if (top.handle.kind !== 'wrapper') return;
    const [old, now] = [literalOf(top.baseFn), literalOf(top.nextFn)];
    if (!old || !now || top.compare.values(old.value, now.value) === 'same') return;
    const [holder, next] = [holderOf(top.ctx.base, top.baseFn), holderOf(top.ctx.next, top.nextFn)];
    if (!holder || !next || top.ctx.base.full(holder) !== top.ctx.next.full(next)) return;
    if (!top.tables.merge(top.ctx.base.model.text.slice(holder.start, holder.end), holder, old.value, now.value, now.statement)) return;
    if (!this.carried.has(now.statement)) this.reportOthers(old.value, now.value);
    this.carried.add(old.statement).add(now.statement);
  }

  /** Functions that it gives away under the names of others, which go on elsewhere: who has been given one of those keeps it. */
  private reportOthers(before: AnyNode, now: AnyNode): void {
    const { base, next, match, log } = this.top.ctx;
    const were = functionsIn(before, base);
    for (const [name, { fn, node }] of functionsIn(now, next)) {
      const was = were.get(name);
      if (was && match.nextOf.has(was.fn) && match.baseOf.get(fn) !== was.fn)
        log.add('value-copied', next, node, name, 'it is another function: who holds the old one keeps it');
    }
  }
}

/** The functions that an object literal has, by their keys. */
function functionsIn(literal: AnyNode, side: Side): ReadonlyMap<string, { readonly fn: FunctionInfo; readonly node: AnyNode }> {
  const found = new Map<string, { readonly fn: FunctionInfo; readonly node: AnyNode }>();
  for (const own of literal.type === 'ObjectExpression' ? literal.properties : []) {
    const fn = own.type === 'Property' && !own.computed ? side.definitionOf(own.value as AnyNode) : null;
    if (own.type === 'Property' && fn instanceof FunctionInfo) found.set(keyName(own.key, false), { fn, node: own });
  }
  return found;
}

/** The object literal that ends a function which returns nothing else. */
function literalOf({ node, returns }: FunctionInfo): { readonly statement: ReturnStatement & AnyNode; readonly value: AnyNode } | null {
  const { body } = node as FunctionNode;
  const last = body.type === 'BlockStatement' ? body.body.at(-1) : undefined;
  if (returns.length !== 1 || last?.type !== 'ReturnStatement' || last.argument?.type !== 'ObjectExpression') return null;
  return { statement: last, value: last.argument };
}

/** What the code around calls the value of a wrapper, as its own code can say it too; null where it has no such name. */
function holderOf(side: Side, fn: FunctionInfo): AnyNode | null {
  const call = fn.ancestors.at(-1);
  if (call?.type !== 'CallExpression') return null;
  const holder = call.callee === (fn.node as AnyNode) ? nameOf(call, fn.ancestors.at(-2)) : factoryHolder(side, fn, call);
  if (!holder) return null;
  const root = rootOf(holder);
  if (root.type !== 'Identifier') return null;
  const binding = bindingAt(side, fn, root);
  return binding !== null && fn.body.lookup(root.name) === binding && isGivenOnce(binding, holder) ? holder : null;
}

function nameOf(call: AnyNode, around: AnyNode | undefined): AnyNode | null {
  if (around?.type === 'VariableDeclarator' && around.init === call) return around.id.type === 'Identifier' ? around.id : null;
  if (around?.type !== 'AssignmentExpression' || around.right !== call || around.operator !== '=') return null;
  return /^(module\.)?exports(\.\w+)*$/.test(memberText(around.left) ?? '') ? around.left : null;
}

/** What a wrapper around gives the value of the factory that it is passed. */
function factoryHolder(side: Side, fn: FunctionInfo, call: CallExpression): AnyNode | null {
  const outer = side.fnAt.get(call.callee);
  const parameter = (outer?.node as FunctionNode | undefined)?.params[call.arguments.indexOf(fn.node as never)];
  if (!outer || parameter?.type !== 'Identifier') return null;
  const factory = outer.scope.bindings.get(parameter.name);
  const found: AnyNode[] = [];
  walk(outer.node as AnyNode, (node) => {
    if (node.type !== 'AssignmentExpression' || node.right.type !== 'CallExpression') return;
    const { callee } = node.right;
    if (callee.type !== 'Identifier' || side.refAt(callee)?.binding !== factory) return;
    if (memberText(node.left) === 'module.exports') found.push(node.left);
  });
  return found.length === 1 ? found[0]! : null;
}

function bindingAt(side: Side, { scope }: FunctionInfo, id: AnyNode & { type: 'Identifier' }): Binding | null {
  const [ref] = side.refsIn(id.start, id.end);
  if (ref) return ref.binding;
  const declared = scope.lookup(id.name);
  return declared?.declarations.includes(id) ? declared : null;
}

/** Whether nothing else can have taken the place of the value since. */
function isGivenOnce(binding: Binding, holder: AnyNode): boolean {
  if (holder.type === 'Identifier') return !binding.reassigned && binding.declarations.length === 1;
  return binding.kind === 'implicit';
}
