/** The parser that reads all of the language, in a file of its own: the programs that need it are few, and it is twice as long as the rest. */
export { parse } from 'acorn';
