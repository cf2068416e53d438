/** Gives a CommonJS module the exports of another one, as the helpers of compilers do, but so that they can be taken back. */
export function exportAll(exports: object, module: object): void {
  for (const name of Object.keys(module)) {
    if (name === 'default' || Object.hasOwn(exports, name)) continue;
    const get = (): unknown => (module as Record<string, unknown>)[name];
    Object.defineProperty(exports, name, { enumerable: true, configurable: true, get });
  }
}
