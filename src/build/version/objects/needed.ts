/** Whether code cannot do without a property: read of an object that lacks it, it throws or computes with `undefined`. */
import type { AnyNode, BlockStatement, Function as FunctionNode } from 'acorn';
import type { Binding, FunctionInfo, ModuleModel } from '../../../source/model.ts';
import { askedOnce } from '../program/asked-once.ts';
import { calleeName } from '../program/calls-by-name.ts';
import { ownProperty, propertyName } from '../forms/own-properties.ts';
import { nodesOf } from '../program/nodes.ts';
import type { Side } from '../side.ts';
import { walk, walkTo } from '../program/walk.ts';

const COMPUTES: ReadonlySet<string> = new Set(['-', '*', '/', '%', '**', '<', '>', '<=', '>=', '&', '|', '^', '<<', '>>', '>>>']);
const COMPARES: ReadonlySet<string> = new Set(['==', '!=', '===', '!==']);

/** Classes that extend one another; more are not followed. */
const DEEP = 4;

export type Use = 'breaks' | 'asks' | 'unknown';

/** What code of other files of the new version does with what it did not say before; see `Surroundings.usesBeside`. */
export type UsesBeside = (name: string, called: boolean) => ReadonlySet<Use>;

/**
 * Only where no code of the module but `fn` asks first whether it is there: objects that have a property of one name are not told
 * apart. So it is with what methods give that do no more than to read it: `getOptions() { return this.options }`.
 */
export function isNeeded(
  name: string,
  fn: FunctionInfo | null,
  base: Side,
  side: Side,
  { usesBeside: beside, knewKey }: { readonly usesBeside: UsesBeside; knewKey(name: string): boolean },
): boolean {
  const uses = usesIn(side, name, fn);
  const isNew = (word: string): boolean => !base.model.text.includes(word);
  const givers = giversOf(name, base, side);
  for (const giver of givers) {
    if (isNew(giver.name)) for (const use of usesIn(side, giver.name, fn, giver.called)) uses.add(use);
    for (const use of beside(giver.name, giver.called)) uses.add(use);
  }
  if (!knewKey(name)) for (const use of beside(name, false)) uses.add(use);
  return uses.has('breaks') && !uses.has('asks');
}

/** With `called`, uses of what a method of that name gives. */
export function usesIn(side: Side, name: string, but: FunctionInfo | null, called = false): Set<Use> {
  const uses = new Set<Use>();
  const { program } = side.model;
  const isOwn = ({ start, end }: AnyNode): boolean => but !== null && but.node.start <= start && end <= but.node.end;
  const { members, taken } = namedIn(program);
  const read = (members.get(name) ?? []).filter((node) => !isOwn(node));
  walkTo(program, read, (node, parents) => {
    const parent = parents.at(-1);
    if (!called) for (const use of [useOf(node, parents), ...usesOfGiven(node, parent, side)]) uses.add(use);
    else if (parent?.type === 'CallExpression' && parent.callee === node) uses.add(useOf(parent, parents.slice(0, -1)));
  });
  if (called) return uses;
  const locals: AnyNode[] = [];
  for (const value of taken.get(name) ?? []) {
    if (value.type === 'AssignmentPattern') uses.add('asks');
    for (const ref of side.refAt(value)?.binding?.references ?? []) if (ref.read) locals.push(ref.node as AnyNode);
  }
  locals.sort((a, b) => a.start - b.start);
  walkTo(program, locals, (node, parents) => void uses.add(useOf(node, parents)));
  return uses;
}

/** What classes do with a property of their objects that extend the one of that name, directly or not. */
export function usesByHeirs(name: string, property: string, models: readonly ModuleModel[], depth = 0): ReadonlySet<Use> {
  const uses = new Set<Use>();
  for (const { classes } of models)
    for (const { node, path } of classes) {
      if (!node.superClass || calleeName(node.superClass as AnyNode) !== name) continue;
      walk(node as AnyNode, (own, parents) => void (ownProperty(own) === property && uses.add(useOf(own, parents))));
      const heir = path.split(/[./#]/).at(-1)!;
      if (depth < DEEP && heir !== name) for (const use of usesByHeirs(heir, property, models, depth + 1)) uses.add(use);
    }
  return uses;
}

/** What a function of the module does with what it is given, where it is called with the value. */
function usesOfGiven(value: AnyNode, call: AnyNode | undefined, side: Side): readonly Use[] {
  if (call?.type !== 'CallExpression' && call?.type !== 'NewExpression') return [];
  const given = call.arguments as AnyNode[];
  const at = given.indexOf(value);
  const fn = at < 0 || given.some(({ type }) => type === 'SpreadElement') ? null : side.definitionOf(call.callee as AnyNode);
  const param = fn && 'children' in fn ? (fn.node as Partial<FunctionNode>).params?.[at] : undefined;
  if (param?.type === 'AssignmentPattern') return ['asks'];
  const binding = param?.type === 'Identifier' ? (fn as FunctionInfo).scope.bindings.get(param.name) : null;
  return binding ? [...usesOfVariable(binding, fn as FunctionInfo)] : [];
}

interface Named {
  readonly members: ReadonlyMap<string | null, readonly AnyNode[]>;
  /** What patterns take properties into. */
  readonly taken: ReadonlyMap<string | undefined, readonly AnyNode[]>;
}

/** Of a large bundle many names are asked for. */
const namedIn = askedOnce((program: AnyNode): Named => {
  const parts = nodesOf(program, 'ObjectPattern').flatMap(({ properties }) => properties.filter((part) => part.type === 'Property'));
  const byKey = Map.groupBy(parts, ({ key }) => (key as { readonly name?: string }).name);
  const taken = new Map([...byKey].map(([name, all]) => [name, all.map(({ value }) => value as AnyNode)]));
  const members = Map.groupBy<string | null, AnyNode>(nodesOf(program, 'MemberExpression'), propertyName);
  return { members, taken };
});

/** Methods and accessors that only the new version has, and that give what the property holds. */
function giversOf(name: string, base: Side, { model }: Side): readonly { readonly name: string; readonly called: boolean }[] {
  const known = new Set(base.model.functions.map(({ path }) => path));
  return model.functions.flatMap(({ node, kind, path }) => {
    const { body } = node as FunctionNode;
    const [only, ...more] = body?.type === 'BlockStatement' ? (body as BlockStatement).body : [];
    if (only?.type !== 'ReturnStatement' || more.length > 0 || !only.argument || ownProperty(only.argument) !== name) return [];
    const own = known.has(path) ? undefined : /[#.](?:get )?([\w$]+)$/.exec(path)?.[1];
    return own === undefined || kind === 'setter' ? [] : { name: own, called: kind !== 'getter' };
  });
}

/** Whether the code of a function cannot do without what a variable of it holds. */
export function isNeededVariable(binding: Binding, fn: FunctionInfo): boolean {
  const uses = usesOfVariable(binding, fn);
  return uses.has('breaks') && !uses.has('asks');
}

/** What the code of a function does with what a variable holds. */
export function usesOfVariable({ references }: Binding, fn: FunctionInfo): ReadonlySet<Use> {
  const nodes = new Set<AnyNode>(references.filter(({ read }) => read).map(({ node }) => node as AnyNode));
  const uses = new Set<Use>();
  walk(fn.node as AnyNode, (node, parents) => void (nodes.has(node) && uses.add(useOf(node, parents))));
  return uses;
}

/** What code does with a value, by what stands around it. */
export function useOf(value: AnyNode, parents: readonly AnyNode[]): Use {
  const parent = parents.at(-1);
  switch (parent?.type) {
    case 'ParenthesizedExpression':
      return useOf(parent, parents.slice(0, -1));
    case 'MemberExpression':
      if (parent.object !== value) return 'unknown';
      return parent.optional ? 'asks' : 'breaks';
    case 'CallExpression':
      if (parent.callee !== value) return 'unknown';
      return parent.optional ? 'asks' : 'breaks';
    case 'NewExpression':
      return parent.callee === value ? 'breaks' : 'unknown';
    case 'BinaryExpression':
      if (COMPARES.has(parent.operator)) return 'asks';
      // A sum may be a text.
      if (parent.operator === '+') return useOf(parent, parents.slice(0, -1));
      return COMPUTES.has(parent.operator) || (parent.operator.startsWith('in') && parent.right === value) ? 'breaks' : 'unknown';
    case 'SpreadElement':
      return parents.at(-2)?.type === 'ObjectExpression' ? 'unknown' : 'breaks';
    case 'ForOfStatement':
      return parent.right === value ? 'breaks' : 'unknown';
    case 'LogicalExpression':
      return 'asks';
    case 'IfStatement':
    case 'ConditionalExpression':
    case 'WhileStatement':
    case 'ForStatement':
      return parent.test === value ? 'asks' : 'unknown';
    case 'UnaryExpression':
      return parent.operator === '!' || parent.operator === 'typeof' ? 'asks' : 'unknown';
    // Code that gives it a value may do so first.
    case 'AssignmentExpression':
      return parent.left === value ? 'asks' : 'unknown';
    default:
      return 'unknown';
  }
}
