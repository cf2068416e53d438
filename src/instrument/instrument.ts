/**
 * Writes the instrumented form of a module: entry sites, activation records, eval handles. Lines never move: all that
 * is added stands on lines that are there.
 */
import type { AnyNode, BlockStatement, Function as FunctionNode, PropertyDefinition } from 'acorn';
import { Edits } from '../source/edits.ts';
import type { Content, Segment } from '../source/edits.ts';
import { ClassInfo } from '../source/model.ts';
import type { FunctionInfo, ModuleModel } from '../source/model.ts';
import { Lines, afterTrivia } from '../source/text.ts';
import { entryContent, fieldText } from './entry.ts';
import { LOCALS, NAMES, PREFIX, handleName, idText } from './names.ts';
import { planModule } from './plan.ts';
import type { HandleScope, ModulePlan, SitePlan } from './plan.ts';
import { bodyStart, trackBody } from './track.ts';

const EVAL = `${LOCALS.evalText}=>eval(${LOCALS.evalText})`;

export interface Instrumented {
  /** The module's text with ids numbered from 0. */
  readonly text: string;
  readonly segments: readonly Segment[];
  readonly plan: ModulePlan;
}

export type InstrumentOutcome = { readonly ok: true; readonly result: Instrumented } | { readonly ok: false; readonly reason: string };

/** Instruments one analysed module; refuses what it could not leave as it was. */
export function instrument(model: ModuleModel): InstrumentOutcome {
  if (model.text.includes(PREFIX)) return { ok: false, reason: `its text already uses names that start with ${PREFIX}` };
  const plan = planModule(model);
  const edits = new Edits(model.text);
  const lines = new Lines(model.text);
  writeModuleHandle(edits, model);
  for (const handle of plan.handles) if (handle.owner instanceof ClassInfo) writeClassHandle(edits, handle);
  for (const fn of model.functions) {
    const site = plan.siteOf.get(fn);
    const handle = plan.handleOf.get(fn);
    if (site && fn.kind === 'field') writeField(edits, site);
    else if (fn.kind !== 'module' && (site || handle)) writeFunction(edits, model.text, fn, site, handle, lines);
  }
  const { text, segments } = edits.render();
  return { ok: true, result: { text, segments, plan } };
}

function writeModuleHandle(edits: Edits, model: ModuleModel): void {
  let position = model.text.startsWith('#!') ? Math.max(model.text.search(/[\n\r\u2028\u2029]/), 0) : 0;
  let separator = '';
  for (const statement of model.program.body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) break;
    position = statement.end;
    separator = ';';
  }
  // A hash-bang line ends where the text goes on: the handle stands on the line below.
  if (position > 0 && separator === '' && position < model.text.length) position = afterLineEnd(model.text, position);
  const meta = model.format === 'module' ? ',()=>import.meta' : '';
  edits.insert(position, `${separator}${NAMES.register}(${idText(0)},${EVAL}${meta});`);
}

function afterLineEnd(text: string, position: number): number {
  return text[position] === '\r' && text[position + 1] === '\n' ? position + 2 : position + 1;
}

function writeClassHandle(edits: Edits, handle: HandleScope): void {
  const parent = handle.instance ? `,0,${handleName(handle.instance.id)}` : '';
  edits.insert((handle.owner as ClassInfo).node.body.start + 1, `static{${NAMES.register}(${idText(handle.id)},${EVAL}${parent})}`);
}

function handleStatement(handle: HandleScope): string {
  const name = handleName(handle.id);
  return handle.kind === 'wrapper' ? `const ${name}=${NAMES.register}(${idText(handle.id)},${EVAL});` : `const ${name}=${EVAL};`;
}

function writeField(edits: Edits, site: SitePlan): void {
  const value = (site.fn.node as PropertyDefinition).value!;
  const [open, close] = fieldText(site);
  edits.open(value.start, value.end, 0, open);
  edits.close(value.start, value.end, 0, close);
}

function writeFunction(
  edits: Edits,
  source: string,
  fn: FunctionInfo,
  site: SitePlan | undefined,
  handle: HandleScope | undefined,
  lines: Lines,
): void {
  const node = fn.node as FunctionNode & AnyNode;
  const head: Content[] = [];
  let close = '';
  let prologue: Content[] = [];
  if (site) {
    const entry = entryContent(edits, source, site);
    head.push(...entry.entry);
    prologue = entry.prologue;
    if (site.tracked) {
      const track = trackBody(edits, fn, lines, `${NAMES.enter}(${idText(site.id)})`);
      head.push(...track.open);
      close = track.close;
    }
  }
  head.push(...prologue);
  if (handle) head.push(handleStatement(handle));
  if (node.body.type === 'BlockStatement') {
    const body = node.body as BlockStatement;
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
  const arrow = arrowEnd(source, node);
  // Around every mark that stands on the whole expression.
  edits.open(arrow, node.end, 0, '{', ...head, 'return(');
  edits.close(arrow, node.end, 0, `)${close}}`);
}

/** The position behind `=>`. */
function arrowEnd(source: string, node: FunctionNode): number {
  let position = node.start;
  const last = node.params.at(-1);
  if (last) position = last.end;
  else position = source.indexOf('(', node.start + (node.async ? 'async'.length : 0)) + 1;
  for (;;) {
    position = afterTrivia(source, position);
    if (source.startsWith('=>', position)) return position + 2;
    position++;
  }
}
