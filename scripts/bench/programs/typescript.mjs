/** TypeScript 5.9 checks and emits the engine. */
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const ts = createRequire(import.meta.url)('typescript5');
const folder = fileURLToPath(new URL('../../../src/engine/', import.meta.url));
const files = readdirSync(folder).map((name) => folder + name);
const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ['lib.es5.d.ts'],
  types: [],
  strict: true,
  allowImportingTsExtensions: true,
  rewriteRelativeImportExtensions: true,
};
const parsed = new Map();
const host = ts.createCompilerHost(options);
const read = host.getSourceFile;
host.getSourceFile = (name, ...rest) => {
  if (!name.includes('/typescript5/')) return read(name, ...rest);
  if (!parsed.has(name)) parsed.set(name, read(name, ...rest));
  return parsed.get(name);
};
host.writeFile = () => {};

export function work() {
  const program = ts.createProgram(files, options, host);
  const found = ts.getPreEmitDiagnostics(program).length;
  program.emit();
  if (readFileSync(files[0]).length === 0) throw new Error(`${found} problems`);
}
