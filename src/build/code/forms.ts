/**
 * The form a new version takes so that its site can call it: a method of an object literal (which has `super` and no
 * name of its own in scope), an arrow function, a factory over captured variables, a generator for a derived
 * constructor, a function for a field's initialiser.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression, PropertyDefinition } from 'acorn';
import { bodyStart } from '../../instrument/track.ts';
import type { Edits } from '../../source/edits.ts';
import { arrowEnd, parametersStart } from '../../source/function-parts.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { afterTrivia } from '../../source/text.ts';
import type { Side } from '../version/side.ts';
import { standsAlone } from './draft.ts';
import type { Draft } from './draft.ts';
import { NEW_TARGET } from './emit.ts';
import type { Emitter } from './emit.ts';
import { asNamed } from './named-value.ts';
import { CAPTURES } from './resolution.ts';

const THIS = '$lp_this';
const TARGET = '$lp_nt';
/** What a constructor makes that has no superclass to make it. */
const MADE = `Object.create(Object(${TARGET}.prototype)===${TARGET}.prototype?${TARGET}.prototype:Object.prototype)`;

/** Writes the version of a draft without obstacles. */
export function writeVersion(d: Draft, emitter: Emitter, next: Side): string {
  if (d.fn.isImplicit) return writeImplicit(d);
  const text =
    d.form === 'field' ? writeField(d, emitter) : d.form === 'derived' ? writeDerived(d, emitter, next) : writeFunction(d, emitter, next);
  return d.shape === 'closure' ? `${CAPTURES}=>${text}` : text;
}

/** What a class does that writes no constructor. */
function writeImplicit({ form, fn, site }: Draft): string {
  if (standsAlone(site.fn, fn)) return `({*constructor(${TARGET}){return ${MADE}}}).constructor`;
  return form === 'derived' ? '({*constructor($lp_nt,...$lp_r){return yield $lp_r}}).constructor' : '({constructor(){}}).constructor';
}

function writeField(d: Draft, emitter: Emitter): string {
  const name = methodName(d.fn);
  const { key, computed, value } = d.fn.node as PropertyDefinition & AnyNode;
  const text = emitter.render(d.place.start, d.place.end, d.place);
  const own = value && !computed ? asNamed(text, value as AnyNode, keyName(key, false)) : text;
  return `({${prototypeOf(d)}${name}(){return(${own})}}).${name}`;
}

function writeFunction(d: Draft, emitter: Emitter, next: Side): string {
  const { fn, place } = d;
  const node = fn.node as FunctionNode & AnyNode;
  const source = next.model.text;
  const edits = emitter.edits(place.start, place.end, place);
  if (d.shape === 'closure' && d.site.fn.usesNewTarget)
    for (const { node: use } of d.specials.newTargets) edits.cut(use.start, use.end, NEW_TARGET);
  const render = (start: number, end: number): string => edits.render(start, end).text;
  const head = `${node.async ? 'async ' : ''}${node.generator ? '*' : ''}`;
  const name = methodName(fn);
  if (fn.kind === 'arrow') {
    if (!d.takesThis) return `(${render(node.start, node.end)})`;
    const arrow = arrowEnd(source, node);
    const open = parametersStart(source, node);
    const parameters =
      open === null ? `(${node.params.map((p) => render(p.start, p.end)).join(',')})` : render(open, closeOf(source, open, node));
    const body = render(arrow, node.end);
    return `({${prototypeOf(d)}${head}${name}${parameters}${node.body.type === 'BlockStatement' || node.async ? body : `{return(${body})}`}}).${name}`;
  }
  const start = parametersStart(source, node)!;
  if (d.named) return `(${node.async ? 'async ' : ''}function${node.generator ? '*' : ''} ${node.id!.name}${render(start, node.end)})`;
  return `({${prototypeOf(d)}${head}${name}${render(start, node.end)}}).${name}`;
}

/** The same form with another parameter list and body. */
export function writeContinued(d: Draft, parameters: string, body: string): string {
  const { fn } = d;
  const node = fn.node as FunctionNode & AnyNode;
  const head = `${node.async ? 'async ' : ''}${node.generator ? '*' : ''}`;
  if (fn.kind === 'arrow' && !d.takesThis) return `(${head}(${parameters})=>${body})`;
  if (d.named) return `(${node.async ? 'async ' : ''}function${node.generator ? '*' : ''} ${node.id!.name}(${parameters})${body})`;
  const name = methodName(fn);
  return `({${prototypeOf(d)}${head}${name}(${parameters})${body}}).${name}`;
}

/** The end of an arrow function's parameter list that opens at `open`. */
function closeOf(source: string, open: number, node: FunctionNode): number {
  const last = node.params.at(-1);
  let position = afterTrivia(source, last ? last.end : open + 1);
  if (source[position] === ',') position = afterTrivia(source, position + 1);
  while (source[position] === ')' && source[afterTrivia(source, position + 1)] === ')') position = afterTrivia(source, position + 1);
  return position + 1;
}

function writeDerived(d: Draft, emitter: Emitter, next: Side): string {
  const { fn, place, specials, site } = d;
  const node = fn.node as FunctionNode & AnyNode;
  const source = next.model.text;
  const name = methodName(fn);
  const isAlone = standsAlone(site.fn, fn);
  const edits = emitter.edits(place.start, place.end, place);
  for (const { node: use } of specials.thisUses) edits.cut(use.start, use.end, THIS);
  for (const { node: use } of specials.newTargets) edits.cut(use.start, use.end, TARGET);
  for (const { node: call } of specials.superCalls) {
    const open = source.indexOf('(', (call as CallExpression).callee.end);
    emitter.separate(edits, call.start, place.end);
    edits.cut(call.start, open + 1, `(${THIS}=yield [`);
    edits.cut(call.end - 1, call.end, '])');
  }
  for (const { node: member, parent } of specials.superMembers) rewriteSuper(edits, source, member as MemberExpression, parent);
  const open = parametersStart(source, node)!;
  edits.insert(open + 1, node.params.length > 0 ? `${TARGET},` : TARGET);
  // Ahead of what the caller gave stands the `new.target`. Code of classes is strict, so the parameters keep what they have.
  const own = fn.usesArguments ? '[].shift.call(arguments);' : '';
  edits.insert(bodyStart(node), `let ${THIS}${isAlone ? `=${MADE}` : ''};${own}`);
  if (isAlone) for (const { start } of specials.returns) edits.insert(start + 'return'.length, ` ${THIS}`);
  edits.insert(node.body.end - 1, `;return ${THIS}`);
  const { text } = edits.render(place.start, place.end);
  return `({${specials.superMembers.length > 0 ? `__proto__:Object.getPrototypeOf($lp.cls.prototype),` : ''}*${name}${text}}).${name}`;
}

/** `super.m(…)` is called on the object under construction, which the generator holds in a variable. */
function rewriteSuper(edits: Edits, source: string, member: MemberExpression, parent: AnyNode): void {
  if (parent.type === 'CallExpression' && parent.callee === member) {
    const open = afterTrivia(source, member.end);
    if (source[open] === '(') {
      edits.cut(member.end, open + 1, `.call(${THIS}${parent.arguments.length > 0 ? ',' : ''}`);
      return;
    }
  }
  edits.open(member.start, member.end, 80, 'Reflect.get(Object.getPrototypeOf($lp.cls.prototype),');
  if (member.computed) {
    edits.cut(member.start, member.property.start, '');
    edits.cut(member.property.end, member.end, '');
  } else edits.cut(member.start, member.end, JSON.stringify((member.property as { name: string }).name));
  edits.close(member.start, member.end, 80, `,${THIS})`);
}

/** The home of a version that says `super`. */
function prototypeOf(d: Draft): string {
  if (d.specials.superMembers.length === 0) return '';
  if (d.home !== null) return `__proto__:Object.getPrototypeOf(${d.home}),`;
  const owner = d.fn.thisOwner;
  const member = owner.kind === 'field' ? owner.node : owner.ancestors.at(-1);
  const isStatic = (member as { static?: boolean } | undefined)?.static === true;
  return `__proto__:Object.getPrototypeOf($lp.cls${isStatic ? '' : '.prototype'}),`;
}

/** What stack traces call the version. */
export function methodName(fn: FunctionInfo): string {
  const last = fn.path.replace(/@\d+$/, '').split(/[/.#]/).at(-1) ?? '';
  const name = last.replace(/^(get|set) /, '');
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__' ? name : 'anonymous';
}
