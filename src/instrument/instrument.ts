/**
 * Writes the instrumented form of a module: entry sites, activation records, eval handles. Lines never move: all that
 * is added stands on lines that are there.
 */
import type { AnyNode, Expression, Function as FunctionNode, Program, PropertyDefinition } from 'acorn';
import { Edits } from '../source/edits.ts';
import type { Content, Segment } from '../source/edits.ts';
import { arrowEnd } from '../source/function-parts.ts';
import { ClassInfo } from '../source/model.ts';
import type { FunctionInfo, ModuleModel } from '../source/model.ts';
import { Lines } from '../source/text.ts';
import type { BundledModule } from './bundled-modules.ts';
import { entryContent, fieldText, implicitText } from './entry.ts';
import { NAMES, PREFIX, SCOPE_EVAL, handleName, idText } from './names.ts';
import type { Spread } from './parameters.ts';
import { planModule } from './plan.ts';
import type { HandleScope, ModulePlan, SitePlan } from './plan.ts';
import { givenAt, writeSafePoints } from './safe-points.ts';
import { bodyStart, trackBody } from './track.ts';

export interface Instrumented {
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly plan: ModulePlan;
}

export type InstrumentOutcome = { readonly ok: true; readonly result: Instrumented } | { readonly ok: false; readonly reason: string };

/** Instruments one analysed module with its ids numbered from `base`, a multiple of GROUP; refuses what it could not leave as it was. */
export function instrument(model: ModuleModel, base = 0): InstrumentOutcome {
  if (model.text.includes(PREFIX)) return { ok: false, reason: `its text already uses names that start with ${PREFIX}` };
  const plan = planModule(model, base);
  const edits = new Edits(model.text);
  const lines = new Lines(model.text);
  writeModuleHandle(edits, model, base);
  for (const handle of plan.handles) if (handle.owner instanceof ClassInfo) writeClassHandle(edits, handle);
  for (const fn of model.functions) {
    const site = plan.siteOf.get(fn);
    const handle = plan.handleOf.get(fn);
    if (fn.isImplicit) {
      if (site && fn.kind === 'constructor') edits.insert(fn.node.start, implicitText(site));
    } else if (site && fn.kind === 'field') writeField(edits, model.text, site);
    else if (fn.kind !== 'module' && (site || handle)) writeFunction(edits, model.text, fn, site, handle, plan.bundled.get(fn), lines);
  }
  const { text, segments } = edits.render();
  return { ok: true, result: { text, segments, plan } };
}

function writeModuleHandle(edits: Edits, model: ModuleModel, id: number): void {
  const meta = model.format === 'module' ? ',()=>import.meta' : '';
  const { position, separator } = handlePlace(model);
  edits.insert(position, `${separator}${NAMES.register}(${idText(id)},${SCOPE_EVAL}${meta});`);
}

/** Before any code that could run a function of the module, and where no code follows on the same line, if there is such a place. */
function handlePlace({ text, program: { body } }: ModuleModel): { readonly position: number; readonly separator: string } {
  let next = 0;
  while (body[next]?.type === 'ExpressionStatement' && (body[next] as { directive?: string }).directive !== undefined) next++;
  const last = body[next - 1];
  let start = { position: last?.end ?? 0, separator: last ? ';' : '' };
  if (!last && (text.startsWith('#!') || CLOSES_COMMENT.test(text))) {
    const end = text.search(LINE_END);
    // Nothing may stand before what makes a comment of its line, and nothing be behind it: the handle stands on the line below.
    start = { position: end < 0 ? text.length : afterLineEnd(text, end), separator: '' };
  }
  for (let { position, separator } = start; ; separator = ';') {
    const following = body[next++];
    if (!following || LINE_END.test(text.slice(position, following.start))) return { position, separator };
    if (!isInert(following)) return start;
    position = following.end;
  }
}

/** `-->` is a comment only with nothing but space and comments before it on its line. */
const CLOSES_COMMENT = /^(?:[^\S\n\r\u2028\u2029]|\/\*(?:(?!\*\/)[^\n\r\u2028\u2029])*\*\/)*-->/;
const LINE_END = /[\n\r\u2028\u2029]/;

/** It runs nothing of the module's own. */
function isInert(statement: Program['body'][number]): boolean {
  switch (statement.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'FunctionDeclaration':
      return true;
    case 'ExportNamedDeclaration':
      return !statement.declaration || isInert(statement.declaration);
    case 'VariableDeclaration':
      return statement.declarations.every(({ id, init }) => id.type === 'Identifier' && (!init || isInertValue(init)));
    default:
      return false;
  }
}

function isInertValue(value: Expression): boolean {
  switch (value.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
    case 'Literal':
      return true;
    case 'CallExpression':
      return value.callee.type === 'Identifier' && value.callee.name === 'require' && value.arguments.every((a) => a.type === 'Literal');
    default:
      return false;
  }
}

function afterLineEnd(text: string, position: number): number {
  return text[position] === '\r' && text[position + 1] === '\n' ? position + 2 : position + 1;
}

function writeClassHandle(edits: Edits, handle: HandleScope): void {
  const parent = handle.instance ? `,0,${handleName(handle.instance.id)}` : '';
  edits.insert((handle.owner as ClassInfo).node.body.start + 1, `static{${NAMES.register}(${idText(handle.id)},${SCOPE_EVAL}${parent})}`);
}

function handleStatement(handle: HandleScope): string {
  const name = handleName(handle.id);
  if (handle.kind === 'bundled') return `${NAMES.register}(${idText(handle.id)},${SCOPE_EVAL});`;
  return handle.kind === 'wrapper'
    ? `const ${name}=${NAMES.register}(${idText(handle.id)},${SCOPE_EVAL});`
    : `const ${name}=${SCOPE_EVAL};`;
}

function writeField(edits: Edits, source: string, site: SitePlan): void {
  const { value, end } = site.fn.node as PropertyDefinition & { value: Expression };
  const [open, close] = fieldText(site);
  edits.open(value.start, value.end, 0, open);
  edits.close(value.start, value.end, 0, close);
  if (source[end - 1] !== ';') edits.endStatement(end);
}

function writeFunction(
  edits: Edits,
  source: string,
  fn: FunctionInfo,
  site: SitePlan | undefined,
  handle: HandleScope | undefined,
  bundled: BundledModule | undefined,
  lines: Lines,
): void {
  const node = fn.node as FunctionNode & AnyNode;
  const head: Content[] = [];
  let close = '';
  let spread: Spread | null = null;
  if (site) {
    const entry = entryContent(edits, source, site);
    head.push(entry.entry);
    spread = entry.spread;
    if (site.tracked) {
      const safe = writeSafePoints(edits, fn, site.passesThis, (loop) => givenAt(loop, site));
      const track = trackBody(edits, fn, lines, `${safe ? NAMES.enterLoop : NAMES.enter}(${idText(site.id)})`, safe);
      head.push(...track.open);
      close = track.close;
    }
    head.push(...entry.prologue);
  }
  const guard = bundled?.guard;
  if (handle && guard) edits.insert(guard.end, `;${handleStatement(handle)}`);
  else if (handle) head.push(handleStatement(handle));
  const { body } = node;
  if (body.type === 'BlockStatement') {
    if (spread) {
      const empty = spread.end === body.end - 1;
      edits.cut(spread.start, spread.end, ...spread.list, ...head, empty ? close : '');
      if (close && !empty) edits.close(spread.end, body.end - 1, -1, close);
      return;
    }
    const start = bodyStart(node);
    const separator = start > body.start + 1 ? ';' : '';
    if (start === body.end - 1) edits.insert(start, separator, ...head, close);
    else {
      edits.insert(start, separator, ...head);
      if (close) edits.close(start, body.end - 1, -1, close);
    }
    return;
  }
  // An expression for a body: what stands between the arrow and the arrow function's end, parentheses included.
  if (spread) {
    edits.cut(spread.start, spread.end, ...spread.list, ...head, 'return(');
    edits.close(spread.end, node.end, 0, `)${close}}`);
    return;
  }
  // Around every mark that stands on the whole expression.
  const arrow = arrowEnd(source, node);
  edits.open(arrow, node.end, 0, '{', ...head, 'return(');
  edits.close(arrow, node.end, 0, `)${close}}`);
}
