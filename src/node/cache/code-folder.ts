/** Apart from code-cache.ts, which comes ahead of all that imports this: of a constant nothing is left to import in what is built. */

/** What V8 has compiled of a program is kept in a folder beside the program's file, of the file's name with this behind it. */
export const CODE_FOLDER = '.code';
