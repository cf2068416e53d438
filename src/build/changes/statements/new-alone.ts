/**
 * New code that names nothing but what is new and what the language has, as what a bundler puts into a file for a dependency of
 * its own: whatever a statement of it calls, it can do nothing to what the program holds, so it may run when the patch is linked.
 */
import type { AnyNode } from 'acorn';
import type { Binding, Reference } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { memberName } from '../../version/program/member-name.ts';
import { rootOf, walk } from '../../version/program/walk.ts';
import type { TopDiff } from '../top.ts';

/** Objects of the language by which code gets at nothing but what it is given. All of the process has them. */
const SHARED =
  /^(?:Object|Array|String|Number|Boolean|Symbol|BigInt|Math|JSON|RegExp|Date|Map|Set|WeakMap|WeakSet|Promise|Reflect|Proxy|Error|\w+Error|\w+Array|ArrayBuffer|DataView|parseInt|parseFloat|isNaN|isFinite|(?:en|de)codeURI(?:Component)?)$/;
const VALUES = /^(?:undefined|NaN|Infinity|arguments)$/;
/** Members by which code gets from any object to one that others have. */
const LEADS_ON = /^(?:constructor|__proto__|getPrototypeOf)$/;
const CHANGES = /^(?:Object\.(?:assign|define\w+|setPrototypeOf|freeze|seal|preventExtensions)|Reflect\.\w+)$/;

/** Whether a statement is such code, with all that it leads to. */
export function isNewAlone(top: TopDiff, statement: AnyNode): boolean {
  return new NewCode(top).holds(statement);
}

class NewCode {
  private readonly top: TopDiff;
  private readonly seen = new Set<AnyNode>();
  private readonly left: AnyNode[] = [];

  constructor(top: TopDiff) {
    this.top = top;
  }

  holds(statement: AnyNode): boolean {
    this.add(statement);
    for (let code = this.left.pop(); code !== undefined; code = this.left.pop()) if (!this.isAlone(code)) return false;
    return true;
  }

  private add(code: AnyNode): void {
    if (this.seen.size < this.seen.add(code).size) this.left.push(code);
  }

  private isAlone(code: AnyNode): boolean {
    const { next } = this.top.ctx;
    let isBound = false;
    walk(code, (node, parents) => {
      isBound ||= /^(?:Import|Await|Yield)Expression$|^(?:MetaProperty|WithStatement)$/.test(node.type) || this.changesLanguage(node);
      isBound ||= leadsOn(node) || (this.isShared(node) && !isOnlyAsked(node, parents));
      return !isBound;
    });
    return !isBound && next.refsIn(code.start, code.end).every((ref) => this.isNew(ref, code));
  }

  private isNew({ binding, node, write }: Reference, { start, end }: AnyNode): boolean {
    const { ctx, items, nextFn } = this.top;
    if (binding === null) return !write && (SHARED.test(node.name) || VALUES.test(node.name));
    const scope = binding.scope.node;
    const isOfScope = binding.scope.fn === nextFn && this.top.bindingOf(binding.name) === binding;
    if (!isOfScope)
      return binding.scope.fn !== nextFn ? start <= scope.start && scope.end <= end : scope !== nextFn.node && start <= scope.start;
    const item = items.named.get(binding.name);
    if (!item || item.kind === 'import' || !ctx.resolver.fresh.has(binding)) return false;
    this.add(item.node);
    for (const other of this.puttingOn(binding)) this.add(other);
    return true;
  }

  /** Statements that may put something on what a variable stands for. */
  private puttingOn(binding: Binding): readonly AnyNode[] {
    const { items, newOthers, ctx } = this.top;
    const isOf = (node: AnyNode): boolean => ctx.next.refAt(rootOf(node))?.binding === binding;
    const names = ({ start, end }: AnyNode): boolean => ctx.next.refsIn(start, end).some((ref) => ref.binding === binding);
    return [...items.assigned.filter(({ target }) => isOf(target)).map(({ node }) => node), ...newOthers.filter((node) => names(node))];
  }

  /** Whether it changes an object that the language has for all. */
  private changesLanguage(node: AnyNode): boolean {
    const isShared = (target: AnyNode): boolean => this.isShared(rootOf(target));
    if (node.type === 'AssignmentExpression') return isShared(node.left as AnyNode);
    if (node.type === 'UpdateExpression') return isShared(node.argument);
    if (node.type === 'UnaryExpression') return node.operator === 'delete' && isShared(node.argument);
    if (node.type !== 'CallExpression' || !CHANGES.test(memberText(node.callee as AnyNode) ?? '')) return false;
    const [target] = node.arguments as AnyNode[];
    return target !== undefined && isShared(target);
  }

  /** Whether a name stands for an object that the language has for all. */
  private isShared(node: AnyNode): boolean {
    const ref = node.type === 'Identifier' ? this.top.ctx.next.refAt(node) : undefined;
    return ref?.node === node && ref.binding === null && !VALUES.test(ref.node.name);
  }
}

const leadsOn = (node: AnyNode): boolean => node.type === 'MemberExpression' && LEADS_ON.test(memberName(node) ?? '');

/** Whether an object of the language is called, asked about, gone on from by a class, or a member of it is taken: nobody is given it. */
function isOnlyAsked(node: AnyNode, parents: readonly AnyNode[]): boolean {
  const [above, parent] = [parents.at(-2), parents.at(-1)!];
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee === node;
    case 'MemberExpression': {
      const name = parent.object === node ? memberName(parent) : null;
      return name !== null && (name !== 'prototype' || (above?.type === 'MemberExpression' && above.object === parent && !above.computed));
    }
    case 'ClassDeclaration':
    case 'ClassExpression':
      return parent.superClass === node;
    case 'BinaryExpression':
      return parent.operator === 'instanceof';
    default:
      return parent.type === 'UnaryExpression' && parent.operator === 'typeof';
  }
}
