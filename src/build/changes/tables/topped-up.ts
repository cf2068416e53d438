/**
 * Tables that a function fills once, as it finds a variable empty, and that others may hold, or put something into: what the new
 * version fills them with is put into the one that is there once all tasks run the patch, and what the old one did again when it
 * has gone. So it is where the function does nothing else, so that it can be asked, by either version, for one of its own.
 */
import type { AnyNode, Function as FunctionNode, VariableDeclarator } from 'acorn';
import { runsOnce } from '../../../instrument/plan.ts';
import type { HandleScope } from '../../../instrument/plan.ts';
import type { ScopeCallbacks } from '../../../patch/format.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { TOPPED_UP } from '../../existing/filled-anew.ts';
import type { FilledOnce } from '../../hazards/filled-once.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import type { Side } from '../../version/side.ts';
import { fillingOf } from './fillings.ts';
import type { Filling } from './fillings.ts';
import type { TopDiff } from '../top.ts';

export class ToppedUp {
  private readonly ctx: ModuleContext;
  private readonly tops: readonly TopDiff[];
  private readonly found = new Map<HandleScope, string[]>();
  private readonly variables = new Set<Binding>();

  constructor(ctx: ModuleContext, tops: readonly TopDiff[]) {
    this.ctx = ctx;
    this.tops = tops;
  }

  readonly has = (variable: Binding): boolean => this.variables.has(variable);

  /** Whether what a function does once can be done so. */
  carry({ fn, now, variable, fresh }: FilledOnce): boolean {
    const { base, next, log, around, file } = this.ctx;
    if (this.variables.has(variable)) return true;
    const top = this.tops.find(({ handle }) => runsOnce(handle.kind) && handle.owner === base.declarer(variable));
    const renewed = top?.bindingOf(variable.name);
    const name = nameOf(fn);
    // An author whose callbacks stand in the module sees to it.
    if (!top || !renewed || name === null || around.hook?.module === file || this.ctx.resolver.fresh.has(renewed)) return false;
    const { scope } = top.handle;
    if (scope.lookup(variable.name) !== variable || fn.parent !== variable.scope.fn || scope.lookup(name)?.reassigned !== false)
      return false;
    const empty = emptyText(base, fn, variable);
    if (empty === null || emptyText(next, now, renewed) === null) return false;
    this.variables.add(variable);
    this.found.set(top.handle, [...(this.found.get(top.handle) ?? []), codeOf(variable.name, empty, name)]);
    log.add('table-changed', next, fresh[0] ?? (now.node as AnyNode), variable.name, TOPPED_UP);
    return true;
  }

  get callbacks(): ScopeCallbacks[] {
    return [...this.found].map(([{ id }, tables]) => ({
      scope: id,
      names: [],
      code: `(function(){"use strict";
const $lp_tables=[${tables.join(',')}].map(([get,set,empty,fill])=>({get,set,empty,fill,was:null}));
${RUN}
const $lp_note=()=>{for(const one of $lp_tables)one.was=$lp_made(one)};
const $lp_all=()=>{for(const one of $lp_tables){const now=$lp_made(one),held=one.get();$lp_turn(held,one.was,now);one.was=now}};
return{prePatch:$lp_note,postPatch:$lp_all,postUnpatch:$lp_all}})`,
    }));
  }
}

const codeOf = (variable: string, empty: string, fn: string): string =>
  `[()=>${variable},(value)=>{${variable}=value},${empty},()=>${fn}()]`;

/** `$lp_made` has the function of the version in force fill one of its own; `$lp_turn` leaves what the program has put there. */
const RUN = `const $lp_made=({get,set,empty,fill})=>{
const held=get();
try{set(empty);fill();return get()}finally{set(held)}
};
const $lp_turn=(held,was,now)=>{
const is=(made)=>made!==null&&typeof made==='object';
if(!is(held)||!is(was)||!is(now)||[was,now].some((made)=>Object.getPrototypeOf(made)!==Object.getPrototypeOf(held)))return;
const own=(made)=>made instanceof Map?made:made instanceof Set?new Map(Array.from(made,(one)=>[one,true])):new Map(Object.entries(made));
const [before,after]=[own(was),own(now)];
const has=(key)=>held instanceof Map||held instanceof Set?held.has(key):Object.hasOwn(held,key);
const at=(key)=>held instanceof Map?held.get(key):held instanceof Set||held[key];
const put=(key,value)=>{held instanceof Map?held.set(key,value):held instanceof Set?held.add(key):Reflect.set(held,key,value)};
const take=(key)=>{held instanceof Map||held instanceof Set?held.delete(key):Reflect.deleteProperty(held,key)};
const isOld=(key)=>before.has(key)===has(key)&&(!has(key)||Object.is(before.get(key),at(key)));
for(const key of before.keys())if(!after.has(key)&&has(key)&&isOld(key))take(key);
for(const [key,value] of after)if(!(before.has(key)&&Object.is(before.get(key),value))&&isOld(key))put(key,value);
};`;

/** What the variable holds before it is filled, as its text; null where the function, or what else is done with it, is more than that. */
function emptyText(side: Side, fn: FunctionInfo, variable: Binding): string | null {
  const { scope, references, declarations } = variable;
  const declared = nodesOf(side.model.program, 'VariableDeclarator').find(({ id }) => id === declarations[0]) as
    | (VariableDeclarator & { init?: AnyNode | null })
    | undefined;
  const fill = fillingOf(side, fn, variable);
  if (!declared || declarations.length !== 1 || scope.evalVisible || !fill || !fill.isEmpty(declared.init ?? null)) return null;
  const isKept = references.every(
    (ref) =>
      !ref.write ||
      declarations.includes(ref.node) ||
      fill.has(ref) ||
      (ref.parent.type === 'AssignmentExpression' && ref.parent.operator === '=' && fill.isEmpty(ref.parent.right as AnyNode)),
  );
  if (!isKept || !doesNoMore(side, fn, variable, fill) || fillsList(fn, variable)) return null;
  return declared.init ? side.text(declared.init as AnyNode) : 'undefined';
}

/** Whether the function fills the table and gives it, and does no more, whoever calls it. */
function doesNoMore(side: Side, fn: FunctionInfo, variable: Binding, fill: Filling): boolean {
  const { body, params, async, generator } = fn.node as FunctionNode & { body: AnyNode };
  if (async || generator || params.some(({ type }) => type !== 'Identifier')) return false;
  const isOwn = (node: AnyNode): boolean => fill.has({ node: node as never } as never);
  const isTable = (node: AnyNode): boolean => node.type === 'Identifier' && side.refAt(node)?.binding === variable;
  const isGift = (node: AnyNode | null | undefined): boolean => node == null || isTable(node) || isOwn(node);
  const isPart = (statement: AnyNode): boolean => {
    switch (statement.type) {
      case 'IfStatement':
        return isOwn(statement.test) && !statement.alternate && (isOwn(statement.consequent) || isPart(statement.consequent));
      case 'BlockStatement':
        return statement.body.every((one) => isPart(one));
      case 'ReturnStatement':
        return isGift(statement.argument);
      case 'ExpressionStatement':
        return isOwn(statement) || isOwn(statement.expression);
      default:
        return isOwn(statement);
    }
  };
  return body.type === 'BlockStatement' ? isPart(body) : isGift(body);
}

/** Whether it is filled with a list, in which the places count. */
function fillsList(fn: FunctionInfo, variable: Binding): boolean {
  return variable.references.some(
    ({ fn: by, parent }) => by === fn && parent.type === 'AssignmentExpression' && (parent.right as AnyNode).type === 'ArrayExpression',
  );
}

/** What the running module calls it, also where it is exported as it is declared. */
function nameOf({ node, ancestors }: FunctionInfo): string | null {
  if (node.type === 'FunctionDeclaration') return node.id?.name ?? null;
  const parent = ancestors.at(-1);
  return parent?.type === 'VariableDeclarator' && parent.init === (node as AnyNode) && parent.id.type === 'Identifier'
    ? parent.id.name
    : null;
}
