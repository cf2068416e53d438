/** TypeScript to JavaScript as Node does it: types become blanks, so every position stays. */
import { stripTypeScriptTypes } from 'node:module';

/** Throws what Node throws for syntax that is more than types. Node does not warn when it strips by itself; neither does this. */
export function stripTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}
