/**
 * What a function sets in objects that were there before it, or that it makes for good, as its calls once did: a limit, a
 * timeout, a listener. Where the new version does so otherwise, what exists has it as the old version did it.
 */
import type { AnyNode } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { readersOf, readsOtherValue } from './changed-variables.ts';
import type { ModuleContext } from '../code/context.ts';
import { shortened } from '../../source/text.ts';
import { registration } from '../version/forwards.ts';
import { REGISTERS, isConstant, leftBy, madeIn, outlasts } from '../version/left.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/member-name.ts';
import { memberNameOf } from '../version/standing-for.ts';
import { isThis } from '../version/this-names.ts';
import { isFunctionNode, rootOf, walk } from '../version/walk.ts';

/** Methods of emitters, sockets, servers and the like that set what they go by. */
const SETS =
  /^(?:listen|enterWith|pipe|set(?!Headers?$|Item$|Attribute|(?:UTC)?(?:Hours|Minutes|Seconds|Milliseconds|Date|Month|FullYear|Time)$|U?[Ii]nt\d|Float\d|Big|PrototypeOf)[A-Z]\w*)$/;
/** Methods by which what a program is made of is given functions by name. */
const TAKES =
  /^(?:use|get|post|put|patch|delete|all|head|options|route|param|command|action|tap\w*|hook\w*|add\w+|register\w*|define\w*|handle\w*|mount|attach|install|schedule|every)$/;
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

/** Where nothing else has been said of what calls of a function left. Gives the paths of the functions that it was said of. */
export function reportLasting(ctx: ModuleContext, constants: ReadonlySet<Binding>): ReadonlySet<string> {
  const { base, next, match, log } = ctx;
  const reads = readersOf(ctx, constants);
  const told = new Set(log.rows.flatMap(({ code, path }) => (TELLS.test(code) ? path.replace(/ .*/, '') : [])));
  const found = new Set<string>();
  for (const [fn, baseFn] of match.baseOf) {
    if ((!match.differs(fn) && !reads(fn)) || base.runsOnce(baseFn) || told.has(baseFn.path)) continue;
    const kept = keptSetUp(ctx, baseFn, fn);
    if (kept === null) continue;
    log.add('set-up-kept', next, kept.at, baseFn.path, kept.reason);
    found.add(baseFn.path);
  }
  return found;
}

function keptSetUp(ctx: ModuleContext, baseFn: FunctionInfo, fn: FunctionInfo): { readonly at: AnyNode; readonly reason: string } | null {
  const { base, next } = ctx;
  const [before, now] = [lastingSetUp(baseFn, base), lastingSetUp(fn, next)];
  const isOther = ([text, { at, isValue }]: readonly [string, SetUp]): boolean =>
    before.has(text) ? readsOtherValue(ctx, at, baseFn, fn) : isValue !== true;
  const added = [...now].find(isOther);
  const gone = [...before].find(([text, { isListener }]) => isListener && !now.has(text));
  if (!added && !gone) return null;
  const [side, [, { at }]] = added ? [next, added] : [base, gone!];
  const text = shortened(side.written({ node: at }).split(/[\n\r]/, 1)[0]!, MOST_CHARACTERS);
  const reason = `what its calls have set up ${added ? 'was set up without it' : 'keeps it'}: ${text}`;
  return { at: added ? at : (fn.node as AnyNode), reason };
}

interface SetUp {
  readonly at: AnyNode;
  readonly isListener: boolean;
  /** The event that a function which is written out listens for: another text is told of with that function. */
  readonly isValue?: true;
}

/** Whether an object is there after the call, as one that was before it, or a part of the program that it makes and gives away. */
function isThereAfter(object: AnyNode, fn: FunctionInfo, side: Side): boolean {
  if (outlasts(object, fn, side)) return true;
  const binding = object.type === 'Identifier' && GOES_BY.test(object.name) ? side.refAt(object)?.binding : null;
  const value = binding?.declarations.length === 1 && !binding.reassigned ? side.valueOf(binding.declarations[0]!) : null;
  if (!value || !isMade(value)) return false;
  return leftBy(fn, side).some((left) => left.value.type === 'Identifier' && side.refAt(left.value)?.binding === binding);
}

/** By their texts. */
function lastingSetUp(fn: FunctionInfo, side: Side): ReadonlyMap<string, SetUp> {
  const found = new Map<string, SetUp>();
  walk(fn.node as AnyNode, (node) => {
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
    const isListener = REGISTERS.test(name) && given.length > 1;
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
