/**
 * Results of functions that have changed, which other code has put into tables, lists or variables that outlive its calls: the
 * old version computed them, and nothing computes them again.
 */
import type { AnyNode, CallExpression } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { PUTS } from '../version/entries.ts';
import { keyName } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { isConstructor } from '../version/create.ts';
import { callsAtOnce, outlives } from '../version/escape.ts';
import { leftBy } from '../version/left.ts';
import { isKeptIn } from '../version/reached.ts';
import { isReadByGiven, isReadOutside } from '../version/reads.ts';
import { memberName } from '../version/standing-for.ts';
import { isThis } from '../version/this-names.ts';
import { isFunctionNode, nodesAbove, rootOf } from '../version/walk.ts';

/** From the variable that has a result to what that is put into. */
const MOST_STEPS = 3;

/** Where a result goes. */
type Kept =
  | { readonly kind: 'of objects'; readonly name: string; readonly at: AnyNode }
  | { readonly kind: 'of closures'; readonly name: string; readonly at: AnyNode }
  | { readonly kind: 'of the module'; readonly name: string; readonly at: AnyNode };

/** Only of calls by name, in functions that were there before. */
export function reportCollected(ctx: ModuleContext, changed: readonly FunctionInfo[]): void {
  const { next, match, log } = ctx;
  const told = new Set(log.rows.flatMap(({ code, path }) => (/^(?:results|cache|instances|capture|field)-/.test(code) ? path : [])));
  for (const by of changed) {
    const binding = nameOf(by);
    for (const ref of binding?.references ?? []) {
      const { fn } = ref;
      const old = match.baseOf.get(fn);
      if (!ref.read || fn === by || !old || told.has(old.path) || ctx.next.runsOnce(fn)) continue;
      const kept = new Search(ctx, fn).from(ref);
      if (!kept) continue;
      const [code, who, path] =
        kept.kind === 'of the module'
          ? (['results-remembered', kept.name, old.path] as const)
          : kept.kind === 'of objects'
            ? (['instances-hold', `the ${kept.name} of objects that exist`, `${old.path} ${kept.name}`] as const)
            : (['capture-kept', `the ${kept.name} of closures that exist`, `${old.path} ${kept.name}`] as const);
      if (!told.has(path) && !told.has(kept.name))
        log.add(code, next, kept.at, path, `results that the old version of ${by.path} computed are kept in ${who}`);
    }
  }
}

/** The name that a function always goes by. */
function nameOf({ node, ancestors, scope, parent }: FunctionInfo): Binding | null {
  const above = ancestors.at(-1);
  const id = node.type === 'FunctionDeclaration' ? node.id : above?.type === 'VariableDeclarator' ? above.id : null;
  const binding = id?.type === 'Identifier' ? (parent?.body ?? scope).lookup(id.name) : null;
  return binding && !binding.reassigned && binding.declarations.length === 1 ? binding : null;
}

class Search {
  private readonly ctx: ModuleContext;
  private fn: FunctionInfo;

  constructor(ctx: ModuleContext, fn: FunctionInfo) {
    this.ctx = ctx;
    this.fn = fn;
  }

  /** From where the function is called, or is given to what calls it at once. */
  from({ node, parent }: Reference): Kept | null {
    if (parent.type !== 'CallExpression') return null;
    const isGiven =
      parent.arguments.includes(node) && parent.callee.type === 'MemberExpression' && callsAtOnce(memberName(parent.callee) ?? '');
    return isGiven || parent.callee === node ? this.follow(parent, MOST_STEPS) : null;
  }

  private follow(value: AnyNode, steps: number): Kept | null {
    const above = nodesAbove(value, this.fn.node as AnyNode);
    let current = value;
    let entry: string | null = null;
    let isMade = false;
    for (const parent of above.toReversed()) {
      switch (parent.type) {
        case 'AwaitExpression':
        case 'ChainExpression':
        case 'ParenthesizedExpression':
        case 'ArrayExpression':
        case 'SpreadElement':
        case 'LogicalExpression':
          break;
        case 'ConditionalExpression':
          if (parent.test === current) return null;
          break;
        case 'Property':
          if (parent.value !== current) return null;
          entry = parent.computed ? null : keyName(parent.key, false);
          break;
        case 'ObjectExpression':
          isMade ||= parent.properties.some((p) => p.type === 'Property' && this.ctx.next.definitionOf(p.value as AnyNode));
          break;
        case 'ReturnStatement':
          // An object with methods goes by what its entries are.
          return isMade ? this.entry(entry, current) : null;
        case 'CallExpression':
          return this.put(parent, current);
        case 'AssignmentExpression':
          return parent.right === current ? this.assigned(parent.left as AnyNode, parent) : null;
        case 'VariableDeclarator':
          return steps > 0 && parent.id.type === 'Identifier' ? this.named(parent.id, current, steps - 1) : null;
        case 'ArrowFunctionExpression':
          if (isMade) return this.entry(entry, current);
          return parent.body === current && steps > 0 ? this.around(parent, steps - 1) : null;
        default:
          return null;
      }
      current = parent;
    }
    return null;
  }

  private entry(name: string | null, at: AnyNode): Kept | null {
    return name !== null && isReadByGiven(name, this.fn, this.ctx.next.model.program) ? { kind: 'of objects', name, at } : null;
  }

  /** `list.map((x) => parse(x))` */
  private around(arrow: AnyNode, steps: number): Kept | null {
    const outer = this.fn.parent;
    const call = this.fn.ancestors.at(-1);
    if (this.fn.node !== arrow || !outer || call?.type !== 'CallExpression' || call.callee.type !== 'MemberExpression') return null;
    if (!callsAtOnce(memberName(call.callee) ?? '') || this.ctx.next.runsOnce(outer)) return null;
    this.fn = outer;
    return this.follow(call, steps);
  }

  private put(call: CallExpression, value: AnyNode): Kept | null {
    const isGiven =
      call.callee.type === 'MemberExpression' && call.arguments.includes(value as never) && PUTS.test(memberName(call.callee) ?? '');
    return isGiven ? this.into((call.callee as { readonly object: AnyNode }).object, call) : null;
  }

  private assigned(target: AnyNode, at: AnyNode): Kept | null {
    if (target.type === 'MemberExpression' && target.computed) return this.into(target.object as AnyNode, at);
    const isMade = isConstructor(this.fn) && target.type === 'MemberExpression' && isThis(target.object as AnyNode);
    if (isMade) return this.into(target, at);
    const left = leftBy(this.fn, this.ctx.next).find(
      ({ value, how }) => how === 'kept' && at.type === 'AssignmentExpression' && value === at.right,
    );
    const variable = target.type === 'Identifier' ? this.ctx.next.refAt(target)?.binding : null;
    if (target.type === 'Identifier' && (left || (variable && isKeptIn(variable, this.fn, this.ctx.next)))) return this.into(target, at);
    return left && target.type === 'MemberExpression' && !isThis(target.object as AnyNode) ? this.into(target.object as AnyNode, at) : null;
  }

  /** What an object that is there before the call and after it holds. */
  private into(object: AnyNode, at: AnyNode): Kept | null {
    const { next } = this.ctx;
    const root = rootOf(object);
    if (isThis(root)) {
      const name = object.type === 'MemberExpression' && isThis(object.object as AnyNode) ? memberName(object) : null;
      return name !== null && isReadOutside(name, this.fn, next.model.program) ? { kind: 'of objects', name, at } : null;
    }
    const binding = root.type === 'Identifier' ? next.refAt(root)?.binding : null;
    if (!binding || binding.kind === 'param' || binding.kind === 'import') return null;
    const { fn: owner } = binding.scope;
    if (this.ctx.next.runsOnce(owner)) return { kind: 'of the module', name: binding.name, at };
    const isSeen = binding.references.some((ref) => ref.read && ref.fn !== this.fn && outlives(ref.fn, owner));
    return isSeen ? { kind: 'of closures', name: binding.name, at } : null;
  }

  private named(id: AnyNode & { readonly type: 'Identifier' }, value: AnyNode, steps: number): Kept | null {
    const own = this.ctx.next
      .refsIn(this.fn.node.start, this.fn.node.end)
      .find((ref) => ref.binding?.declarations.some((at) => at === id))?.binding;
    if (!own) return null;
    if (own.references.some((ref) => ref.read && ref.fn !== this.fn && outlives(ref.fn, this.fn)))
      return { kind: 'of closures', name: id.name, at: value };
    for (const ref of own.references) {
      const found = ref.read && ref.fn === this.fn && !isFunctionNode(ref.parent) ? this.follow(ref.node, steps) : null;
      if (found) return found;
    }
    return null;
  }
}
