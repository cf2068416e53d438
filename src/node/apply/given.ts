/**
 * What a file that the patch brings along finds in a module that the patch changes. The running module goes on giving away
 * what it has until the transition is complete, an ES module for ever; new code has the new values from the start.
 */
import { types } from 'node:util';
import { WHOLE } from '../../patch/format.ts';

/** The new exports of a module of the patch: each is looked up when it is read. */
export type Given = Record<string, unknown>;

/** The exports of a running module, with the new ones in their place. */
export function withGiven(exports: unknown, given: Given): unknown {
  if (Object.hasOwn(given, WHOLE)) return given[WHOLE];
  if (types.isModuleNamespaceObject(exports)) {
    const running = exports as Record<string, unknown>;
    const view = Object.create(null) as Record<string, unknown>;
    for (const name of new Set([...Object.keys(running), ...Object.keys(given)]))
      Object.defineProperty(view, name, { enumerable: true, get: () => (Object.hasOwn(given, name) ? given : running)[name] });
    return view;
  }
  if (exports === null || (typeof exports !== 'object' && typeof exports !== 'function')) return exports;
  const isGiven = (key: PropertyKey): key is string => typeof key === 'string' && Object.hasOwn(given, key);
  return new Proxy(exports, {
    get: (target, key) => (isGiven(key) && !isFixed(target, key) ? given[key] : (Reflect.get(target, key) as unknown)),
    has: (target, key) => isGiven(key) || Reflect.has(target, key),
    ownKeys: (target) => {
      const own = Reflect.ownKeys(target);
      return Object.isExtensible(target) ? [...new Set([...own, ...Object.keys(given)])] : own;
    },
    getOwnPropertyDescriptor: (target, key) => {
      const own = Reflect.getOwnPropertyDescriptor(target, key);
      if (!isGiven(key) || (own ? !own.configurable : !Object.isExtensible(target))) return own;
      return { value: given[key], writable: true, enumerable: true, configurable: true };
    },
  });
}

/** Whether the language keeps a proxy from giving another value of it. */
function isFixed(target: object, key: string): boolean {
  const own = Reflect.getOwnPropertyDescriptor(target, key);
  return own?.configurable === false && own.writable !== true && own.get === undefined;
}

const KEY = Symbol.for('livepatch.given');
const holder = globalThis as { [KEY]?: Map<string, Given> };

/** Text of the ES module that stands for the one at `url` where a file of the patch imports it. */
export function standInText(url: string, given: Given): string {
  if (!holder[KEY]) Object.defineProperty(holder, KEY, { value: new Map(), configurable: true });
  holder[KEY]!.set(url, given);
  const real = JSON.stringify(url);
  const names = Object.keys(given);
  const own = names.includes('default') ? [] : ['default as $lp_default'];
  if (names.includes(WHOLE)) return `export default globalThis[Symbol.for('livepatch.given')].get(${real})[${JSON.stringify(WHOLE)}];\n`;
  return [
    `import * as $lp_real from ${real};`,
    `export * from ${real};`,
    `const $lp_given = globalThis[Symbol.for('livepatch.given')].get(${real});`,
    ...names.map((name, i) => `const $lp_${i} = $lp_given[${JSON.stringify(name)}];`),
    ...(own.length > 0 ? ['const $lp_default = $lp_real.default;'] : []),
    `export { ${[...names.map((name, i) => `$lp_${i} as ${JSON.stringify(name)}`), ...(own.length > 0 ? ['$lp_default as default'] : [])].join(', ')} };`,
    '',
  ].join('\n');
}
