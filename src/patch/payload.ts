/**
 * Whether what an envelope holds is a patch. Its digest says that it has come as it was written, not what wrote it: what is
 * none is refused by the reader, and not by whatever trips over it first in the middle of a process.
 */
import type { Patch, PatchModule } from './format.ts';

type Test = (value: unknown) => boolean;
/** What has to be there: the compiler asks for every property that is not optional. */
type Tests<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: Test };

const text: Test = (value) => typeof value === 'string';
const number: Test = (value) => Number.isInteger(value);
const object: Test = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const list: Test = (value) => Array.isArray(value) && value.every(object);
const oneOf =
  (...values: readonly unknown[]): Test =>
  (value) =>
    values.includes(value);

const MODULE: Tests<PatchModule> = {
  file: text,
  package: (value) => value === null || object(value),
  hash: text,
  format: oneOf('commonjs', 'module'),
  ids: number,
  units: list,
  functions: list,
  privates: list,
  members: list,
  properties: list,
  exports: list,
};

const PATCH: Tests<Patch> = {
  name: (value) => text(value) && value !== '',
  mode: oneOf('task', 'request', 'barrier'),
  replace: oneOf(true, false),
  instrumentation: number,
  origin: object,
  modules: list,
  added: list,
  verdicts: list,
};

/** What is wrong with the payload, such as "modules[2].hash"; null for a patch. */
export function flawOf(payload: unknown): string | null {
  const flaw = flawIn(payload, PATCH);
  if (flaw !== null) return flaw;
  for (const [i, module] of (payload as Patch).modules.entries()) {
    const inModule = flawIn(module, MODULE);
    if (inModule !== null) return `modules[${i}].${inModule}`;
  }
  return null;
}

function flawIn(value: unknown, tests: Readonly<Record<string, Test>>): string | null {
  if (!object(value)) return 'all of it';
  const properties = value as Readonly<Record<string, unknown>>;
  return Object.keys(tests).find((name) => !tests[name]!(properties[name])) ?? null;
}
