/** Parts of livepatch that most processes never need are loaded when they are needed, in the middle of a synchronous hook. */
import { readFileSync } from 'node:fs';
import { Module, createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { LivepatchError } from '../errors/errors.ts';
import { BUILD } from './build.ts';

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

/** What has been loaded, by its name. */
const loaded = new Map<string, unknown>();

/**
 * `name` is the path of a file from the folder that all are in, without its ending. The program's hooks of `require` and its
 * `require.cache` learn nothing of it. Throws ERR_OWN_FILES where a deployment has taken it away, or put another version there.
 */
export function loadOwn<T>(name: string): T {
  if (!loaded.has(name)) loaded.set(name, isCompiled ? quietly(() => compiled(name)) : quietly(() => required(name)));
  return loaded.get(name) as T;
}

function quietly(body: () => unknown): unknown {
  const outer = loading;
  loading = true;
  try {
    return body();
  } finally {
    loading = outer;
  }
}

const fileOf = (name: string): string => fileURLToPath(new URL(`${name}${extension}`, OWN_FOLDER));

function required(name: string): unknown {
  const file = fileOf(name);
  try {
    return load(file);
  } finally {
    delete load.cache[file];
  }
}

/** What `require` does with an ES module, without what a program may have put in its way: compilers of what it requires. */
function compiled(name: string): unknown {
  const file = fileOf(name);
  const text = textOf(file);
  // Parts of another build go by what this one lacks.
  if (BUILD !== null && !textOf(fileOf('source/build')).includes(BUILD)) throw gone();
  const module = new Module(file) as Module & { filename: string };
  module.filename = file;
  compile.call(module, text, file, 'module');
  return module.exports;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw gone(error);
  }
}

const gone = (cause?: unknown): LivepatchError =>
  new LivepatchError(
    'ERR_OWN_FILES',
    { folder: fileURLToPath(OWN_FOLDER) },
    {
      cause,
      hint: 'Put the same build of livepatch there again, or restart the program. A release in a folder of its own takes nothing away.',
    },
  );
