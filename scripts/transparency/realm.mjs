// A realm of its own for one test: scripts and modules in it are run as they are, or instrumented.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import vm from 'node:vm';

const dist = new URL('../../dist/', import.meta.url);
const { analyzeModule } = await import(new URL('source/analyze.js', dist).href);
const { instrument } = await import(new URL('instrument/instrument.js', dist).href);
const { GROUP, NAMES, groupOf, marksIn, slotName } = await import(new URL('instrument/names.js', dist).href);
const { encodeLayout } = await import(new URL('node/cache/layout.js', dist).href);
const { OriginalText } = await import(new URL('node/sites/original-text.js', dist).href);

/** The instrumented form of a module; null where its text does not parse as one, or must be left as it is. */
export function instrumented(text, format, file, base = 0) {
  try {
    const outcome = instrument(analyzeModule(text, format, file), base);
    return outcome.ok ? outcome.result : null;
  } catch {
    return null;
  }
}

// What runs in place of the engine: records that go nowhere. The form of the code is what is compared.
const entryPoints = {
  [NAMES.enter]: () => ({ at: 0 }),
  [NAMES.enterLoop]: () => ({ at: 0 }),
  [NAMES.over]: () => null,
  [NAMES.exit]: (_, value) => value,
  [NAMES.suspend]: (activation, at, value) => ((activation.at = at), value),
  [NAMES.resume]: (_, value) => value,
  [NAMES.register]: (_, evaluate) => evaluate,
};

// In the realm itself, whose errors these throw.
const ITERATION = readFileSync(new URL('link/iteration.js', dist), 'utf8').replaceAll(/^export (?=class|function)/gm, '');

const HOST = `globalThis.$262 = {
  global: globalThis, gc() {}, agent: {}, evalScript(t) { return (0, eval)(t); },
  createRealm() { throw new Error('no realms'); },
  detachArrayBuffer(b) { structuredClone(b, { transfer: [b] }); },
};`;

export class Realm {
  context = vm.createContext(Object.create(null));
  #instruments;
  #loaded = [];
  #next = 0;
  #modules = new Map();

  constructor(instruments, globals) {
    this.#instruments = instruments;
    Object.assign(this.context, globals);
    vm.runInContext(HOST, this.context);
    if (!instruments) return;
    const originals = new OriginalText({ holding: (id) => this.#loaded.find((m) => id >= m.base && id < m.base + m.ids) });
    const prototype = vm.runInContext('Function.prototype', this.context);
    originals.install(prototype);
    // Made out here, it would inherit from this realm's.
    Object.setPrototypeOf(prototype.toString, prototype);
    const nothing = vm.runInContext('value => new TypeError(String(value))', this.context);
    const { iterate, complain } = vm.runInContext(`(() => {${ITERATION}\nreturn {iterate, complain}})()`, this.context);
    const all = { ...entryPoints, [NAMES.nothing]: nothing, [NAMES.iterate]: iterate, [NAMES.complain]: complain };
    this.context.__entry = all;
    const names = Object.keys(all).join(',');
    vm.runInContext(`const {${names}}=__entry;delete globalThis.__entry;let ${NAMES.result},${NAMES.transition};`, this.context);
  }

  /** The text that runs for `text`. */
  #form(text, format, file) {
    const base = this.#next;
    const result = this.#instruments ? instrumented(text, format, file, base) : null;
    if (!result) return text;
    const { ids } = result.plan;
    const slots = Math.ceil(ids / GROUP);
    this.#next += slots * GROUP;
    this.#loaded.push({ base, ids, record: { layout: encodeLayout(result.segments, marksIn(result.text), base) } });
    if (slots > 0) vm.runInContext(`let ${Array.from({ length: slots }, (_, i) => slotName(groupOf(base) + i)).join(',')};`, this.context);
    return result.text;
  }

  /** Runs a text that belongs to nobody, as a script. */
  script(text) {
    vm.runInContext(text, this.context);
  }

  commonjs(text, file) {
    const fn = vm.compileFunction(this.#form(text, 'commonjs', file), ['exports', 'require', 'module', '__filename', '__dirname'], {
      parsingContext: this.context,
      importModuleDynamically: (specifier, _, attributes) => this.#import(specifier, file, attributes),
    });
    fn.call({});
  }

  async module(text, file) {
    const module = this.#source(text, file);
    this.#modules.set(`${file} `, module);
    await this.#link(module);
    await module.evaluate();
  }

  #source(text, file) {
    return new vm.SourceTextModule(this.#form(text, 'module', file), {
      context: this.context,
      identifier: file,
      importModuleDynamically: (specifier, _, attributes) => this.#import(specifier, file, attributes),
    });
  }

  #resolve(specifier, from, attributes) {
    const file = resolve(dirname(from), specifier);
    const type = attributes?.type ?? '';
    const key = `${file} ${type}`;
    let module = this.#modules.get(key);
    if (!module) {
      const text = readFileSync(file, 'utf8');
      module = type === '' ? this.#source(text, file) : this.#value(type === 'json' ? this.context.JSON?.parse(text) : text);
      this.#modules.set(key, module);
    }
    return module;
  }

  #value(value) {
    const module = new vm.SyntheticModule(['default'], () => module.setExport('default', value), { context: this.context });
    return module;
  }

  async #link(module) {
    if (module.status === 'unlinked')
      await module.link((specifier, from, { attributes }) => this.#resolve(specifier, from.identifier, attributes));
  }

  async #import(specifier, from, attributes) {
    const module = this.#resolve(String(specifier), from, attributes);
    await this.#link(module);
    await module.evaluate();
    return module;
  }
}
