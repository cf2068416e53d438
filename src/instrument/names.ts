/**
 * Every name that instrumented code uses. They live in the global lexical scope (slots and entry points) or in the
 * function itself; a module whose own text holds the prefix is loaded untouched.
 */
export const PREFIX = '$lp';

/** Digits of an id: a fixed width, so that text instrumented once can be numbered anew without moving a column. */
const ID_WIDTH = 7;

/** Ids that are arguments stand as numbers from here on, so that they have a fixed width too. */
export const ID_BASE = 10 ** ID_WIDTH;

export const idText = (id: number): string => String(ID_BASE + id);

const digits = (id: number): string => idText(id).slice(1);

/**
 * Functions share slots, this many in a row: what a slot holds, once one of them is patched, is an array by their places.
 * A slot costs 1.7 us and 500 bytes before it is ever used, which functions that have one each would all pay.
 * A module's ids begin at a multiple of it.
 */
export const GROUP = 64;

const GROUP_BITS = 6;

export const groupOf = (id: number): number => id >>> GROUP_BITS;

export const placeOf = (id: number): number => id & (GROUP - 1);

/** The first id from `id` on at which a module's ids may begin. */
export const firstOfGroup = (id: number): number => Math.ceil(id / GROUP) * GROUP;

/** The slot of a group of functions. */
export const slotName = (group: number): string => PREFIX + digits(group);

/** What the slot of a function's group holds for it: `(this, environment, ...arguments) => boolean | Promise`. */
export const slotPlace = (id: number): string => `${slotName(groupOf(id))}[${placeOf(id)}]`;

export interface Mark {
  readonly id: number;
  readonly at: number;
}

/** A number of ID_WIDTH digits; -1 where there is none. */
function digitsAt(text: string, from: number): number {
  let value = 0;
  for (let i = from; i < from + ID_WIDTH; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = 10 * value + digit;
  }
  return value;
}

/** What is behind the prefix where a handle or a record is made: see NAMES. An id stands next. */
const MAKING = new Set(['_hr(1', '_il(1', '_in(1']);
const MAKING_LENGTH = 5;

/** Behind a prefix, the id of a place in a slot, of a handle's declaration, or of a handle or a record being made; else -1. */
function idAt(text: string, from: number): number {
  if (text.charCodeAt(from) !== 95 /* _ */) return placeAt(text, from);
  const next = text.charCodeAt(from + 1);
  if (next !== 104 /* h */ && next !== 105 /* i */) return -1;
  if (MAKING.has(text.slice(from, from + MAKING_LENGTH))) return digitsAt(text, from + MAKING_LENGTH);
  return next === 104 && text.charCodeAt(from + 2 + ID_WIDTH) === 61 /* = */ ? digitsAt(text, from + 2) : -1;
}

/** Of `0000012[3]`; -1 where the slot is only looked at. */
function placeAt(text: string, from: number): number {
  let at = from + ID_WIDTH;
  if (text.charCodeAt(at) !== 91 /* [ */) return -1;
  let place = 0;
  for (let digit = text.charCodeAt(++at) - 48; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - 48) place = 10 * place + digit;
  const group = digitsAt(text, from);
  return group < 0 || at === from + ID_WIDTH + 1 || text.charCodeAt(at) !== 93 /* ] */ ? -1 : group * GROUP + place;
}

/** The first id in instrumented text. */
export function findId(text: string): Mark | null {
  for (let at = text.indexOf(PREFIX); at >= 0; at = text.indexOf(PREFIX, at + PREFIX.length)) {
    const id = idAt(text, at + PREFIX.length);
    if (id >= 0) return { id, at };
  }
  return null;
}

/** Where each id first stands in instrumented text, in the order of the text. */
export function marksIn(text: string): Mark[] {
  const marks: Mark[] = [];
  const seen = new Set<number>();
  for (let at = text.indexOf(PREFIX); at >= 0; at = text.indexOf(PREFIX, at + PREFIX.length)) {
    const id = idAt(text, at + PREFIX.length);
    if (id < 0 || seen.has(id)) continue;
    seen.add(id);
    marks.push({ id, at });
  }
  return marks;
}

const NUMBERED = new RegExp(`(\\$lp(_h|_(?:hr|il|in)\\(1)?)(\\d{${ID_WIDTH}})`, 'g');

/** Moves all ids of instrumented text by a multiple of GROUP. */
export function renumber(text: string, by: number): string {
  if (by === 0) return text;
  const groups = groupOf(by);
  return text.replace(
    NUMBERED,
    (_, head: string, ofId: string | undefined, number: string) => head + digits(Number(number) + (ofId === undefined ? groups : by)),
  );
}

/** The handle of a wrapper or of a function with many closures: a local of that function. */
export const handleName = (id: number): string => `${PREFIX}_h${digits(id)}`;

export const NAMES = {
  /** Registers the eval handle of a scope: (number, eval, meta?) => eval. */
  register: '$lp_hr',
  /** Enters a tracked function: (site number) => activation. */
  enter: '$lp_in',
  /** Enters a function that has safe points: as `enter`. */
  enterLoop: '$lp_il',
  /** At a safe point: (activation, loop) => null, or what takes over what the function holds there and gives how to go on. */
  over: '$lp_ov',
  /** What a `for await` with a safe point iterates over: (iterable, complaint) => iterable that knows its iterator. */
  iterate: '$lp_it',
  /** Words an error as V8 does where what a `for await` calls for its iterable is no function: (error, said, complaint) => error. */
  complain: '$lp_co',
  /** Leaves it: (activation, value) => value. */
  exit: '$lp_out',
  /** Before an await or yield: (activation, line, value) => value. */
  suspend: '$lp_su',
  /** After it, and first in each catch and finally of a generator: (activation, value) => value. */
  resume: '$lp_re',
  /** Whether a transition is running: a variable that V8 folds away until the first one. */
  transition: '$lp_t',
  /** What a pattern throws that is given undefined or null: (value, key?) => error. */
  nothing: '$lp_no',
  /** Holds what a version has returned until its site returns it, with nothing run between. */
  result: '$lp_f',
  /** Lets a call of new code pass more than an entry site hands on: see link/surplus.ts. */
  surplus: '$lp_sp',
} as const;

/** Locals of instrumented functions. */
export const LOCALS = {
  answer: '$lp_n',
  activation: '$lp_a',
  /** What an await or a return gives, while the engine is told. */
  value: '$lp_v',
  rest: '$lp_r',
  /** Set while a function leaves at a safe point: what it would do in a `finally` is done where it goes on. */
  leaving: '$lp_g',
  /** Labels: of the body, and of the body with what comes behind it. */
  body: '$lp_b',
  beyond: '$lp_d',
  iteration: (loop: number): string => `$lp_i${loop}`,
  evalText: '$lp_x',
  parameter: (index: number): string => `$lp_p${index}`,
} as const;

/**
 * The handle of a scope: a direct eval in it, which keeps who prints the code from renaming what it reaches. It is written as no
 * printer writes it, so that a module which another tool has printed anew is known by it.
 */
export const SCOPE_EVAL = `${LOCALS.evalText}=> eval(${LOCALS.evalText})`;
