/**
 * New code that names nothing but what is new and what the language has, as what a bundler puts into a file for a dependency of
 * its own: whatever a statement of it calls, it can do nothing to what the program holds, so it may run when the patch is linked.
 */
import type { AnyNode } from 'acorn';
import type { Binding, Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { rootOf, walk } from '../version/walk.ts';
import type { TopDiff } from './top.ts';

/** Names of the language by which code gets at nothing but what it is given. */
const LANGUAGE =
  /^(?:Object|Array|String|Number|Boolean|Symbol|BigInt|Math|JSON|RegExp|Date|Map|Set|WeakMap|WeakSet|Promise|Reflect|Proxy|Error|\w+Error|\w+Array|ArrayBuffer|DataView|parseInt|parseFloat|isNaN|isFinite|undefined|NaN|Infinity|(?:en|de)codeURI(?:Component)?|arguments)$/;
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
    walk(code, (node) => {
      isBound ||= /^(?:Import|Await|Yield)Expression$|^(?:MetaProperty|WithStatement)$/.test(node.type) || this.changesLanguage(node);
      return !isBound;
    });
    return !isBound && next.refsIn(code.start, code.end).every((ref) => this.isNew(ref, code));
  }

  private isNew({ binding, node, write }: Reference, { start, end }: AnyNode): boolean {
    const { ctx, items, nextFn } = this.top;
    if (binding === null) return !write && LANGUAGE.test(node.name);
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
    const isShared = (target: AnyNode): boolean => {
      const root = rootOf(target);
      return root.type === 'Identifier' && this.top.ctx.next.refAt(root)?.binding === null;
    };
    if (node.type === 'AssignmentExpression') return isShared(node.left as AnyNode);
    if (node.type === 'UpdateExpression') return isShared(node.argument);
    if (node.type === 'UnaryExpression') return node.operator === 'delete' && isShared(node.argument);
    if (node.type !== 'CallExpression' || !CHANGES.test(memberText(node.callee as AnyNode) ?? '')) return false;
    const [target] = node.arguments as AnyNode[];
    return target !== undefined && isShared(target);
  }
}
