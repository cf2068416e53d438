/** Parts of livepatch that most processes never need are loaded when they are needed, in the middle of a synchronous hook. */
import Module, { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

type Load = (module: object, file: string) => void;

const load = createRequire(import.meta.url);
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const extensions = (Module as unknown as { _extensions: Record<string, Load | undefined> })._extensions;
/** Taken now: a program may compile what it requires, for another Node than this or with its own checks. */
const loadFile = extensions[extension];
/** The folder that all of livepatch's own code is in, as a URL. */
export const OWN_FOLDER = new URL('../', import.meta.url).href;
let loading = false;

/** What is being loaded now is livepatch's own, whatever package it is of. */
export const loadingOwn = (): boolean => loading;

/**
 * `name` is the path of a file from the folder that all are in, without its ending. The program's hooks of `require` and its
 * `require.cache` learn nothing of it.
 */
export function loadOwn<T>(name: string): T {
  const file = fileURLToPath(new URL(`${name}${extension}`, OWN_FOLDER));
  const outer = loading;
  const theirs = extensions[extension];
  loading = true;
  if (loadFile) extensions[extension] = loadFile;
  try {
    return load(file) as T;
  } finally {
    if (theirs) extensions[extension] = theirs;
    delete load.cache[file];
    loading = outer;
  }
}
