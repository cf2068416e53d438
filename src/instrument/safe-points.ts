/**
 * Safe points: where the body of a loop begins, and a transition runs, the function asks whether it is to go on in
 * another version. If so it gives up what it holds there, leaves by a jump past the record of its run, and returns what
 * the other version returns. Outside a transition a safe point is one look at a variable that V8 folds away.
 */
import type { AnyNode } from 'acorn';
import type { Edits } from '../source/edits.ts';
import type { FunctionInfo } from '../source/model.ts';
import { callComplaint, endsOpenly, isForAwait, loopsOf, passedFinallys, placeOf } from './loops.ts';
import type { Loop } from './loops.ts';
import { LOCALS, NAMES, handleName } from './names.ts';
import type { SitePlan } from './plan.ts';
import { putAround } from './put-around.ts';

const A = LOCALS.activation;
const V = LOCALS.value;
const { answer: NEXT, leaving: LEAVING, body: BODY, beyond: BEYOND } = LOCALS;
/** Around everything that tracks an operand. */
const ITERATED = 0;
/** Within the mark that notes the line of a `for await`, which may stand alone as the body of another statement. */
const AROUND = 4;

/** A name that a safe point gives away, and what it is called there. */
export interface Given {
  readonly name: string;
  readonly text: string;
}

export interface GivenCell extends Given {
  readonly writable: boolean;
}

/** What a safe point gives away besides the iterations that it leaves. */
export interface Giving {
  readonly values: readonly Given[];
  readonly cells: readonly GivenCell[];
  /** Names of variables that were handed to the version itself, and what holds them; null where none were. */
  readonly handed: { readonly object: string; readonly names: readonly string[] } | null;
  /** The eval handle that tells the instance of the scope, if it has several. */
  readonly handle: string | null;
}

/** The piece that goes around a tracked body. */
export interface SafePoints {
  /** More locals, each after a comma. */
  readonly locals: string;
  readonly open: string;
  /** Last in the body. */
  readonly end: string;
  /** Behind the body and what leaves its record. */
  readonly close: string;
}

/** Writes the safe points of `fn`. Null if it has none. */
export function writeSafePoints(edits: Edits, fn: FunctionInfo, passesThis: boolean, give: (loop: Loop) => Giving): SafePoints | null {
  const loops = loopsOf(fn).filter((loop) => loop.obstacle === null);
  if (loops.length === 0) return null;
  const finallys = passedFinallys(fn);
  let locals = finallys.length > 0 ? `,${LEAVING}` : '';
  for (const { finalizer } of finallys) {
    const { start, end } = finalizer!;
    edits.open(start + 1, end - 1, 0, `if(!${LEAVING}){`);
    edits.close(start + 1, end - 1, 0, '}');
  }
  for (const loop of loops) {
    const { node } = loop.info;
    if (isForAwait(node)) {
      const { right } = node;
      const local = LOCALS.iteration(loop.index);
      locals += `,${local}`;
      const place = placeOf(right);
      putAround(edits, right, ITERATED, [`${local}=`, [place, place], `${NAMES.iterate}(`], `,${JSON.stringify(loop.complaint)})`);
      const called = callComplaint(node);
      const { start } = fn.labelled.get(node)!;
      // The function may go on for long, and what the loop iterated over may be large.
      const end = `${local}=null;`;
      if (called === null) edits.close(start, node.end, AROUND, end);
      else {
        edits.open(start, node.end, AROUND, `${local}=null;try{`);
        const words = `${JSON.stringify(called)},${JSON.stringify(loop.complaint)}`;
        edits.close(start, node.end, AROUND, `}catch($lp_e){throw ${local}?$lp_e:${NAMES.complain}($lp_e,${words})}${end}`);
      }
    }
    const passes = loop.info.around.some((outer) => finallys.some((f) => f === outer));
    const check = `if(${NAMES.transition}){${safePoint(loop, give(loop), passes)}}`;
    const body: AnyNode = node.body;
    if (body.type === 'BlockStatement') edits.insert(body.start + 1, check);
    else {
      edits.open(body.start, body.end, ITERATED, `{${check}`);
      edits.close(body.start, body.end, ITERATED, '}');
    }
  }
  const end = endsOpenly(fn) ? `;break ${BEYOND}` : '';
  const next = passesThis ? `${V}.call(this)` : `${V}()`;
  return { locals, open: `${BEYOND}:{${BODY}:`, end, close: `return ${fn.generator ? 'yield*' : ''}${next}}` };
}

/** What the running module gives away: its names are what they are called. */
export function givenAt({ names }: Loop, site: SitePlan): Giving {
  const own = names.map(({ name, transfer }) => ({ name, text: name, writable: true, transfer }));
  const outer = site.captures.filter(({ name }) => !names.some((live) => live.name === name));
  return {
    values: own.filter((live) => live.transfer === 'value'),
    cells: [...own.filter((live) => live.transfer === 'cell'), ...outer.map(({ name, writable }) => ({ name, text: name, writable }))],
    handed: null,
    handle: site.handle.instance && handleName(site.handle.instance.id),
  };
}

function safePoint(loop: Loop, { values, cells, handed, handle }: Giving, passesFinally: boolean): string {
  const object = [
    ...values.map(({ name, text }) => (name === text ? name : `${name}:${text}`)),
    ...loop.iterations.map(({ index }, place) => `${place}:${LOCALS.iteration(index)}`),
  ].join();
  const names = cells.map(({ name, writable }) => JSON.stringify(writable ? `${name}=` : name)).join();
  let rest = handle === null ? '' : `,${handle}`;
  if (cells.length > 0 || handed !== null) rest = `,${handle ?? 0},${cellsText(cells)},[${names}]`;
  if (handed !== null) rest += `,${handed.object},${JSON.stringify(handed.names)}`;
  const leave = `${passesFinally ? `${LEAVING}=1;` : ''}break ${BODY}`;
  return `const ${NEXT}=${NAMES.over}(${A},${loop.index});if(${NEXT}&&(${V}=${NEXT}({${object}}${rest}))){${leave}}`;
}

/** `(index, write, value) => …`, made only where it is given away. */
function cellsText(cells: readonly GivenCell[]): string {
  const cases = cells.map(({ text, writable }, i) => `case ${i}:return ${writable ? `$lp_w?${text}=$lp_y:${text}` : text};`);
  return `($lp_x,$lp_w,$lp_y)=>{switch($lp_x){${cases.join('')}}}`;
}
