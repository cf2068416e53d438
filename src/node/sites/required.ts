/** What `require` has loaded, of the programs that it runs: also what livepatch has not seen come. */
import { Module } from 'node:module';
import { extname, isAbsolute } from 'node:path';

/** No code of JavaScript. */
const DATA = new Set(['.json', '.node', '.wasm']);

const loaded = (): Readonly<Record<string, object | undefined>> =>
  (Module as unknown as { readonly _cache: Readonly<Record<string, object | undefined>> })._cache;

export const isRequired = (file: string): boolean => loaded()[file] !== undefined;

export const requiredFiles = (): string[] => Object.keys(loaded()).filter((file) => isAbsolute(file) && !DATA.has(extname(file)));
