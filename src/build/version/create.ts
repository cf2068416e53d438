/** Functions that make objects: what the patch has to see to where they are called. */
import type { FunctionInfo, ModuleModel } from '../../source/model.ts';

/** By what JavaScript says, or for a plain function by the custom of its name. */
export function isConstructor(fn: FunctionInfo): boolean {
  if (fn.kind === 'constructor' || fn.kind === 'derived-constructor') return true;
  return fn.kind === 'function' && /(^|[./])[A-Z]\w*$/.test(fn.path);
}

/** The name, for code of the module, of the class or constructor that stands under `path`; null where it has none that lasts. */
export function namedInModule({ scope }: ModuleModel, path: string): string | null {
  const binding = scope.lookup(path);
  return binding?.scope === scope && !binding.reassigned && binding.declarations.length === 1 ? path : null;
}
