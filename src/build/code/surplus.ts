/**
 * Arguments beyond those that a running function hands on to its versions. New code passes them on a way of its own, see
 * link/surplus.ts: every call in it that could reach such a function asks first what it calls.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression, NewExpression } from 'acorn';
import { NAMES } from '../../instrument/names.ts';
import type { SitePlan } from '../../instrument/plan.ts';
import { Edits } from '../../source/edits.ts';
import { ownBinding } from '../../instrument/forwarding.ts';
import type { Binding, FunctionInfo, ModuleModel, Reference } from '../../source/model.ts';
import { afterTrivia } from '../../source/text.ts';
import type { Match } from '../match/match.ts';
import type { Side } from '../version/side.ts';
import { lastLink } from '../version/program/chains.ts';
import type { Link } from '../version/program/chains.ts';
import { nodesOfAny } from '../version/program/nodes.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

const handsOnDeclared = (site: SitePlan | undefined): boolean => site?.forwarding === 'known' || site?.forwarding === 'declared';

/** How many arguments the site hands on, where that is all it does. */
export const handedOn = (site: SitePlan): number => (site.fn.node as FunctionNode).params.length;

/** Whether `next` reads arguments that the site does not hand on. */
export function takesMore(site: SitePlan | undefined, next: FunctionInfo): boolean {
  if (next.kind === 'field' || !handsOnDeclared(site)) return false;
  const { params } = next.node as FunctionNode & AnyNode;
  return params.length > handedOn(site!) || params.at(-1)?.type === 'RestElement' || (next.usesArguments && next.kind !== 'arrow');
}

/** Functions that take more than their running ones hand on, as all calls of these are known: the names of the new version, with the sites. */
export function knownTakers(base: Side, next: Side, match: Match): ReadonlyMap<Binding, SitePlan> {
  const found = new Map<Binding, SitePlan>();
  for (const site of base.plan.sites) {
    const fn = site.forwarding === 'known' ? match.nextOf.get(site.fn) : undefined;
    const binding = fn && takesMore(site, fn) ? ownBinding(fn) : null;
    if (binding) found.set(binding, site);
  }
  return found;
}

/** Whether a call gives a function more than its site hands on. */
export function passesMore({ parent, node }: Reference, site: SitePlan | undefined): boolean {
  if (!handsOnDeclared(site) || parent.type !== 'CallExpression' || parent.callee !== node) return false;
  return parent.arguments.length > handedOn(site!) || hasSpread(parent);
}

/** Whether a call gives whatever it calls, or has called, more than `least` arguments. */
export function mayPassMore(call: CallExpression | NewExpression, least: number): boolean {
  if (call.arguments.length > least || hasSpread(call)) return true;
  const callee = call.callee as AnyNode;
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier' || callee.computed) return false;
  // `f.apply(self, list)` and `Reflect.construct(f, list)`: nobody knows how long the list is.
  return callee.property.name === 'apply' || callee.property.name === 'construct';
}

const hasSpread = (call: CallExpression | NewExpression): boolean => call.arguments.some((a) => a.type === 'SpreadElement');

/** The text of a file that only the new version has, with its calls asking what they call; `unable` as for an emitter. */
export function askIn({ text, program }: ModuleModel, least: number, unable: (call: AnyNode) => void): string {
  const edits = new Edits(text);
  for (const node of nodesOfAny(program, 'CallExpression', 'NewExpression')) if (!askCallee(edits, text, node, least)) unable(node);
  return edits.render(0, text.length).text;
}

const LAYER = 8;

/** Why a call that `askCallee` can do nothing about refuses the patch. */
export const CANNOT_ASK = 'the call may pass an argument that a running function of the patch does not hand on';

/** Lets `call`, if it passes more than `least` arguments, ask what it calls. False where it passes more and cannot. */
export function askCallee(edits: Edits, source: string, call: CallExpression | NewExpression, least: number): boolean {
  if (!mayPassMore(call, least)) return true;
  const callee = call.callee as AnyNode;
  // What is left out where it is undefined has to stay so.
  const called = call.type === 'CallExpression' && call.optional ? 'void 0' : JSON.stringify(errorText(callee));
  const wrap = (method: 'callee' | 'maker', self = '', gap = ''): true => {
    // A sequence would be so many arguments.
    edits.open(callee.start, callee.end, LAYER, `${NAMES.surplus}.${method}((${gap}`);
    edits.close(callee.start, callee.end, LAYER, `),${called}${self})`);
    return true;
  };
  if (call.type === 'NewExpression') {
    // A line that ends behind `return new` would end the statement.
    const end = afterTrivia(source, call.start + 'new'.length);
    const gap = source.slice(call.start + 'new'.length, end);
    edits.cut(call.start, end);
    return wrap('maker', '', gap);
  }
  switch (callee.type) {
    case 'Super':
    case 'Import' as never:
      return true;
    case 'Identifier':
      // Direct eval is told by its name, and what `require` loads by its text.
      return callee.name === 'eval' || callee.name === 'require' || wrap('callee');
    case 'MemberExpression':
      return askMember(edits, source, { callee, isOptional: call.optional, least }, called, () => wrap('callee', ',this'));
    case 'ChainExpression':
      // In parentheses, of which what is called is still a member.
      return callee.expression.type !== 'MemberExpression' && wrap('callee');
    default:
      return lastLink(callee) === null && wrap('callee');
  }
}

/** Where what follows the link may stand in a function of its own: gives what the link asks, and where its `?.` stands. */
function splitAt(link: Link, object: AnyNode, source: string, least: number): { readonly before: AnyNode; readonly at: number } | null {
  const before = (link.type === 'MemberExpression' ? link.object : link.callee) as AnyNode;
  // It would be called without its object.
  if (link.type === 'CallExpression' && before.type === 'MemberExpression') return null;
  for (let node = object; ; node = (node.type === 'MemberExpression' ? node.object : node.callee) as AnyNode) {
    if (node.type !== 'MemberExpression' && node.type !== 'CallExpression') return null;
    if (node.type === 'CallExpression' && mayPassMore(node, least)) return null;
    if (node === link) break;
  }
  let suspends = false;
  walk(object, (node) => {
    if (node === before || isFunctionNode(node)) return false;
    suspends ||= node.type === 'AwaitExpression' || node.type === 'YieldExpression';
    return !suspends;
  });
  return suspends ? null : { before, at: linkStart(source, before) };
}

/** Where the dot, the `?.` or the bracket behind an object stands. */
function linkStart(source: string, { end }: AnyNode): number {
  let at = afterTrivia(source, end);
  // The object may stand in parentheses, and comments between all of these.
  while (source[at] === ')') at = afterTrivia(source, at + 1);
  return at;
}

/** How V8 names what is called, where it can be told from the source that it is no function. */
function errorText(node: AnyNode): string {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'ThisExpression':
      return 'this';
    case 'Literal':
      return typeof node.value === 'string' ? JSON.stringify(node.value) : String(node.value);
    case 'MemberExpression': {
      const { object, property, computed, optional } = node;
      const key =
        !computed || (property.type === 'Literal' && typeof property.value === 'string')
          ? `${optional ? '?' : ''}.${property.type === 'Literal' ? String(property.value) : (property as { name: string }).name}`
          : `[${property.type === 'Literal' ? String(property.value) : errorText(property)}]`;
      return errorText(object) + key;
    }
    case 'CallExpression':
      return `${errorText(node.callee)}(...)`;
    case 'SequenceExpression':
      return `(${node.expressions.map(errorText).join(' , ')})`;
    default:
      return '(intermediate value)';
  }
}

interface MemberCall {
  readonly callee: MemberExpression & AnyNode;
  readonly isOptional: boolean;
  readonly least: number;
}

function askMember(edits: Edits, source: string, { callee, isOptional, least }: MemberCall, called: string, wrapOwn: () => true): boolean {
  const { object, property } = callee;
  // What a chain asks of nothing gives nothing, and is not called. `o?.m?.()` says so itself.
  const link = callee.optional ? null : lastLink(object as AnyNode);
  const around = (callee.optional || link) && !isOptional ? '?.' : '';
  if (object.type === 'Super') return wrapOwn();
  if (property.type === 'PrivateIdentifier' && object.type === 'ThisExpression') return wrapOwn();
  const at = linkStart(source, object as AnyNode);
  if (property.type === 'PrivateIdentifier') {
    if (link) return false;
    // Nothing but code of the class can look it up.
    const lacks = callee.optional ? 'o===null||o===void 0?void 0:' : '';
    edits.open(callee.start, callee.end, LAYER, `((o)=>${lacks}${NAMES.surplus}.callee(o.#${property.name},${called},o))(`);
    edits.cut(at, callee.end, ')');
    edits.close(callee.start, callee.end, LAYER, around);
    return true;
  }
  const split = link && splitAt(link, object as AnyNode, source, least);
  if (link && split === null) return false;
  const method = split ? 'chained' : callee.optional ? 'optional' : 'member';
  if (callee.computed) {
    const bracket = callee.optional ? afterTrivia(source, at + 2) : at;
    edits.cut(at, bracket + 1, ',');
    edits.cut(callee.end - 1, callee.end, `,${called})`);
  } else edits.cut(at, callee.end, `,${JSON.stringify((property as { name: string }).name)},${called})`);
  if (split) edits.cut(split.at, split.at + 2, `,($lp_o)=>$lp_o${link!.type === 'MemberExpression' && !link!.computed ? '.' : ''}`);
  edits.open(callee.start, callee.end, LAYER, `${NAMES.surplus}.${method}(`);
  edits.close(callee.start, callee.end, LAYER, around);
  return true;
}
