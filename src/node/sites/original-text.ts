/**
 * `Function.prototype.toString` gives the text that the author wrote: programs send functions to workers and browsers
 * by their text, and read parameter names out of it.
 */
import { findId } from '../../instrument/names.ts';
import { decodeLayout } from '../cache/layout.ts';
import type { Places } from '../cache/layout.ts';
import type { LoadedModule, LoadedModules } from './modules.ts';

const native = Function.prototype.toString;
const WRAPPER_END = '\n}';
/** Longer texts are not kept, as that would keep them in memory. */
const MAX_KEPT = 10_000;

/** The text of a function as V8 has it, instrumented. */
export function nativeText(fn: (...values: never[]) => unknown): string {
  return native.call(fn);
}

export class OriginalText {
  private readonly modules: Pick<LoadedModules, 'holding'>;
  private readonly places = new WeakMap<LoadedModule, Places>();
  /** What was asked for last: who uses a function as a key, as mime-types does while it loads, asks for it again and again. */
  private last: { readonly text: string; readonly restored: string } | null = null;

  constructor(modules: Pick<LoadedModules, 'holding'>) {
    this.modules = modules;
  }

  /** What `text`, the whole text of an instrumented function or class, was before. */
  restore(text: string): string {
    if (text === this.last?.text) return this.last.restored;
    const restored = this.original(text);
    this.last = text.length > MAX_KEPT ? null : { text, restored };
    return restored;
  }

  private original(text: string): string {
    const found = findId(text);
    if (!found) return text;
    const module = this.modules.holding(found.id);
    if (module === undefined || found.id - module.base >= module.ids) return text;
    const { segments, firsts } = this.placesOf(module);
    // The first mark in a function's text is of an id that has none before it in the module.
    const start = firsts[found.id - module.base]! - found.at;
    const end = start + text.length;
    const pieces: { from: number; piece: string }[] = [];
    for (let i = firstAt(segments, start); i < segments.length && segments[i]! < end; i += 3) {
      const at = Math.max(segments[i]!, start);
      const stop = Math.min(segments[i]! + segments[i + 2]!, end);
      if (stop > at) pieces.push({ from: segments[i + 1]! + at - segments[i]!, piece: text.slice(at - start, stop - start) });
    }
    pieces.sort((a, b) => a.from - b.from);
    const original = pieces.map((p) => p.piece).join('');
    // The function that Node wraps around a CommonJS module begins before the module's text and ends behind it.
    return start < 0 ? text.slice(0, -start) + original + WRAPPER_END : original;
  }

  private placesOf(module: LoadedModule): Places {
    let places = this.places.get(module);
    if (!places) this.places.set(module, (places = decodeLayout(module.record.layout, module.ids)));
    return places;
  }

  /** Puts the restoring `toString` in place of the built-in one. */
  install(prototype: { toString(): string } = Function.prototype): void {
    const native = prototype.toString;
    const restore = (text: string): string => this.restore(text);
    const { toString } = {
      toString(this: unknown): string {
        if (this === toString) return native.call(native);
        const text = native.call(this as () => unknown);
        return text.includes('$lp') ? restore(text) : text;
      },
    };
    Object.defineProperty(prototype, 'toString', { value: toString, writable: true, enumerable: false, configurable: true });
  }
}

function firstAt(segments: Uint32Array, position: number): number {
  let low = 0;
  let high = segments.length / 3;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (segments[middle * 3]! <= position) low = middle;
    else high = middle;
  }
  return low * 3;
}
