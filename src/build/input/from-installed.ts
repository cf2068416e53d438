/** Where what an installed file asks for is installed, as Node resolves it. */
import { Module, createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { ModuleFormat } from '../../source/parse.ts';

/** What holds in every process for what is imported. */
const OF_IMPORTS: ReadonlySet<string> = new Set(['node', 'import', 'module-sync', 'node-addons']);

interface Resolving {
  _resolveFilename(specifier: string, parent: Module, isMain: false, options: { readonly conditions: ReadonlySet<string> }): string;
  _nodeModulePaths(from: string): string[];
}

/**
 * The file that code at `path`, of that format, is given for `specifier`. A package may have one for who imports it and another
 * for `require`, or none. Throws where there is none.
 */
export function resolvedFrom(path: string, format: ModuleFormat, specifier: string): string {
  if (format === 'module')
    try {
      return imported(path, specifier);
    } catch {
      // An ES module may have a `require` of its own.
    }
  return createRequire(path).resolve(specifier);
}

function imported(path: string, specifier: string): string {
  // nb: Node tells nobody what a file other than the one that asks would import: https://nodejs.org/api/esm.html#importmetaresolvespecifier
  const { _resolveFilename, _nodeModulePaths } = Module as unknown as Resolving;
  const parent = Object.assign(new Module(path), { filename: path, paths: _nodeModulePaths(dirname(path)) });
  return _resolveFilename(specifier, parent, false, { conditions: OF_IMPORTS });
}
