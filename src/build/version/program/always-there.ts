/** What every process has that can be patched, whatever runs in it: names of the language and of Node, for conditions that ask for them. */

/** Objects of which no member came with a later Node than the oldest that can be patched. */
const WITH_MEMBERS = /^(?:Array|Function|JSON|Number|Object|String)$/;
const NAMES =
  /^(?:Boolean|Buffer|Date|Error|Map|Math|Promise|Proxy|Reflect|RegExp|Set|Symbol|URL|WeakMap|WeakSet|(?:Int|Uint)(?:8|16|32)Array|ArrayBuffer|(?:clear|set)(?:Immediate|Interval|Timeout))$/;
const OTHERS =
  /^(?:Error\.captureStackTrace|Symbol\.(?:for|iterator|asyncIterator|hasInstance|toPrimitive|toStringTag)|process(?:\.(?:env|versions|nextTick))?)$/;
const OF_MODULES =
  /^(?:util(?:\.(?:inherits|debuglog|deprecate|promisify|inspect(?:\.custom)?))?|events(?:\.EventEmitter)?|stream(?:\.(?:Readable|Writable|Duplex|Transform|PassThrough))?|buffer\.Buffer(?:\.(?:from|alloc|allocUnsafe))?)$/;

/** What a global name or a member of one gives, as `Array.prototype.map` does; undefined where a process may lack it. */
export function alwaysThere(path: string): unknown {
  const [root, ...names] = path.split('.') as [string, ...string[]];
  const isKnown = WITH_MEMBERS.test(root) || OTHERS.test(path) || (names.length === 0 && NAMES.test(root));
  if (!isKnown) return undefined;
  return memberOf(globalThis, [root, ...names]);
}

/** The same of what a module of Node gives: `util.inspect.custom`. */
export function alwaysInModule(module: string, names: readonly string[]): unknown {
  if (!OF_MODULES.test([module, ...names].join('.'))) return undefined;
  return memberOf(process.getBuiltinModule(module), names);
}

function memberOf(object: unknown, names: readonly string[]): unknown {
  let value = object;
  for (const name of names) {
    const isHolder = (typeof value === 'object' && value !== null) || typeof value === 'function';
    if (!isHolder || !Object.hasOwn(value as object, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
