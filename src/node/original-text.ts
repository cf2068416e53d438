/**
 * `Function.prototype.toString` gives the text that the author wrote: programs send functions to workers and browsers
 * by their text, and read parameter names out of it.
 */
import { findId } from '../instrument/names.ts';
import type { LoadedModule, LoadedModules } from './modules.ts';

const native = Function.prototype.toString;

/** The text of a function as V8 has it, instrumented. */
export function nativeText(fn: () => unknown): string {
  return native.call(fn);
}

interface Layout {
  readonly segments: Uint32Array;
  readonly firsts: Uint32Array;
}

export class OriginalText {
  private readonly modules: LoadedModules;
  private readonly layouts = new WeakMap<LoadedModule, Layout>();

  constructor(modules: LoadedModules) {
    this.modules = modules;
  }

  /**
   * `segments` are triples: place in the instrumented text, place in the original, length.
   * `firsts` gives, for each id of the module, where it first stands in the instrumented text.
   */
  add(module: LoadedModule, segments: readonly number[], firsts: readonly number[]): void {
    this.layouts.set(module, { segments: Uint32Array.from(segments), firsts: Uint32Array.from(firsts) });
  }

  /** What `text`, the whole text of an instrumented function or class, was before. */
  restore(text: string): string {
    const found = findId(text);
    if (!found) return text;
    const module = this.modules.holding(found.id);
    const layout = module && this.layouts.get(module);
    const first = layout?.firsts[found.id - module!.base];
    if (layout === undefined || first === undefined) return text;
    const { segments } = layout;
    // The first id in a function's text is one that stands nowhere before it in the module.
    const start = first - found.index;
    const end = start + text.length;
    const pieces: { from: number; piece: string }[] = [];
    for (let i = firstAt(segments, start); i < segments.length && segments[i]! < end; i += 3) {
      const at = Math.max(segments[i]!, start);
      const stop = Math.min(segments[i]! + segments[i + 2]!, end);
      if (stop > at) pieces.push({ from: segments[i + 1]! + at - segments[i]!, piece: text.slice(at - start, stop - start) });
    }
    pieces.sort((a, b) => a.from - b.from);
    return pieces.map((p) => p.piece).join('');
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
