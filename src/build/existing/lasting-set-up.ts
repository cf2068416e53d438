/**
 * What a function sets in objects that were there before it, or that it makes for good, as its calls once did: a limit, a
 * timeout, a listener. Where the new version does so otherwise, what exists has it as the old version did it.
 */
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import type { OutdatedObjects } from '../../patch/format.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { readersOf, readsOtherValue } from './changed-variables.ts';
import type { ModuleContext } from '../code/context.ts';
import { shortened } from '../../source/text.ts';
import { lasts } from '../hazards/set-up.ts';
import { listedBy } from './listed-set-up.ts';
import { registration } from '../version/kept/forwards.ts';
import { importsOf } from '../version/modules/imports.ts';
import { REGISTERS, isConstant, leftBy, madeIn, outlasts, settled } from '../version/kept/left.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { memberNameOf } from '../version/values/standing-for.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isFunctionNode, rootOf, walk } from '../version/program/walk.ts';

/** Methods of emitters, sockets, servers and the like that set what they go by. */
const SETS =
  /^(?:listen|enterWith|pipe|set(?!Headers?$|Item$|Attribute|(?:UTC)?(?:Hours|Minutes|Seconds|Milliseconds|Date|Month|FullYear|Time)$|U?[Ii]nt\d|Float\d|Big|PrototypeOf)[A-Z]\w*)$/;
/** Methods by which what a program is made of is given functions by name. */
const TAKES =
  /^(?:use|get|post|put|patch|delete|all|head|options|route|param|command|action|tap\w*|hook\w*|add\w+|register\w*|define\w*|handle\w*|mount|attach|install|schedule|every)$/;
/** Methods by which an object is given what it calls later on. */
const HOLDS = /^(?:add\w*|use|push|unshift|register\w*|install|attach|append)$/;
/** Methods of what a program is made of. */
const CONFIGURES = /^(?:set|use|enable|disable|configure)$/;
const CONFIGURED = /(?:app|server|router|agent|pool|client|config|settings|emitter|bus|socket|process)$/i;
/** What programs are made of: what is set of one, or what it is given to go by, stays. */
const GOES_BY = /(?:app|server|router)$/i;
/** By what programs call what is over soon. */
const SOON_OVER = /^(?:req|request|res|response|reply|ctx|context|msg|message|xhr|child|stream)$/i;

/** Verdicts on what stays as the old version made it. */
const TELLS = /^(?:instances|capture|closure|set-up|results|value|shape)-|^state-unset$|^listener-added$/;

const MOST_CHARACTERS = 80;

/**
 * Where nothing else has been said of what calls of a function left. Gives, by the paths of the functions that it was said of,
 * what they have made that lacks something.
 */
export function reportLasting(ctx: ModuleContext, constants: ReadonlySet<Binding>): ReadonlyMap<string, readonly OutdatedObjects[]> {
  const { base, next, match, log } = ctx;
  const reads = readersOf(ctx, constants);
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? path.replace(/ .*/, '') : [])));
  const found = new Map<string, readonly OutdatedObjects[]>();
  for (const [fn, baseFn] of match.baseOf) {
    if ((!match.differs(fn) && !reads(fn)) || base.runsOnce(baseFn) || told.has(baseFn.path)) continue;
    const kept = keptSetUp(ctx, baseFn, fn);
    if (kept === null) continue;
    log.add('set-up-kept', next, kept.at, baseFn.path, kept.reason);
    found.set(baseFn.path, kept.made ? madeLike(kept.made, baseFn, ctx, kept.reason) : []);
  }
  return found;
}

interface Kept {
  readonly at: AnyNode;
  readonly reason: string;
  readonly made?: NewExpression | undefined;
}

function keptSetUp(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): Kept | null {
  const { base, next } = ctx;
  const [before, now] = [lastingSetUp(baseFn, base), lastingSetUp(fn, next)];
  const isOther = ([text, { at, isValue }]: readonly [string, SetUp]): boolean =>
    before.has(text) ? readsOtherValue(ctx, at, baseFn, fn) : isValue !== true;
  const added = [...now].find(isOther);
  const gone = [...before].find(([text, { isListener }]) => isListener && !now.has(text));
  if (!added && !gone) return null;
  const [side, [key, { at, made }]] = added ? [next, added] : [base, gone!];
  const text = shortened(side.written({ node: at }).split(/[\n\r]/, 1)[0]!, MOST_CHARACTERS);
  const reason = `what its calls have set up ${added ? 'was set up without it' : 'keeps it'}: ${text}`;
  return { at: added ? at : (fn.node as AnyNode), reason, ...(before.has(key) ? {} : { made }) };
}

/** The objects of a class that the old version of a function makes as well, where the class has a name in a scope that runs once. */
function madeLike({ callee }: NewExpression, baseFn: FunctionInfo, { base, next }: ModuleContext, reason: string): OutdatedObjects[] {
  let found: OutdatedObjects[] = [];
  walk(baseFn.node as AnyNode, (node) => {
    if (node.type !== 'NewExpression' || node.callee.type !== 'Identifier' || base.text(node.callee) !== next.text(callee)) return;
    const { name } = node.callee;
    const binding = base.refAt(node.callee)?.binding;
    const handle = binding ? base.plan.handleOf.get(binding.scope.fn) : undefined;
    if (runsOnce(handle?.kind))
      found = [{ scope: handle!.id, objects: `instances=>instances(${name})`, path: baseFn.path, reason, late: true }];
  });
  return found;
}

interface SetUp {
  readonly at: AnyNode;
  readonly isListener: boolean;
  /** The event that a function which is written out listens for: another text is told of with that function. */
  readonly isValue?: true;
  /** In any call of the function, what makes the object that is set up. */
  readonly made?: NewExpression;
}

/** Whether an object is there after the call, as one that was before it, or a part of the program that it makes and gives away. */
function isThereAfter(object: AnyNode, fn: FunctionInfo, side: Side): boolean {
  if (outlasts(object, fn, side)) return true;
  const binding = object.type === 'Identifier' && GOES_BY.test(object.name) ? side.refAt(object)?.binding : null;
  const value = binding?.declarations.length === 1 && !binding.reassigned ? side.valueOf(binding.declarations[0]!) : null;
  if (!value || !isMade(value)) return false;
  return leftBy(fn, side).some((left) => left.value.type === 'Identifier' && side.refAt(left.value)?.binding === binding);
}

/** By what it is told that an object which a function has made goes by one more. */
interface HandedOn {
  readonly text: string;
  /** What makes it, or what it is handed on to. */
  readonly made: NewExpression | null;
}

/** What a function makes and gives away, or hands on to what it gives away, and gives something by this call, maybe one of several in a row. */
function handedOn(call: CallExpression, fn: FunctionInfo, side: Side): HandedOn | null {
  const object = beginning(call.callee as AnyNode);
  const binding = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
  if (!binding || binding.scope.fn !== fn || SOON_OVER.test(binding.name)) return null;
  const made = settled(object, fn, side);
  const isOwn = isNewOfPackage(made, side) || madeIn(binding, side) === 'own';
  if (!isOwn && made.type !== 'NewExpression' && made.type !== 'ArrayExpression') return null;
  const isIt = (value: AnyNode | null): boolean => value?.type === 'Identifier' && side.refAt(value)?.binding === binding;
  let taker: AnyNode | null = null;
  const isGiven = ({ value }: { readonly value: AnyNode }): boolean => {
    if (isOwn && (isIt(value) || (isRow(value) && isIt(beginning(value))))) return true;
    const holder = settled(value, fn, side);
    if (holder === made || !heldBy(holder).some(isIt) || !(isOwn || isNewOfPackage(holder, side))) return false;
    taker = holder;
    return true;
  };
  if (!leftBy(fn, side).some(isGiven)) return null;
  const maker: AnyNode | null = isOwn ? made : taker;
  const { callee, arguments: given } = call;
  const how = callee.type === 'MemberExpression' ? side.text(callee.property as AnyNode) : '';
  return {
    text: `${side.text(object)} ${how} ${given.map((value) => side.text(value as AnyNode)).join()}`,
    made: isNew(maker) ? maker : null,
  };
}

const isNew = (node: AnyNode | null): node is NewExpression => node?.type === 'NewExpression';

/** What calls in a row begin with: `app` of `app.rules.use(a).use(b)`. */
function beginning(node: AnyNode): AnyNode {
  const root = rootOf(node);
  return root.type === 'CallExpression' ? beginning(root.callee as AnyNode) : root;
}

/** Whether a call gives an object something, as far as its name tells, and so may give that object back. */
const isRow = (node: AnyNode): boolean =>
  node.type === 'CallExpression' && node.callee.type === 'MemberExpression' && HOLDS.test(memberName(node.callee) ?? '');

/** What an object is given as it is made. */
function heldBy(holder: AnyNode): readonly (AnyNode | null)[] {
  switch (holder.type) {
    case 'NewExpression':
      return holder.arguments as AnyNode[];
    case 'ArrayExpression':
      return holder.elements as (AnyNode | null)[];
    case 'ObjectExpression':
      return holder.properties.map((own) => (own.type === 'Property' ? (own.value as AnyNode) : null));
    default:
      return [];
  }
}

const isNewOfPackage = (made: AnyNode, side: Side): boolean => made.type === 'NewExpression' && isOfPackage(made.callee as AnyNode, side);

function isOfPackage(name: AnyNode, side: Side): boolean {
  const root = rootOf(name);
  const binding = root.type === 'Identifier' ? side.refAt(root)?.binding : null;
  const from = binding && importsOf(side).get(binding)?.source;
  return from ? /^[.#]/.test(from) : side.definitionOf(name) !== null;
}

/** Whether what a call gives is called later on: a function, or an object with functions. */
function givesFunctions(value: AnyNode, fn: FunctionInfo, side: Side): boolean {
  const made = settled(value, fn, side);
  if (made.type !== 'CallExpression' && made.type !== 'NewExpression') return false;
  const maker = side.definitionOf(made.callee as AnyNode);
  if (maker === null) return isOfPackage(made.callee as AnyNode, side);
  return 'children' in maker ? maker.children.some(lasts) : maker.members.some(({ kind }) => kind === 'method');
}

/** What may be passed over in a call. */
const ASKS: ReadonlySet<string> = new Set(['IfStatement', 'LogicalExpression', 'ConditionalExpression', 'SwitchStatement', 'CatchClause']);

/** By their texts. */
function lastingSetUp(fn: FunctionInfo, side: Side): ReadonlyMap<string, SetUp> {
  const found = new Map<string, SetUp>();
  walk(fn.node as AnyNode, (node, parents) => {
    if (node !== (fn.node as AnyNode) && isFunctionNode(node)) return false;
    if (node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression') {
      const isHandler = !node.left.computed && /^on[a-z]+$/.test(memberName(node.left) ?? '');
      const object = node.left.object as AnyNode;
      const isSetting = GOES_BY.test(nameOf(object)) && isConstant(node.right, side);
      if ((isSetting || side.definitionOf(node.right) !== null) && !SOON_OVER.test(nameOf(object)) && isThereAfter(object, fn, side))
        found.set(side.text(node), { at: node, isListener: isHandler });
    }
    if (node.type === 'ForOfStatement' && node.right.type === 'ArrayExpression' && puts(node.body, fn, side))
      found.set(side.text(node.right), { at: node.right, isListener: false });
    if (node.type !== 'CallExpression' || node.arguments.length === 0) return true;
    const { callee } = node;
    if (callee.type === 'Identifier' && callee.name === 'setInterval') found.set(side.text(node), { at: node, isListener: false });
    if (callee.type !== 'MemberExpression' || /^(?:Object|Reflect)$/.test(nameOf(callee.object as AnyNode))) return true;
    const name = memberName(callee) ?? '';
    const { arguments: given } = node;
    const listed = listedBy(node, fn, side, (call) => givesAway(call, fn, side));
    if (listed) {
      let { text } = listed;
      while (found.has(text)) text += ' and more';
      found.set(text, { at: listed.at, isListener: true });
      return true;
    }
    const isListener = REGISTERS.test(name) && given.length > 1;
    const isCalled = (value: AnyNode): boolean => isFunctionNode(value) || isNamed(value, side) || givesFunctions(value, fn, side);
    const handed = (HOLDS.test(name) || isListener) && given.some((value) => isCalled(value as AnyNode)) ? handedOn(node, fn, side) : null;
    if (handed) {
      const { text, made } = handed;
      const isSure = made && !parents.some(({ type }) => ASKS.has(type));
      found.set(text, { at: node, isListener: false, ...(isSure ? { made } : {}) });
      return true;
    }
    const isTaken = (value: AnyNode): boolean => isNamed(value, side) || (GOES_BY.test(nameOf(callee.object as AnyNode)) && isMade(value));
    const takes = TAKES.test(name) && given.some((value) => isTaken(value as AnyNode));
    if (
      name === 'forEach' &&
      callee.object.type === 'ArrayExpression' &&
      isFunctionNode(given[0] as AnyNode) &&
      puts(given[0] as AnyNode, fn, side)
    )
      found.set(side.text(callee.object), { at: callee.object, isListener: false });
    const called = nameOf(callee.object as AnyNode);
    const isSet = SETS.test(name) || (CONFIGURES.test(name) && CONFIGURED.test(called)) || isOfMade(callee.object as AnyNode, fn, side);
    // What each call is given is another for each.
    const isSame = (value: AnyNode): boolean => side.definitionOf(value) !== null || isConstant(value, side);
    // What is given away written out is a closure of the function: see set-up.ts.
    const isClosure = given.some((value) => isFunctionNode(value as AnyNode));
    if (isClosure && registration(node, side) === side.text(node)) {
      const [event] = given as AnyNode[];
      if (isListener && event!.type !== 'Literal' && !SOON_OVER.test(called) && isThereAfter(callee.object as AnyNode, fn, side))
        found.set(`${side.text(callee)} ${side.text(event!)}`, { at: event!, isListener: false, isValue: true });
      return true;
    }
    const isOne = isListener || takes || name === 'pipe' || (isSet && given.every((value) => isSame(value as AnyNode)));
    if (!isOne || SOON_OVER.test(called)) return true;
    if (isThereAfter(callee.object as AnyNode, fn, side))
      found.set(registration(node, side), { at: node, isListener: isListener && !isClosure });
    return true;
  });
  return found;
}

/** Whether a call gives what it is given to something that is there after the call of the function. */
function givesAway({ callee }: CallExpression, fn: FunctionInfo, side: Side): boolean {
  if (callee.type !== 'MemberExpression') return false;
  const [name, object] = [memberName(callee) ?? '', callee.object as AnyNode];
  return (TAKES.test(name) || REGISTERS.test(name)) && !SOON_OVER.test(nameOf(object)) && isThereAfter(object, fn, side);
}

/** Whether a function is given by its name, or as a method of the same object. */
function isNamed(value: AnyNode, side: Side): boolean {
  if (value.type === 'Identifier') {
    const owner = side.definitionOf(value);
    return owner !== null && 'children' in owner;
  }
  if (value.type !== 'MemberExpression' || !isThis(value.object as AnyNode)) return false;
  return side.model.classes.some(({ members }) => members.some((own) => own.kind === 'method' && memberNameOf(own) === memberName(value)));
}

/** Whether a call makes it, as a factory of handlers. */
const isMade = ({ type }: AnyNode): boolean => type === 'CallExpression' || type === 'NewExpression';

/** Whether code puts something under each of several keys of what lasts. */
function puts(body: AnyNode, fn: FunctionInfo, side: Side): boolean {
  let found = false;
  walk(body, (node) => {
    const target =
      node.type === 'AssignmentExpression' && node.left.type === 'MemberExpression' && node.left.computed ? node.left.object : null;
    found ||= target !== null && !SOON_OVER.test(nameOf(target as AnyNode)) && outlasts(target as AnyNode, fn, side);
    return !found;
  });
  return found;
}

/** Whether it is an object of the module's own that a function has made, and gives away. */
function isOfMade(object: AnyNode, fn: FunctionInfo, side: Side): boolean {
  const binding = object.type === 'Identifier' ? side.refAt(object)?.binding : null;
  return !!binding && binding.scope.fn === fn && binding.kind !== 'param' && madeIn(binding, side) === 'own';
}

/** What an object is called last: `socket` of `this.socket`. */
function nameOf(object: AnyNode): string {
  if (object.type === 'MemberExpression') return memberName(object) ?? nameOf(rootOf(object));
  return object.type === 'Identifier' ? object.name : '';
}
