/**
 * Tables that a function fills once, as it is first asked: new code fills one of its own. So it is where nothing but that says
 * what is in them, and nobody holds them: what is looked up in the one is then looked up in the other.
 */
import type { AnyNode, VariableDeclarator } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import { runsOnce } from '../../../instrument/plan.ts';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { filledOtherwise } from '../../hazards/filled-once.ts';
import { isOnlyCalled } from '../../version/values/holding.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import type { Side } from '../../version/side.ts';
import { walk } from '../../version/program/walk.ts';
import { fillingOf } from './fillings.ts';
import { isLookUp, isTest } from './look-ups.ts';
import type { TopDiff } from '../top.ts';
import type { ToppedUp } from './topped-up.ts';

export class Refilled {
  private readonly ctx: ModuleContext;
  private readonly tops: readonly TopDiff[];
  /** Those of which others may hold what is there. */
  private readonly toppedUp: ToppedUp;
  private readonly variables = new Set<Binding>();

  constructor(ctx: ModuleContext, tops: readonly TopDiff[], toppedUp: ToppedUp) {
    this.ctx = ctx;
    this.tops = tops;
    this.toppedUp = toppedUp;
  }

  /** Looks for those that functions of `changed` fill otherwise; true when a variable got a value of its own. */
  update(changed: ReadonlySet<FunctionInfo>): boolean {
    const { base, next } = this.ctx;
    let moved = false;
    for (const found of filledOtherwise(this.ctx, changed)) {
      const { fn, now, variable } = found;
      if (this.variables.has(variable)) continue;
      const top = this.tops.find(({ handle }) => runsOnce(handle.kind) && handle.owner === base.declarer(variable));
      const renewed = top?.bindingOf(variable.name);
      if (!top || !renewed || !isSealed(base, fn, variable) || !isSealed(next, now, renewed)) {
        this.toppedUp.carry(found);
        continue;
      }
      if (!top.renew(variable.name, 'cache-emptied', 'new code fills one of its own, as it is first asked')) continue;
      this.variables.add(variable);
      moved = true;
    }
    return moved;
  }

  readonly has = (variable: Binding): boolean => this.variables.has(variable) || this.toppedUp.has(variable);
}

/**
 * Whether what `fn` does once says all that is in a table, and `fn` alone looks it up, each time after that, or gives it to who
 * looks it up: who waits for another to fill it would find the new one empty.
 */
function isSealed(side: Side, fn: FunctionInfo, variable: Binding): boolean {
  const { scope, references, declarations } = variable;
  const declared = nodesOf(side.model.program, 'VariableDeclarator').find(({ id }) => id === declarations[0]);
  if (!declared || declarations.length !== 1 || scope.evalVisible || isExported(side, declared)) return false;
  const fill = fillingOf(side, fn, variable);
  if (!fill || !fill.isEmpty(declared.init ?? null)) return false;
  let isResult = fill.isResult;
  const above = parentsOf(references);
  for (const ref of references) {
    const { node, write } = ref;
    if (declarations.includes(node) || fill.has(ref)) continue;
    const parents = above.get(node as AnyNode) ?? [];
    const [parent] = parents;
    if (write) {
      if (parent?.type !== 'AssignmentExpression' || parent.operator !== '=' || !fill.isEmpty(parent.right)) return false;
    } else if (ref.fn !== fn || !fill.isBefore(node as AnyNode)) return false;
    else if (isReturned(node as AnyNode, parent)) isResult = true;
    else if (!isTest(node as AnyNode, parent) && !isLookUp(node as AnyNode, parents)) return false;
  }
  return !isResult || isOnlyLookedUp(fn);
}

/** `export let table`, which importers see. */
const isExported = (side: Side, { start, end }: VariableDeclarator): boolean =>
  side.model.program.body.some(
    (statement) => statement.type === 'ExportNamedDeclaration' && statement.start <= start && end <= statement.end,
  );

/** What stands around references, from the inside: the four nodes next to each. */
function parentsOf(references: readonly Reference[]): ReadonlyMap<AnyNode, readonly AnyNode[]> {
  const wanted = new Set(references.map(({ node }) => node as AnyNode));
  const found = new Map<AnyNode, readonly AnyNode[]>();
  for (const fn of new Set(references.map((ref) => ref.fn)))
    walk(fn.node as AnyNode, (node, parents) => void (wanted.has(node) && found.set(node, parents.slice(-4).reverse())));
  return found;
}

const isReturned = (node: AnyNode, parent: AnyNode | undefined): boolean =>
  parent?.type === 'ReturnStatement' || (parent?.type === 'ArrowFunctionExpression' && parent.body === node);

/** Whether all that is done with what a function gives is to look something up. */
function isOnlyLookedUp(fn: FunctionInfo): boolean {
  const binding = namedBy(fn);
  if (!binding || !isOnlyCalled(binding) || fn.async || fn.generator) return false;
  const calls = binding.references.filter(({ read }) => read);
  const wanted = new Set(calls.map(({ parent }) => parent as AnyNode));
  let only = true;
  for (const user of new Set(calls.map((ref) => ref.fn)))
    walk(user.node as AnyNode, (node, parents) => {
      if (wanted.has(node)) only &&= isLookUp(node, parents.slice(-3).reverse());
      return only;
    });
  return only;
}
