/**
 * The entry site of each function form: `if(slot){const n=slot(…);if(n)return n.call(this,…)}` at the function's start.
 * A slot is a script-scope `let` that V8 folds away until it is first set, so the untaken branch is free.
 *
 * An async function can be told to wait before its body begins: what the slot returns is then a promise, and the site
 * asks again when it has settled. Whatever was decided meanwhile, the original included, then runs from its start.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { Edits, Content } from '../source/edits.ts';
import type { FunctionInfo } from '../source/model.ts';
import { afterTrivia } from '../source/text.ts';
import { LOCALS, NAMES, handleName, slotName } from './names.ts';
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

interface Parameters {
  /** What stands for each declared parameter in a call. */
  readonly names: string[];
  /** Evaluates what the parameter list no longer does. */
  readonly prologue: Content[];
}

/** Rewrites the parameter list so that evaluating it runs no code, and the body does the rest. */
function moveParameters(edits: Edits, node: FunctionNode): Parameters {
  const names: string[] = [];
  const prologue: Content[] = [];
  node.params.forEach((parameter, index) => {
    const target = LOCALS.parameter(index);
    switch (parameter.type) {
      case 'Identifier':
        names.push(parameter.name);
        return;
      case 'RestElement':
        if (parameter.argument.type === 'Identifier') names.push(`...${parameter.argument.name}`);
        else {
          names.push(`...${REST}`);
          edits.cut(parameter.argument.start, parameter.argument.end, REST);
          prologue.push('var ', [parameter.argument.start, parameter.argument.end], `=${REST};`);
        }
        return;
      case 'AssignmentPattern': {
        const { left } = parameter;
        if (left.type === 'Identifier') {
          names.push(left.name);
          edits.cut(left.end, parameter.end, '=void 0');
          prologue.push(`if(${left.name}===void 0)${left.name}`, [left.end, parameter.end], ';');
        } else {
          names.push(target);
          edits.cut(parameter.start, parameter.end, `${target}=void 0`);
          prologue.push(`if(${target}===void 0)${target}`, [left.end, parameter.end], ';var ', [left.start, left.end], `=${target};`);
        }
        return;
      }
      default:
        names.push(target);
        edits.cut(parameter.start, parameter.end, target);
        prologue.push('var ', [parameter.start, parameter.end], `=${target};`);
    }
  });
  return { names, prologue };
}

function plainNames(node: FunctionNode): string[] {
  return node.params.map((p) =>
    p.type === 'Identifier' ? p.name : p.type === 'RestElement' && p.argument.type === 'Identifier' ? `...${p.argument.name}` : '',
  );
}

/** Adds `...rest` to a parameter list that has none, and the parentheses an arrow with one bare parameter lacks. */
function addRest(edits: Edits, source: string, fn: FunctionNode & AnyNode): void {
  const last = fn.params.at(-1);
  if (!last) {
    const from = fn.type === 'ArrowFunctionExpression' ? fn.start + (fn.async ? 'async'.length : 0) : fn.id ? fn.id.end : fn.start;
    const paren = source.indexOf('(', from);
    edits.insert(paren + 1, `...${REST}`);
    return;
  }
  if (fn.type === 'ArrowFunctionExpression' && fn.params.length === 1 && last.type === 'Identifier' && isBare(source, fn)) {
    edits.open(last.start, last.end, 9, '(');
    edits.close(last.start, last.end, 9, `,...${REST})`);
    return;
  }
  const next = afterTrivia(source, last.end);
  if (source[next] === ',') edits.insert(next + 1, `...${REST}`);
  else edits.insert(last.end, `,...${REST}`);
}

/** `x => …` and `async x => …`: no parenthesis between the arrow function's start and its parameter. */
function isBare(source: string, fn: FunctionNode): boolean {
  const start = fn.async ? afterTrivia(source, fn.start + 'async'.length) : fn.start;
  return start === fn.params[0]!.start;
}

/**
 * Async functions that await nothing keep the plain form: with an await V8 must make them suspendable, which costs them
 * 10 ns of 60 on every call (Node 22 to 26). The others differ by less than can be measured.
 */
export function waitsAtEntry(fn: FunctionInfo): boolean {
  return fn.tracked && !fn.generator;
}

/** Writes the entry site of `site`; returns the content for the start of the body: the site, then what the parameters left over. */
export function entryContent(edits: Edits, source: string, site: SitePlan): { readonly entry: Content[]; readonly prologue: Content[] } {
  const { fn } = site;
  const node = fn.node as FunctionNode & AnyNode;
  const { names, prologue } = site.parameters === 'moved' ? moveParameters(edits, node) : { names: plainNames(node), prologue: [] };
  const hasRest = node.params.at(-1)?.type === 'RestElement';
  if (site.forwarding === 'rest' && !hasRest) {
    addRest(edits, source, node);
    names.push(`...${REST}`);
  } else if (site.parameters === 'moved' && fn.usesArguments && !hasRest && fn.kind !== 'arrow' && fn.kind !== 'setter') {
    // Patterns made `arguments` unmapped; a list of plain names would map it.
    addRest(edits, source, node);
  }
  const slot = slotName(site.id);
  const ask = `{const ${VERSION}=${slot}(${slotArguments(site)});`;
  const load = `if(${slot})${ask}if(${VERSION})`;
  if (fn.kind === 'derived-constructor') return { entry: [load, derivedCall(site, names)], prologue };
  let call: string;
  if (site.forwarding === 'arguments') call = `${VERSION}.apply(this,arguments)`;
  else if (site.passesThis) call = `${VERSION}.call(${['this', ...names].join(',')})`;
  else call = `${VERSION}(${names.join(',')})`;
  if (waitsAtEntry(fn)) {
    const wait = `if(!${VERSION})break;if(typeof ${VERSION}==='object'){await ${VERSION};continue}`;
    return { entry: [`for(;${slot};)${ask}${wait}return ${call}}`], prologue };
  }
  return { entry: [`${load}return ${fn.generator ? 'yield*' : ''}${call}}`], prologue };
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
  const slot = slotName(site.id);
  return [`${slot}&&(${NAMES.field}=${slot}(${slotArguments(site)}))?${NAMES.field}.call(this):(`, ')'];
}
