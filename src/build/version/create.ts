/** Functions that make objects: what the patch has to see to where they are called. */
import type { FunctionInfo } from '../../source/model.ts';

/** By what JavaScript says, or for a plain function by the custom of its name. */
export function isConstructor(fn: FunctionInfo): boolean {
  if (fn.kind === 'constructor' || fn.kind === 'derived-constructor') return true;
  return fn.kind === 'function' && /(^|[./])[A-Z]\w*$/.test(fn.path);
}
