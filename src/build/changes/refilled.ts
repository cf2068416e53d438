/**
 * Tables that a function fills once, as it is first asked: new code fills one of its own. So it is where nothing but that says
 * what is in them, and nobody holds them: what is looked up in the one is then looked up in the other.
 */
import type { AnyNode, VariableDeclarator } from 'acorn';
import { namedBy } from '../../instrument/forwarding.ts';
import { runsOnce } from '../../instrument/plan.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { filledOtherwise, isNothing } from '../hazards/filled-once.ts';
import { effectsOf, isMutated } from '../version/effects.ts';
import { isOnlyCalled } from '../version/holding.ts';
import { isConstant } from '../version/left.ts';
import { nodesOf } from '../version/nodes.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/standing-for.ts';
import { walk } from '../version/walk.ts';
import type { TopDiff } from './top.ts';

const LOOKS_UP = /^(entries|filter|find|forEach|get|has|hasOwnProperty|includes|indexOf|join|keys|map|some|every|values)$/;
const TABLES = /^(Map|RegExp|Set)$/;
/** What of the language gives the same each time. */
const PLATFORM = /^(?:Array|BigInt|Infinity|Map|NaN|Number|Object|RegExp|Set|String|undefined)$/;

export class Refilled {
  private readonly ctx: ModuleContext;
  private readonly tops: readonly TopDiff[];
  private readonly variables = new Set<Binding>();

  constructor(ctx: ModuleContext, tops: readonly TopDiff[]) {
    this.ctx = ctx;
    this.tops = tops;
  }

  /** Looks for those that functions of `changed` fill otherwise; true when a variable got a value of its own. */
  update(changed: ReadonlySet<FunctionInfo>): boolean {
    const { base, next } = this.ctx;
    let moved = false;
    for (const { fn, now, variable, old, fresh } of filledOtherwise(this.ctx, changed)) {
      if (this.variables.has(variable)) continue;
      const top = this.tops.find(({ handle }) => runsOnce(handle.kind) && handle.owner === base.declarer(variable));
      const renewed = top?.bindingOf(variable.name);
      if (!top || !renewed || !isSealed(base, fn, variable, old) || !isSealed(next, now, renewed, fresh)) continue;
      if (!top.renew(variable.name, 'cache-emptied', 'new code fills one of its own, as it is first asked')) continue;
      this.variables.add(variable);
      moved = true;
    }
    return moved;
  }

  readonly has = (variable: Binding): boolean => this.variables.has(variable);
}

/**
 * Whether `nodes`, which `fn` runs once, say all that is in a table, and `fn` alone looks it up, or gives it to who looks it up:
 * who waits for another to fill it would find the new one empty.
 */
function isSealed(side: Side, fn: FunctionInfo, variable: Binding, nodes: readonly AnyNode[]): boolean {
  const { scope, references, declarations } = variable;
  const declared = nodesOf(side.model.program, 'VariableDeclarator').find(({ id }) => id === declarations[0]);
  if (!declared || declarations.length !== 1 || scope.evalVisible || !beginsEmpty(declared)) return false;
  const fillers = fillersOf(side, variable, nodes);
  if (fillers === null) return false;
  const filling = [...nodes, ...[...fillers].map(({ node }) => node as AnyNode)];
  if (!filling.every((code) => isPlain(side, variable, code) && isSameEachTime(side, variable, code))) return false;
  const within = (ref: Reference): boolean => nodes.some((node) => isIn(ref.node as AnyNode, node)) || fillers.has(ref.fn);
  const others = references.filter((ref) => !declarations.includes(ref.node as never) && !within(ref));
  const above = parentsOf(others);
  const isFilledFirst = ({ node }: Reference): boolean => nodes.length === 0 || node.start > nodes[0]!.start;
  let isResult = nodes.some((node) => givesResult(node));
  for (const ref of others) {
    const { node, write } = ref;
    const [parent, grand] = above.get(node as AnyNode) ?? [];
    if (write) {
      if (parent?.type !== 'AssignmentExpression' || !isNothing(parent.right)) return false;
    } else if (ref.fn !== fn) return false;
    else if (parent?.type === 'ReturnStatement' || (parent?.type === 'ArrowFunctionExpression' && parent.body === node)) isResult = true;
    else if (!isTest(node as AnyNode, parent) && !(isLookUp(node as AnyNode, parent, grand) && isFilledFirst(ref))) return false;
  }
  return !isResult || isOnlyLookedUp(fn);
}

const beginsEmpty = ({ init }: VariableDeclarator): boolean => !init || isNothing(init);

const isIn = (node: AnyNode, around: AnyNode): boolean => around.start <= node.start && node.end <= around.end;

/** The functions that do it, which nothing else calls; null where more is done. */
function fillersOf(side: Side, variable: Binding, nodes: readonly AnyNode[]): ReadonlySet<FunctionInfo> | null {
  const fillers = new Set<FunctionInfo>();
  for (const node of nodes) {
    const { bindings, external, unknown, called } = effectsOf(node, side, variable.scope.fn);
    if (external || unknown || [...bindings].some((binding) => binding !== variable)) return null;
    for (const filler of called) fillers.add(filler);
  }
  const isOwn = ({ node, read, parent, fn }: Reference): boolean =>
    !read ||
    (parent.type === 'CallExpression' && parent.callee === node && (fillers.has(fn) || nodes.some((own) => isIn(node as AnyNode, own))));
  return [...fillers].every((filler) => namedBy(filler)?.references.every(isOwn) === true) ? fillers : null;
}

/** Whether what code puts into a table has no state of its own, and is nothing that others may hold. */
function isPlain(side: Side, variable: Binding, code: AnyNode): boolean {
  const isOwn = (node: AnyNode | undefined): boolean => node?.type === 'Identifier' && side.refAt(node)?.binding === variable;
  const isValue = ({ type }: AnyNode): boolean => /^(?:Literal|TemplateLiteral|Identifier|MemberExpression)$/.test(type);
  let plain = true;
  walk(code, (node, parents) => {
    const parent = parents.at(-1);
    if (node.type === 'NewExpression') plain &&= node.callee.type === 'Identifier' && TABLES.test(node.callee.name);
    if (node.type === 'ArrayExpression') plain &&= node.elements.every((element) => element !== null && isValue(element as AnyNode));
    if (node.type === 'ObjectExpression') {
      const isTable = parent?.type === 'AssignmentExpression' && parent.right === node && isOwn(parent.left as AnyNode);
      plain &&=
        isTable && node.properties.every((entry) => entry.type === 'Property' && !entry.computed && isValue(entry.value as AnyNode));
    }
    if (/^(?:Class|Await|Yield|Import|TaggedTemplate)/.test(node.type) || (node !== code && /Function/.test(node.type))) plain = false;
    return plain;
  });
  return plain;
}

/** Whether what code puts into a table is the same whoever calls it, and whenever: it goes by nothing but what the text says. */
function isSameEachTime(side: Side, variable: Binding, code: AnyNode): boolean {
  let found = true;
  walk(code, (node) => {
    found &&= node.type !== 'ThisExpression' && node.type !== 'Super' && node.type !== 'MetaProperty';
    return found;
  });
  return (
    found &&
    side.refsIn(code.start, code.end).every(({ node, binding }) => {
      if (binding === null) return PLATFORM.test((node as { name?: string }).name ?? '');
      const [id, ...more] = binding.declarations;
      if (binding === variable || (id && isIn(id as AnyNode, code))) return true;
      if (!id || more.length > 0 || binding.reassigned || binding.kind === 'param' || !side.runsOnce(binding.scope.fn)) return false;
      const value = side.valueOf(id);
      return side.functionDeclaredBy(id) !== null || (value != null && isConstant(value, side) && !isMutated(binding));
    })
  );
}

/** What stands around references: the two nodes next to each. */
function parentsOf(references: readonly Reference[]): ReadonlyMap<AnyNode, readonly (AnyNode | undefined)[]> {
  const wanted = new Set(references.map(({ node }) => node as AnyNode));
  const found = new Map<AnyNode, readonly (AnyNode | undefined)[]>();
  for (const fn of new Set(references.map((ref) => ref.fn)))
    walk(fn.node as AnyNode, (node, parents) => void (wanted.has(node) && found.set(node, [parents.at(-1), parents.at(-2)])));
  return found;
}

/** `table[key]`, `table.name` and `table.get(key)` */
function isLookUp(table: AnyNode, member: AnyNode | undefined, use: AnyNode | undefined): boolean {
  if (member?.type === 'BinaryExpression') return member.operator === 'in' && member.right === table;
  if (member?.type !== 'MemberExpression' || member.object !== table) return false;
  switch (use?.type) {
    case 'CallExpression':
      return use.callee !== member || LOOKS_UP.test(memberName(member) ?? '');
    case 'AssignmentExpression':
      return use.left !== member;
    case 'UnaryExpression':
      return use.operator !== 'delete';
    case 'UpdateExpression':
    case 'MemberExpression':
      return false;
    default:
      return true;
  }
}

function isTest(node: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'UnaryExpression':
      return parent.operator === '!' || parent.operator === 'typeof';
    case 'BinaryExpression':
      return /^[!=]==?$/.test(parent.operator);
    case 'IfStatement':
    case 'ConditionalExpression':
      return parent.test === node;
    case 'LogicalExpression':
      return parent.left === node;
    default:
      return false;
  }
}

/** Whether the code around gives what the assignment gives, as `return (table = …)` and `table ??= …` may. */
const givesResult = ({ type }: AnyNode): boolean => !type.endsWith('Statement') || type === 'ReturnStatement';

/** Whether all that is done with what a function gives is to look something up. */
function isOnlyLookedUp(fn: FunctionInfo): boolean {
  const binding = namedBy(fn);
  if (!binding || !isOnlyCalled(binding) || fn.async || fn.generator) return false;
  const calls = binding.references.filter(({ read }) => read);
  const wanted = new Set(calls.map(({ parent }) => parent as AnyNode));
  let only = true;
  for (const user of new Set(calls.map((ref) => ref.fn)))
    walk(user.node as AnyNode, (node, parents) => {
      if (wanted.has(node)) only &&= isLookUp(node, parents.at(-1), parents.at(-2));
      return only;
    });
  return only;
}
