/**
 * Listeners that a constructor puts on its object in the new version only: objects that exist get them too, once all tasks run the
 * patch, and lose them again when it has gone.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { namedBy } from '../../instrument/forwarding.ts';
import type { HandleScope } from '../../instrument/plan.ts';
import type { ScopeCallbacks } from '../../patch/format.ts';
import { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { classNamed, isConstructor } from '../version/create.ts';
import { memberName } from '../version/standing-for.ts';
import { isFunctionNode, walk } from '../version/walk.ts';

interface Listener {
  readonly type: string;
  /** As a literal of the language. */
  readonly event: string;
  /** What the running module calls the function. */
  readonly name: string;
}

export class Listeners {
  private readonly ctx: ModuleContext;
  private readonly found = new Map<HandleScope, Listener[]>();

  constructor(ctx: ModuleContext) {
    this.ctx = ctx;
  }

  /**
   * Whether `node`, which the constructor does beside making its object, is no more than that, for a function of the module that
   * lasts: told from others by itself, it is given to each object once.
   */
  carry(node: AnyNode, baseFn: FunctionInfo, fn: FunctionInfo): boolean {
    const { base, next, log, around, file } = this.ctx;
    const isInherited = isConstructor(baseFn) && begins(fn);
    const type = isInherited && around.hook?.module !== file ? classNamed(base, baseFn) : null;
    const given = type && isAlways(node, fn) ? listenerIn(node) : null;
    const name = given && this.runningName(given.fn, type!.handle);
    if (!given || !name) return false;
    const own = this.found.get(type!.handle) ?? [];
    this.found.set(type!.handle, [...own, { type: type!.name, event: given.event, name }]);
    log.add('listener-added', next, node, baseFn.path, `objects that exist get ${name} for ${given.event} when all tasks run the patch`);
    return true;
  }

  get callbacks(): ScopeCallbacks[] {
    return [...this.found].map(([{ id }, listeners]) => ({
      scope: id,
      names: [...new Set(listeners.flatMap(({ type, name }) => [type, name]))],
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

/** `this.on('event', name)` */
function listenerIn(node: AnyNode): { readonly event: string; readonly fn: AnyNode } | null {
  const { callee, arguments: given } = node as CallExpression;
  if (callee?.type !== 'MemberExpression' || callee.object.type !== 'ThisExpression' || given.length !== 2) return null;
  const [event, fn] = given as [AnyNode, AnyNode];
  if (!/^(?:on|addListener)$/.test(memberName(callee) ?? '') || fn.type !== 'Identifier') return null;
  return event.type === 'Literal' && typeof event.value === 'string' ? { event: JSON.stringify(event.value), fn } : null;
}

/** Whether a constructor hands on to that of a superclass: `super(…)`, or `Base.call(this, …)`. Others have an `on` of their own, which may be anything. */
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
  const all = listeners.map(({ type, event, name }) => `[${type},${event},${name},${JSON.stringify(`listener ${event} ${name}`)}]`);
  // An object that was there before gets one more, also where the program has put the same on it: a revert takes off one. What
  // old or new code makes during the transition has one if its constructor was the new one. A patch that takes the place of
  // another which has given them all leaves it at that.
  return `(function($lp){"use strict";
${checks.join('')}
let $lp_given=false;
const $lp_all=[${all.join()}].map(([type,event,listener,id])=>({type,event,listener,id,known:false,before:new WeakSet()}));
return{prePatch(){for(const one of $lp_all){one.known=$lp.shadow.has(one.type.prototype,one.id);one.before=new WeakSet($lp.instances(one.type))}},
postPatch(){$lp_given=true;
for(const{type,event,listener,id,known,before}of $lp_all){$lp.shadow.getOrAlloc(type.prototype,id);
for(const o of $lp.instances(type))if((!known&&before.has(o))||!o.listeners(event).includes(listener))o.on(event,listener)}},
postUnpatch(){for(const{type,event,listener,id,known,before}of $lp_all){if($lp_given)$lp.shadow.free(type.prototype,id);
if($lp_given||!known)for(const o of $lp.instances(type))if($lp_given||!before.has(o))o.removeListener(event,listener)}}}})`;
}
