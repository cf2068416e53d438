/** How the code of a module asks for another: `require`, or what gives at once what an import would. */
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Asking {
  (specifier: string): unknown;
  resolve(specifier: string): string;
}

/** `import.meta`, as far as it is asked. */
interface Meta {
  resolve?(specifier: string): string;
}

/** `require` of the file at `path`. */
export const requireAt = (path: string): Asking => createRequire(pathToFileURL(path));

/**
 * Asks as the ES module at `path` imports, of which `meta` gives the `import.meta`: a package may have one file for imports and
 * another for `require`, or none.
 */
export function importAt(path: string, meta: () => unknown): Asking {
  const own = requireAt(path);
  const resolve = (specifier: string): string => {
    const { resolve: urlOf } = (meta() ?? {}) as Meta;
    if (!urlOf || isBuiltin(specifier)) return own.resolve(specifier);
    const url = new URL(urlOf(specifier));
    // What `require` takes is a path: anything else it refuses under the name that the code has.
    return url.protocol === 'file:' && `${url.search}${url.hash}` === '' ? fileURLToPath(url) : own.resolve(specifier);
  };
  return Object.assign((specifier: string) => own(resolve(specifier)), { resolve });
}
