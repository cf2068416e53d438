/** The one place that knows the parsers: source text in, ESTree out. */
import { parse as acornParse } from 'acorn';
import type { Program } from 'acorn';
import { LivepatchError } from '../errors/errors.ts';
import { parseCommon } from '../syntax/parse.ts';

export type ModuleFormat = 'commonjs' | 'module';

/** Parses a module. Throws ERR_SYNTAX with file, line and column. */
export function parseModule(text: string, format: ModuleFormat, file: string): Program {
  const common = parseCommon(text, format === 'module');
  if (common !== null) return common;
  try {
    return acornParse(text, {
      ecmaVersion: 'latest',
      sourceType: format === 'module' ? 'module' : 'script',
      allowHashBang: true,
      allowReturnOutsideFunction: format === 'commonjs',
      // A CommonJS module is a function body: `new.target` and `await` as a name are legal there.
      ...(format === 'commonjs' ? { allowAwaitOutsideFunction: false } : {}),
    });
  } catch (error) {
    const loc = (error as { loc?: { line: number; column: number } }).loc;
    throw new LivepatchError(
      'ERR_SYNTAX',
      { file, reason: error instanceof Error ? error.message : String(error) },
      { where: { file, ...(loc ? { line: loc.line, column: loc.column } : {}) }, cause: error },
    );
  }
}
