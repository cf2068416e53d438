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

/** Where an id stands in instrumented text: a place in a slot, a handle's declaration, a handle or a record being made. */
const MARK = new RegExp(`\\$lp(?:(\\d{${ID_WIDTH}})\\[(\\d+)\\]|_h(\\d{${ID_WIDTH}})=|_(?:hr|il|in)\\(1(\\d{${ID_WIDTH}}))`);
const MARKS = new RegExp(MARK, 'g');

export interface Mark {
  readonly id: number;
  readonly at: number;
}

function markOf(match: RegExpExecArray): Mark {
  const [, group, place, declared, passed] = match;
  return { id: group === undefined ? Number(declared ?? passed) : Number(group) * GROUP + Number(place), at: match.index };
}

/** The first id in instrumented text. */
export function findId(text: string): Mark | null {
  const match = MARK.exec(text);
  return match && markOf(match);
}

/** Where each id first stands in instrumented text, in the order of the text. */
export function marksIn(text: string): Mark[] {
  const marks = new Map<number, Mark>();
  for (const match of text.matchAll(MARKS)) {
    const mark = markOf(match);
    if (!marks.has(mark.id)) marks.set(mark.id, mark);
  }
  return [...marks.values()];
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
