/** What the names of files end with that stand beside others. */

/** The folder of what V8 has compiled of a program, beside the program's file. */
export const CODE_FOLDER = '.code';
