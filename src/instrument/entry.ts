/**
 * The entry site of each function form: `if(slot){const n=slot[i]?.(…);if(n)return n.call(this,…)}` at the function's start.
 * A slot is a script-scope `let` that V8 folds away until it is first set, so the untaken branch is free.
 *
 * An async function can be told to wait before its body begins: what the slot returns is then a promise, and the site
 * asks again when it has settled. Whatever was decided meanwhile, the original included, then runs from its start.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Edits, Content } from '../source/edits.ts';
import type { FunctionInfo } from '../source/model.ts';
import { LOCALS, NAMES, groupOf, handleName, slotName, slotPlace } from './names.ts';
import { addRest, moveParameters, plainNames } from './parameters.ts';
import type { Parameters, Spread } from './parameters.ts';
import type { Capture, SitePlan } from './plan.ts';

const { version: VERSION, rest: REST } = LOCALS;

/** `(index, write, value) => …` over the captured variables: created only in the branch that is not taken. */
export function accessorText(captures: readonly Capture[]): string {
  const cases = captures.map(({ name, writable }, i) =>
    writable ? `case ${i}:return $lp_w?${name}=$lp_v:${name};` : `case ${i}:return ${name};`,
  );
  const parameters = captures.some((c) => c.writable) ? '($lp_i,$lp_w,$lp_v)' : '$lp_i';
  return `${parameters}=>{switch($lp_i){${cases.join('')}}}`;
}

/** What the slot is called with: the instance of the handle's scope, then the accessor, then new.target. */
function slotArguments(site: SitePlan): string {
  const parts: string[] = [];
  const instance = site.handle.instance;
  const newTarget = site.fn.usesNewTarget && site.fn.kind !== 'derived-constructor';
  if (instance) parts.push(handleName(instance.id));
  if (site.captures.length > 0 || newTarget) {
    if (!instance) parts.push('0');
    parts.push(site.captures.length > 0 ? accessorText(site.captures) : '0');
  }
  if (newTarget) parts.push('new.target');
  return parts.join(',');
}

/**
 * Async functions that await nothing keep the plain form: with an await V8 must make them suspendable, which costs them
 * 10 ns of 60 on every call (Node 22 to 26). The others differ by less than can be measured.
 */
export function waitsAtEntry(fn: FunctionInfo): boolean {
  return fn.tracked && !fn.generator;
}

export interface Entry {
  /** The site itself, for the start of the body. */
  readonly entry: Content[];
  /** What the parameters left over, for behind it. */
  readonly prologue: Content[];
  readonly spread: Spread | null;
}

/** Makes the entry site of `site`, and the parameters fit for it. */
export function entryContent(edits: Edits, source: string, site: SitePlan): Entry {
  const { fn } = site;
  const node = fn.node as FunctionNode & AnyNode;
  const hasRest = node.params.at(-1)?.type === 'RestElement';
  const forwardsRest = site.forwarding === 'rest' && !hasRest;
  // Patterns made `arguments` unmapped; a list of plain names would map it.
  const unmaps = site.parameters === 'moved' && fn.usesArguments && !hasRest && fn.kind !== 'arrow' && fn.kind !== 'setter';
  const extra = forwardsRest || unmaps ? `...${REST}` : null;
  let { names, prologue, spread }: Parameters = { names: plainNames(fn), prologue: [], spread: null };
  if (site.parameters === 'moved') ({ names, prologue, spread } = moveParameters(edits, source, node, extra));
  else if (extra !== null) addRest(edits, source, node, extra);
  if (forwardsRest) names.push(`...${REST}`);
  const slot = slotName(groupOf(site.id));
  const ask = `{const ${VERSION}=${slotPlace(site.id)}?.(${slotArguments(site)});`;
  const load = `if(${slot})${ask}if(${VERSION})`;
  if (fn.kind === 'derived-constructor') return { entry: [load, derivedCall(site, names)], prologue, spread };
  let call: string;
  if (site.forwarding === 'arguments') call = `${VERSION}.apply(this,arguments)`;
  else if (site.passesThis) call = `${VERSION}.call(${['this', ...names].join(',')})`;
  else call = `${VERSION}(${names.join(',')})`;
  if (waitsAtEntry(fn)) {
    const wait = `if(!${VERSION})break;if(typeof ${VERSION}==='object'){await ${VERSION};continue}`;
    return { entry: [`for(;${slot};)${ask}${wait}return ${call}}`], prologue, spread };
  }
  return { entry: [`${load}return ${fn.generator ? 'yield*' : ''}${call}}`], prologue, spread };
}

/**
 * A derived constructor's version is a generator: it yields the arguments for super(), which only this constructor can
 * call, gets `this` back and returns the object. No closure over `this` is made, so construction costs nothing more.
 */
function derivedCall(site: SitePlan, names: readonly string[]): string {
  const start =
    site.forwarding === 'arguments' ? `${VERSION}(new.target,...arguments)` : `${VERSION}(${['new.target', ...names].join(',')})`;
  return (
    `{const $lp_g=${start},$lp_q=$lp_g.next();if($lp_q.done)return $lp_q.value;let $lp_s;` +
    `try{$lp_s=super(...$lp_q.value)}catch($lp_e){return $lp_g.throw($lp_e).value}return $lp_g.next($lp_s).value}}`
  );
}

/** A field's initialiser: one expression either way. */
export function fieldText(site: SitePlan): readonly [open: string, close: string] {
  const slot = slotName(groupOf(site.id));
  return [`${slot}&&(${NAMES.field}=${slotPlace(site.id)}?.(${slotArguments(site)}))?${NAMES.field}.call(this):(`, ')'];
}
