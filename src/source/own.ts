/** Parts of livepatch that most processes never need are loaded when they are needed, in the middle of a synchronous hook. */
import { readFileSync } from 'node:fs';
import { Module, createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const load = createRequire(import.meta.url);
const isCompiled = import.meta.url.endsWith('.js');
const extension = isCompiled ? '.js' : '.ts';
/** Taken now: a program may put something else in its place. */
const { _compile: compile } = (Module as unknown as { readonly prototype: { _compile(text: string, file: string, format: string): void } })
  .prototype;
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
  loading = true;
  try {
    return (isCompiled ? compiled(file) : load(file)) as T;
  } finally {
    delete load.cache[file];
    loading = outer;
  }
}

/** What `require` does with an ES module, without what a program may have put in its way: compilers of what it requires. */
function compiled(file: string): unknown {
  const module = new Module(file) as Module & { filename: string };
  module.filename = file;
  compile.call(module, readFileSync(file, 'utf8'), file, 'module');
  return module.exports;
}
