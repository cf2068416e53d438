/** The one place that knows the parsers: source text in, ESTree out. */
import type { Program } from 'acorn';
import { LivepatchError } from '../errors/errors.ts';
import { parseCommon } from '../syntax/parse.ts';
import { loadOwn } from './own.ts';
import type * as WholeParser from './whole-parser.ts';

export type ModuleFormat = 'commonjs' | 'module';

let whole: typeof WholeParser | null = null;

/** Parses a module. Throws ERR_SYNTAX with file, line and column. */
export function parseModule(text: string, format: ModuleFormat, file: string): Program {
  const common = parseCommon(text, format === 'module');
  if (common !== null) return common;
  whole ??= loadOwn<typeof WholeParser>('source/whole-parser');
  try {
    return whole.parse(text, {
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
      { file, of: '', reason: error instanceof Error ? error.message : String(error) },
      { where: { file, ...(loc ? { line: loc.line, column: loc.column } : {}) }, cause: error },
    );
  }
}
