/**
 * Caches that the top level puts on a function or class of the module, `Parser.cache = {}`, in which code does no more than look
 * for what it then puts there. Others may hold them, so they are emptied in place.
 */
import type { AnyNode } from 'acorn';
import type { HandleScope } from '../../../instrument/plan.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { computedBy } from '../../hazards/computed-by.ts';
import { isRepeatable } from '../../hazards/repeatable.ts';
import { isPlain } from '../../hazards/plain-results.ts';
import { Outside } from '../../hazards/outside.ts';
import { CACHE } from '../../version/forms/cache-names.ts';
import { functionAround } from '../../version/program/function-around.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import { sourcesOf } from '../../version/values/flow.ts';
import { isEmptyTable } from '../../version/values/object-kinds.ts';
import type { Side } from '../../version/side.ts';
import { walk } from '../../version/program/walk.ts';
import type { TopDiff } from '../top.ts';

export interface PropertyCache {
  readonly handle: HandleScope;
  /** As code of the scope says it: `Parser.cache`. */
  readonly path: string;
  /** The new version of a function that fills it with other results. */
  readonly filledBy: FunctionInfo;
  /** Whether the text shows that it can be. */
  readonly isEmptied: boolean;
}

/** Those that hold what functions of `changed` computed. */
export function propertyCaches(ctx: ModuleContext, tops: readonly TopDiff[], changed: ReadonlySet<FunctionInfo>): PropertyCache[] {
  const { base, next, match } = ctx;
  const outside = new Outside(ctx);
  return tops.flatMap((top) => {
    const now = new Set(cachesOf(top.items.assigned));
    return cachesOf(top.old.assigned).flatMap((path) => {
      const [before, after] = [fillsOf(base, path), fillsOf(next, path)];
      const sources = ({ fn, value }: Fill): AnyNode[] => [value, ...sourcesOf(base, fn.node as AnyNode, value)];
      const isStale = (fill: Fill): boolean =>
        match.nextOf.has(fill.fn) && computedBy(base, sources(fill), changed, outside, fill.fn) !== null;
      const stale = before.all.find(isStale);
      if (!stale) return [];
      const isMadeAnew = before.all.every(({ fn, value }) => isMadeAgain(base, path, fn, value, before.givesAway));
      const isEmptied = now.has(path) && before.isAll && after.isAll && isMadeAnew;
      return { handle: top.handle, path, filledBy: match.nextOf.get(stale.fn)!, isEmptied };
    });
  });
}

/** The paths of properties by the name of a cache that begin empty, each given once. */
function cachesOf(assigned: TopDiff['old']['assigned']): string[] {
  const paths = assigned.flatMap(({ target, value }) => {
    const isNamed = target.type === 'MemberExpression' && !target.computed && target.object.type === 'Identifier';
    return isNamed && CACHE.test(keyName(target.property, false)) && isEmptyTable(value) && value.type === 'ObjectExpression'
      ? [memberText(target)!]
      : [];
  });
  return paths.filter((path) => paths.indexOf(path) === paths.lastIndexOf(path));
}

interface Fill {
  readonly fn: FunctionInfo;
  readonly value: AnyNode;
}

interface Fills {
  /** What functions put there that look there first. */
  readonly all: readonly Fill[];
  /** Whether that is all that is done with it, but that they take out what they put there themselves. */
  readonly isAll: boolean;
  /** Whether more than the results of a call of what is there leaves the functions that fill it. */
  readonly givesAway: boolean;
}

function fillsOf(side: Side, path: string): Fills {
  const { isMore, fills, asking, taking, givesAway } = new Uses(side, path);
  const all = fills.filter(({ fn }) => asking.has(fn));
  const filling = new Set(all.map(({ fn }) => fn));
  const isAll = !isMore && all.length > 0 && all.length === fills.length && [...taking].every((fn) => filling.has(fn));
  return { all, isAll, givesAway };
}

/** Whether a result comes out the same when it is computed anew, and is no object that somebody may miss. */
function isMadeAgain(side: Side, path: string, fn: FunctionInfo, value: AnyNode, givesAway: boolean): boolean {
  const isNew = (source: AnyNode): boolean => source === value && source.type === 'NewExpression' && !givesAway;
  const sources = sourcesOf(side, fn.node as AnyNode, value);
  return sources.every((source) => isNew(source) || isPlain(source)) && isRepeatable(side, fn, path.split('.')[1]!, [value]);
}

class Uses {
  readonly fills: Fill[] = [];
  readonly asking = new Set<FunctionInfo>();
  readonly taking = new Set<FunctionInfo>();
  givesAway = false;
  isMore: boolean;
  private readonly side: Side;
  private readonly owner: Binding | undefined;
  private readonly name: string;
  /** Variables that stand for the cache. */
  private readonly locals = new Set<Binding>();

  constructor(side: Side, path: string) {
    const [owner, name] = path.split('.') as [string, string];
    this.side = side;
    this.name = name;
    this.owner = side.model.root.body.find(owner);
    this.isMore = !this.owner || side.definitionNamed(this.owner) === null;
    for (const { id, init } of nodesOf(side.model.program, 'VariableDeclarator'))
      if (init && this.isOwner(init as AnyNode)) this.takeApart(id as AnyNode);
    walk(side.model.program as AnyNode, (node, parents) => {
      this.look(node, parents);
      return true;
    });
  }

  private look(node: AnyNode, parents: readonly AnyNode[]): void {
    if (node.type === 'MemberExpression') {
      const isNamed = !node.computed && keyName(node.property, false) === this.name;
      if (this.isOwner(node.object as AnyNode)) {
        if (node.computed) this.isMore = true;
        else if (isNamed) this.use(node, parents);
      } else if (isNamed) this.isMore ||= this.mayBeOwner(node.object as AnyNode);
    } else if (node.type === 'Identifier') {
      const ref = this.side.refAt(node);
      if (ref?.node === node && ref.read && ref.binding && this.locals.has(ref.binding)) this.use(node, parents);
    }
  }

  private isOwner(node: AnyNode): boolean {
    return node.type === 'Identifier' && this.side.refAt(node)?.binding === this.owner;
  }

  /** What may stand for the owner by another name. */
  private mayBeOwner(node: AnyNode): boolean {
    return node.type === 'ThisExpression' || (node.type === 'MemberExpression' && keyName(node.property, node.computed) === 'constructor');
  }

  /** `const { cache } = Parser` */
  private takeApart(id: AnyNode): void {
    for (const own of id.type === 'ObjectPattern' ? id.properties : [null]) {
      if (own?.type !== 'Property' || own.computed) this.isMore = true;
      else if (keyName(own.key, false) === this.name) {
        const { value } = own;
        const local = this.side.refs.find(({ binding }) => binding?.declarations.some((id) => id === value))?.binding;
        if (local && !local.reassigned && value.type === 'Identifier') this.locals.add(local);
        else this.isMore = true;
      }
    }
  }

  /** `node` stands for the cache. */
  private use(node: AnyNode, parents: readonly AnyNode[]): void {
    const [above, parent] = parents.slice(-2) as [AnyNode, AnyNode];
    const fn = functionAround(this.side, node);
    if (parent.type !== 'MemberExpression' || parent.object !== node || !parent.computed) {
      this.isMore ||= !(fn.kind === 'module' && parent.type === 'AssignmentExpression' && parent.left === node);
    } else if (above.type === 'AssignmentExpression' && above.left === parent) {
      // What goes on after the transition is over would put there what it computed before.
      this.isMore ||= above.operator !== '=' || fn.async || fn.generator || fn.kind === 'module';
      this.fills.push({ fn, value: above.right });
      this.givesAway ||= parents.at(-3)?.type !== 'ExpressionStatement';
    } else this.take(parent, above, parents, fn);
  }

  /** Code of `fn` reads an entry. */
  private take(entry: AnyNode, above: AnyNode, parents: readonly AnyNode[], fn: FunctionInfo): void {
    if (isTested(entry, above)) {
      this.asking.add(fn);
      this.givesAway ||= above.type === 'LogicalExpression';
      return;
    }
    this.taking.add(fn);
    const call = parents.at(-3);
    const isCalled =
      above.type === 'MemberExpression' && above.object === entry && call?.type === 'CallExpression' && call.callee === above;
    const method = isCalled ? keyName(above.property, above.computed) : '';
    if (above.type === 'ReturnStatement') this.givesAway = true;
    else this.isMore ||= !RUNS.test(method) && !COPIES.test(method);
  }
}

/** Methods that run what was compiled, and those that give a copy. */
const RUNS = /^(?:run|exec|test|match)/;
const COPIES = /^(?:concat|slice|map|filter|join)$/;

/** Whether code goes by whether an entry is there. */
function isTested(entry: AnyNode, above: AnyNode): boolean {
  if (above.type === 'IfStatement' || above.type === 'ConditionalExpression') return above.test === entry;
  return (above.type === 'UnaryExpression' && above.operator === '!') || (above.type === 'LogicalExpression' && above.left === entry);
}
