/**
 * The entry site of each function form: `if(slot&&slot[place](this,environment,…))return result` at the function's start.
 * A slot is a script-scope `let` that V8 folds away until it is first set, so the untaken branch is free. It is short, and
 * declares nothing, as V8 inlines by the length of the code, the part that never runs included.
 *
 * The slot's function runs the version that is in force, leaves what it returns in `result` and says true; it says false
 * where that is the original. An async function can be told to wait before its body begins: the answer is then a promise,
 * and the site asks again when it has settled. Whatever was decided meanwhile, the original included, then runs from its start.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Edits, Content } from '../source/edits.ts';
import type { FunctionInfo } from '../source/model.ts';
import { LOCALS, NAMES, groupOf, handleName, slotName, slotPlace } from './names.ts';
import { addRest, moveParameters, plainNames } from './parameters.ts';
import type { Parameters, Spread } from './parameters.ts';
import type { Capture, SitePlan } from './plan.ts';

const { answer: ANSWER, rest: REST } = LOCALS;

/** `(index, write, value) => …` over the captured variables: created only in the branch that is not taken. */
export function accessorText(captures: readonly Capture[]): string {
  const cases = captures.map(({ name, writable }, i) =>
    writable ? `case ${i}:return $lp_w?${name}=$lp_v:${name};` : `case ${i}:return ${name};`,
  );
  const parameters = captures.some((c) => c.writable) ? '($lp_i,$lp_w,$lp_v)' : '$lp_i';
  return `${parameters}=>{switch($lp_i){${cases.join('')}}}`;
}

/**
 * What stands in for the site's scope where the version needs it: its handle alone, or the instance of the handle's scope,
 * the accessor and new.target; 0 where it needs nothing.
 */
function environment(site: SitePlan): string {
  const { instance } = site.handle;
  const handle = instance ? handleName(instance.id) : '0';
  const newTarget = site.fn.usesNewTarget && site.fn.kind !== 'derived-constructor';
  if (site.captures.length === 0 && !newTarget) return handle;
  const parts = [handle, site.captures.length > 0 ? accessorText(site.captures) : '0'];
  if (newTarget) parts.push('new.target');
  return `[${parts.join(',')}]`;
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
  readonly entry: string;
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
  const call = slotCall(site, names);
  let entry: string;
  if (fn.kind === 'derived-constructor') entry = `if(${slot}&&${call})${DERIVED}`;
  else if (waitsAtEntry(fn)) {
    entry = `for(;${slot};){const ${ANSWER}=${call};if(${ANSWER}===true)return ${NAMES.result};if(!${ANSWER})break;await ${ANSWER}}`;
  } else entry = `if(${slot}&&${call})return ${fn.generator ? 'yield*' : ''}${NAMES.result};`;
  return { entry, prologue, spread };
}

function slotCall(site: SitePlan, names: readonly string[]): string {
  const given = site.forwarding === 'arguments' ? '...arguments' : names.join(',');
  const target = site.fn.kind === 'derived-constructor' ? ',new.target' : '';
  const end = given === '' ? ')' : `,${given})`;
  return `${slotPlace(site.id)}(${self(site)},${environment(site)}${target}${end}`;
}

const self = (site: SitePlan): string => (site.passesThis && site.fn.kind !== 'derived-constructor' ? 'this' : 'void 0');

/**
 * A derived constructor's version is a generator: it yields the arguments for super(), which only this constructor can
 * call, gets `this` back and returns the object. No closure over `this` is made, so construction costs nothing more.
 */
const DERIVED =
  `{const $lp_g=${NAMES.result},$lp_q=$lp_g.next();if($lp_q.done)return $lp_q.value;let $lp_s;` +
  'try{$lp_s=super(...$lp_q.value)}catch($lp_e){return $lp_g.throw($lp_e).value}return $lp_g.next($lp_s).value}';

/** The constructor of a class that has no superclass and writes none, for the start of the class's body. */
export function implicitText(site: SitePlan): string {
  return `constructor(...${REST}){if(${slotName(groupOf(site.id))}&&${slotCall(site, [`...${REST}`])})return ${NAMES.result}}`;
}

/**
 * The same for a class with a superclass: as such a class calls what it inherits from with all that it is given, its
 * constructor is put between, where a patch needs one. A function of the superclass and the environment of the site.
 */
export function inheritedText(id: number): string {
  const slot = slotName(groupOf(id));
  const entry = `if(${slot}&&${slotPlace(id)}(void 0,$lp_e,new.target,...${REST}))${DERIVED}`;
  return `(($lp_c,$lp_e)=>class extends $lp_c{constructor(...${REST}){${entry}super(...${REST})}})`;
}

/** A field's initialiser: one expression either way. */
export function fieldText(site: SitePlan): readonly [open: string, close: string] {
  return [`${slotName(groupOf(site.id))}&&${slotPlace(site.id)}(this,${environment(site)})?${NAMES.result}:(`, ')'];
}
