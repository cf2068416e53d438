/**
 * A build for CommonJS, AMD and browsers whose package says of its files now that they are ES modules: nobody asks for it as
 * one, and a process goes by the package file that it was installed with.
 */
import type { AnyNode, Program } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import type { ModuleModel } from '../../source/model.ts';

const GIVEN = new Set(['exports', 'module', 'require']);

/** The module as the process loads it; null where its text is that of an ES module, or may be. */
export function stillCommonJs({ program, references, text, file }: ModuleModel): ModuleModel | null {
  if ((program as Program).body.some(({ type }) => /^(?:Ex|Im)port/.test(type))) return null;
  const asks = references.some(({ node, binding }) => GIVEN.has((node as AnyNode & { name: string }).name) && binding === null);
  if (!asks) return null;
  try {
    return analyzeModule(text, 'commonjs', file);
  } catch {
    // `import.meta`, or an `await` at the top level.
    return null;
  }
}
