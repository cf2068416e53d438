/**
 * Listeners that a constructor puts on its object in the new version only: objects that exist get them too, once all tasks run the
 * patch, and lose them again when it has gone.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import type { HandleScope } from '../../../instrument/plan.ts';
import type { ScopeCallbacks } from '../../../patch/format.ts';
import { FunctionInfo } from '../../../source/model.ts';
import type { ModuleModel } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import { classNamed, isConstructor } from '../../version/objects/create.ts';
import { memberName } from '../../version/program/member-name.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';
import { listenerText } from './written-listeners.ts';

interface Listener {
  readonly type: string;
  /** As a literal of the language. */
  readonly event: string;
  /** What the running module calls the function; null for one that it has no name for. */
  readonly name: string | null;
  /** Of that its text, and the name under which it is noted on each object. */
  readonly written: { readonly text: string; readonly id: string } | null;
}

export class Listeners {
  private readonly ctx: ModuleContext;
  private readonly found = new Map<HandleScope, Listener[]>();

  constructor(ctx: ModuleContext) {
    this.ctx = ctx;
  }

  /**
   * Whether `node`, which the constructor does beside making its object, is no more than that, for a function of the module that
   * lasts: told from others by itself, it is given to each object once. Objects that inherit nothing have an `on` of their own,
   * which may be anything.
   */
  carry(node: AnyNode, baseFn: FunctionInfo, fn: FunctionInfo): boolean {
    const { base, next, log, around, file } = this.ctx;
    const type = isConstructor(baseFn) && around.hook?.module !== file ? classNamed(base, baseFn) : null;
    const isInherited = type !== null && (begins(fn) || inherits(base.model, type.name));
    const given = isInherited && isAlways(node, fn) ? listenerIn(node) : null;
    if (!type || !given) return false;
    const { handle } = type;
    const name = given.fn.type === 'Identifier' ? this.runningName(given.fn, handle) : null;
    const text = name === null ? listenerText(this.ctx, given.fn, handle) : null;
    if (name === null && text === null) return false;
    const own = this.found.get(handle) ?? [];
    const known = own.filter((one) => one.type === type.name && one.event === given.event && one.written).length;
    const id = `listener ${file} ${type.name} ${given.event} ${known}`;
    if (text !== null) this.ctx.resolver.listening.set(given.object, id);
    this.found.set(handle, [...own, { type: type.name, event: given.event, name, written: text === null ? null : { text, id } }]);
    const what = name ?? 'a listener of their own';
    log.add('listener-added', next, node, baseFn.path, `objects that exist get ${what} for ${given.event} when all tasks run the patch`);
    return true;
  }

  get callbacks(): ScopeCallbacks[] {
    return [...this.found].map(([{ id }, listeners]) => ({
      scope: id,
      names: [...new Set(listeners.flatMap(({ type, name }) => (name === null ? type : [type, name])))],
      code: codeOf(listeners),
    }));
  }

  /** What code of the running scope calls the function that the new version names there. */
  private runningName(id: AnyNode, { scope }: HandleScope): string | null {
    const { base, next, match } = this.ctx;
    const binding = next.refAt(id)?.binding;
    const now = binding && !binding.reassigned ? next.definitionNamed(binding) : null;
    const was = now instanceof FunctionInfo ? match.baseOf.get(now) : undefined;
    const old = was && namedBy(was);
    return old && !old.reassigned && scope.lookup(old.name) === old && base.definitionNamed(old) === was ? old.name : null;
  }
}

/** `this.on('event', name)`, or a function in place of the name. */
function listenerIn(node: AnyNode): { readonly event: string; readonly fn: AnyNode; readonly object: AnyNode } | null {
  const { callee, arguments: given } = node as CallExpression;
  if (callee?.type !== 'MemberExpression' || callee.object.type !== 'ThisExpression' || given.length !== 2) return null;
  const [event, fn] = given as [AnyNode, AnyNode];
  if (!/^(?:on|addListener)$/.test(memberName(callee) ?? '') || (fn.type !== 'Identifier' && !isFunctionNode(fn))) return null;
  if (event.type !== 'Literal' || typeof event.value !== 'string') return null;
  return { event: JSON.stringify(event.value), fn, object: callee.object };
}

/** Whether a statement of the top level makes objects of a class inherit from those of another one. */
function inherits({ program }: ModuleModel, type: string): boolean {
  const own = `${type}.prototype`;
  const isPrototype = (node: AnyNode | undefined): boolean => node?.type === 'MemberExpression' && memberName(node) === 'prototype';
  return (program.body as readonly AnyNode[]).some((statement) => {
    if (statement.type !== 'ExpressionStatement') return false;
    const { expression } = statement;
    if (expression.type === 'AssignmentExpression') {
      const { left, right } = expression;
      if (memberText(left as AnyNode) === `${own}.__proto__`) return isPrototype(right as AnyNode);
      const isMade = right.type === 'CallExpression' && memberText(right.callee as AnyNode) === 'Object.create';
      return memberText(left as AnyNode) === own && isMade && isPrototype(right.arguments[0] as AnyNode);
    }
    if (expression.type !== 'CallExpression') return false;
    const [first, second] = expression.arguments as AnyNode[];
    if (memberText(expression.callee as AnyNode) === 'Object.setPrototypeOf') return memberText(first!) === own && isPrototype(second);
    const callee = expression.callee as AnyNode;
    return (callee.type === 'MemberExpression' ? memberName(callee) : memberText(callee)) === 'inherits' && memberText(first!) === type;
  });
}

/** Whether a constructor hands on to that of a superclass: `super(…)`, or `Base.call(this, …)`. */
function begins({ node: own }: FunctionInfo): boolean {
  let found = false;
  walk(own as AnyNode, (node) => {
    if (node !== (own as AnyNode) && isFunctionNode(node)) return false;
    if (node.type === 'CallExpression') {
      const { callee, arguments: given } = node;
      const isCall = callee.type === 'MemberExpression' && memberName(callee) === 'call' && given[0]?.type === 'ThisExpression';
      found ||= callee.type === 'Super' || isCall;
    }
    return !found;
  });
  return found;
}

/** Whether each object has it: it is a statement of the constructor itself, which nothing ends before. */
function isAlways(node: AnyNode, { node: own, returns }: FunctionInfo): boolean {
  const { body } = own as FunctionNode;
  const statements: readonly AnyNode[] = body?.type === 'BlockStatement' ? body.body : [];
  return returns.length === 0 && statements.some((one) => one.type === 'ExpressionStatement' && one.expression === node);
}

function codeOf(listeners: readonly Listener[]): string {
  const types = [...new Set(listeners.map(({ type }) => type))];
  const checks = types.map(
    (type) =>
      `if(!['on','listeners','removeListener'].every((name)=>typeof ${type}.prototype[name]==='function'))throw new TypeError(${JSON.stringify(`${type} makes no event emitters`)});`,
  );
  const all = listeners.map(({ type, event, name, written }) =>
    written
      ? `[${type},${event},null,${JSON.stringify(written.id)},function(){return(${written.text}\n)}]`
      : `[${type},${event},${name},${JSON.stringify(`listener ${event} ${name}`)}]`,
  );
  // An object that was there before gets one more, also where the program has put the same on it: a revert takes off one. What
  // old or new code makes during the transition has one if its constructor was the new one. A patch that takes the place of
  // another which has given them all leaves it at that. One without a name is another for each object, and noted on it.
  return `(function($lp){"use strict";
${checks.join('')}
let $lp_given=false;
const $lp_all=[${all.join()}].map(([type,event,listener,id,make])=>({type,event,listener,id,make,known:false,before:new WeakSet()}));
const has=(o,{event,listener,id,make})=>make?$lp.shadow.has(o,id):o.listeners(event).includes(listener);
const put=(o,{event,listener,id,make})=>{const own=make?$lp.shadow.getOrAlloc(o,id,()=>make.call(o)):listener;o.on(event,own)};
const take=(o,{event,listener,id,make})=>{const own=make?$lp.shadow.get(o,id):listener;if(own)o.removeListener(event,own);if(make)$lp.shadow.free(o,id)};
return{prePatch(){for(const one of $lp_all){one.known=$lp.shadow.has(one.type.prototype,one.id);one.before=new WeakSet($lp.instances(one.type))}},
postPatch(){$lp_given=true;
for(const one of $lp_all){$lp.shadow.getOrAlloc(one.type.prototype,one.id);
for(const o of $lp.instances(one.type))if((!one.make&&!one.known&&one.before.has(o))||!has(o,one))put(o,one)}},
postUnpatch(){for(const one of $lp_all){if($lp_given)$lp.shadow.free(one.type.prototype,one.id);
if($lp_given||!one.known)for(const o of $lp.instances(one.type))if($lp_given||!one.before.has(o))take(o,one)}}}})`;
}
