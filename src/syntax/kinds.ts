/** The kinds of tokens. What is compared with `>=` stands in the order that it needs. */
export const EOF: number = 0;
export const NAME: number = 1;
export const NUMBER: number = 2;
export const STRING: number = 3;
export const TEMPLATE: number = 4;
export const PRIVATE: number = 5;
export const REGEXP: number = 6;

export const BRACE_L: number = 10;
export const BRACE_R: number = 11;
export const PAREN_L: number = 12;
export const PAREN_R: number = 13;
export const BRACKET_L: number = 14;
export const BRACKET_R: number = 15;
export const DOT: number = 16;
export const ELLIPSIS: number = 17;
export const SEMICOLON: number = 18;
export const COMMA: number = 19;
export const QUESTION: number = 20;
export const COLON: number = 21;
export const ARROW: number = 22;
export const QUESTION_DOT: number = 23;
export const ASSIGN: number = 24;
/** `+=` and the like. */
export const ASSIGN_OP: number = 25;
/** `++` and `--`. */
export const STEP: number = 26;
/** `!` and `~`. */
export const NOT: number = 27;
export const POWER: number = 28;

export const COALESCE: number = 30;
export const OR: number = 31;
export const AND: number = 32;
export const BIT_OR: number = 33;
export const BIT_XOR: number = 34;
export const BIT_AND: number = 35;
export const EQUALITY: number = 36;
export const RELATION: number = 37;
export const SHIFT: number = 38;
/** `+` and `-`. */
export const SUM: number = 39;
export const STAR: number = 40;
export const SLASH: number = 41;
export const REMAINDER: number = 42;

/** From here on what is written as a word, which every property may be called. */
export const ASYNC: number = 50;
export const LET: number = 51;
export const AWAIT: number = 52;
export const YIELD: number = 53;
export const USING: number = 54;
/** A word that is no name in strict code. */
export const RESERVED: number = 55;
export const IN: number = 56;
export const INSTANCEOF: number = 57;
export const TYPEOF: number = 58;
export const VOID: number = 59;
export const DELETE: number = 60;
export const FUNCTION: number = 61;
export const CLASS: number = 62;
export const NEW: number = 63;
export const THIS: number = 64;
export const SUPER: number = 65;
export const NULL: number = 66;
export const TRUE: number = 67;
export const FALSE: number = 68;
export const IMPORT: number = 69;
export const EXPORT: number = 70;
export const VAR: number = 71;
export const CONST: number = 72;
export const RETURN: number = 73;
export const IF: number = 74;
export const ELSE: number = 75;
export const FOR: number = 76;
export const WHILE: number = 77;
export const DO: number = 78;
export const BREAK: number = 79;
export const CONTINUE: number = 80;
export const THROW: number = 81;
export const TRY: number = 82;
export const CATCH: number = 83;
export const FINALLY: number = 84;
export const SWITCH: number = 85;
export const CASE: number = 86;
export const DEFAULT: number = 87;
export const DEBUGGER: number = 88;
export const EXTENDS: number = 89;
/** A keyword that this parser leaves to the other one. */
export const RARE: number = 90;
export const WITH: number = 91;

export const WORDS: ReadonlyMap<string, number> = new Map([
  ['async', ASYNC],
  ['let', LET],
  ['await', AWAIT],
  ['yield', YIELD],
  ['using', USING],
  ['static', RESERVED],
  ['implements', RESERVED],
  ['interface', RESERVED],
  ['package', RESERVED],
  ['private', RESERVED],
  ['protected', RESERVED],
  ['public', RESERVED],
  ['in', IN],
  ['instanceof', INSTANCEOF],
  ['typeof', TYPEOF],
  ['void', VOID],
  ['delete', DELETE],
  ['function', FUNCTION],
  ['class', CLASS],
  ['new', NEW],
  ['this', THIS],
  ['super', SUPER],
  ['null', NULL],
  ['true', TRUE],
  ['false', FALSE],
  ['import', IMPORT],
  ['export', EXPORT],
  ['var', VAR],
  ['const', CONST],
  ['return', RETURN],
  ['if', IF],
  ['else', ELSE],
  ['for', FOR],
  ['while', WHILE],
  ['do', DO],
  ['break', BREAK],
  ['continue', CONTINUE],
  ['throw', THROW],
  ['try', TRY],
  ['catch', CATCH],
  ['finally', FINALLY],
  ['switch', SWITCH],
  ['case', CASE],
  ['default', DEFAULT],
  ['debugger', DEBUGGER],
  ['extends', EXTENDS],
  ['enum', RARE],
  ['with', WITH],
]);

/** How tightly binary operators bind, by kind; 0 for what is none. */
export const PRECEDENCE: Readonly<Uint8Array> = Uint8Array.from({ length: 128 }, (_, kind) => {
  if (kind === COALESCE || kind === OR) return 1;
  if (kind >= AND && kind <= SUM) return kind - AND + 2;
  if (kind >= STAR && kind <= REMAINDER) return 10;
  return kind === IN || kind === INSTANCEOF ? RELATION - AND + 2 : 0;
});
