/**
 * What is done next, and what is in force after it. A world is a stack of patches; what a function is in it, is what
 * the topmost patch that has it says, as in the engine. In every world each call fits the signature of what it calls.
 */
import { CALLERS, FUNCTIONS } from './functions.mjs';
import { SIGNATURE_COUNT } from './source.mjs';

const STACKED_MAX = 4;

/** @typedef {{ version: number, name: string, set: Set<string>, signatures: Map<string, number>, moved: boolean }} Layer */

export class World {
  /** @param {readonly Layer[]} layers */
  constructor(layers = []) {
    this.layers = layers;
    this.versions = new Map(FUNCTIONS.map(({ name }) => [name, layers.findLast(({ set }) => set.has(name))?.version ?? 0]));
  }
}

export class Plan {
  world = new World();
  #dice;
  #last = 0;

  constructor(dice) {
    this.#dice = dice;
  }

  /** Something to apply or revert: `next` is the world after it. */
  step() {
    const { layers } = this.world;
    if (layers.length > 0 && this.#dice() < 0.2) {
      // A layer in the middle can only go where none has changed a signature that those above rely on.
      const free = layers.every(({ moved }) => !moved);
      const gone = free ? this.#oneOf(layers) : layers.at(-1);
      return { op: 'revert', name: gone.name, next: new World(layers.filter((layer) => layer !== gone)) };
    }
    const stacked = layers.length > 0 && layers.length < STACKED_MAX && this.#dice() < 0.35;
    const layer = this.#layer(stacked ? layers.at(-1).signatures : new Map(), stacked);
    return { op: 'apply', layer, name: layer.name, replace: !stacked, next: new World(stacked ? [...layers, layer] : [layer]) };
  }

  #layer(inherited, stacked) {
    const version = ++this.#last;
    const signatures = new Map(inherited);
    const share = this.#dice() < 0.15 ? 1 : this.#dice();
    const set = new Set(FUNCTIONS.filter(() => this.#dice() < share).map(({ name }) => name));
    set.add(this.#oneOf(FUNCTIONS).name);
    const moved = !stacked && this.#dice() < 0.5;
    if (moved) {
      for (let count = 1 + Math.floor(this.#dice() * 5); count > 0; count--) {
        const { name, fixed } = this.#oneOf(FUNCTIONS);
        if (fixed) continue;
        signatures.set(name, 1 + Math.floor(this.#dice() * (SIGNATURE_COUNT - 1)));
        set.add(name);
        for (const caller of CALLERS.get(name)) set.add(caller);
      }
    }
    return { version, name: `p${version}`, set, signatures, moved: stacked ? false : signatures.size > 0 };
  }

  #oneOf(list) {
    return list[Math.floor(this.#dice() * list.length)];
  }
}
