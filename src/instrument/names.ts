/**
 * Every name that instrumented code uses. They live in the global lexical scope (slots and entry points) or in the
 * function itself; a module whose own text holds the prefix is loaded untouched.
 */
export const PREFIX = '$lp';

/** Digits of an id: a fixed width, so that text instrumented once can be numbered anew without moving a column. */
export const ID_WIDTH = 7;

export const slotName = (id: number): string => PREFIX + String(id).padStart(ID_WIDTH, '0');

/** Ids that are arguments stand as numbers from here on, so that they have a fixed width too. */
export const ID_BASE = 10 ** ID_WIDTH;

export const idText = (id: number): string => String(ID_BASE + id);

/** Matches every id in instrumented text; the second group is the id. */
const FIRST = new RegExp(`(\\$lp(?:_h|_(?:hr|in)\\(1)?)(\\d{${ID_WIDTH}})`);
const NUMBERED = new RegExp(FIRST, 'g');

/** Where the digits of an id stand in instrumented text. */
export interface Mark {
  readonly id: number;
  readonly at: number;
}

/** The first id in instrumented text. */
export function findId(text: string): Mark | null {
  const match = FIRST.exec(text);
  return match && { id: Number(match[2]), at: match.index + match[1]!.length };
}

/** Every id in instrumented text, in the order of the text. */
export function marksIn(text: string): Mark[] {
  const marks: Mark[] = [];
  for (const match of text.matchAll(NUMBERED)) marks.push({ id: Number(match[2]), at: match.index + match[1]!.length });
  return marks;
}

/** Instrumented text numbers its ids from 0: moves them to `base`. */
export function renumber(text: string, base: number): string {
  if (base === 0) return text;
  return text.replace(NUMBERED, (_, head: string, id: string) => head + String(Number(id) + base).padStart(ID_WIDTH, '0'));
}

/** The handle of a wrapper or of a function with many closures: a local of that function. */
export const handleName = (id: number): string => `${PREFIX}_h${String(id).padStart(ID_WIDTH, '0')}`;

export const NAMES = {
  /** Registers the eval handle of a scope: (number, eval, meta?) => eval. */
  register: '$lp_hr',
  /** Enters a tracked function: (site number) => activation. */
  enter: '$lp_in',
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
  /** Holds the version that a field initialiser runs, for the length of one expression. */
  field: '$lp_fv',
} as const;

/** Locals of instrumented functions. */
export const LOCALS = {
  version: '$lp_n',
  activation: '$lp_a',
  /** What an await or a return gives, while the engine is told. */
  value: '$lp_v',
  rest: '$lp_r',
  evalText: '$lp_x',
  parameter: (index: number): string => `$lp_p${index}`,
} as const;
