import { Activation } from './activation.ts';
import type { Site } from './site.ts';

/** So many more are made at a time as there are, within these bounds. */
const FEW = 64;
const MANY = 1024;
/** The place of the one that is of no run and never will be: it ends the list of those that wait for one. */
const NONE = 0;

/**
 * The records of activations. They are used again, so that a call makes nothing for the collector and links nothing.
 *
 * `take` and `put` are part of every call of a tracked function: see `createOriginals` for why they are so short.
 */
export interface Records {
  /** Another array once they have been compacted. */
  all(): readonly Activation[];
  /** One of no run. */
  take(): Activation;
  /** Ends the run of one that may be used again. */
  put(activation: Activation): void;
  /** From here on this one is kept by others alone. */
  drop(activation: Activation): void;
  /** Keeps no more than half as many as live and a few. Whoever goes through an array goes on through the same one. */
  compact(): void;
}

export function createRecords(siteOf: (id: number) => Site): Records {
  return recordsOf([new Activation(NONE, NONE, siteOf)], NONE, siteOf);
}

/** `free` is the place of the first record of no run: last in, first out, as it is still in the processor's cache. */
function recordsOf(places: Activation[], free: number, siteOf: (id: number) => Site): Records {
  makeMore();
  return { all: () => places, take, put, drop, compact };

  function take(): Activation {
    const activation = places[free]!;
    if (!(free = activation.next)) makeMore();
    return activation;
  }

  function put(activation: Activation): void {
    activation.end();
    activation.next = free;
    free = activation.place;
  }

  function drop({ place }: Activation): void {
    places[place] = places[NONE]!;
  }

  function compact(): void {
    const live = places.filter((activation) => activation.live);
    if (places.length < 4 * (live.length + FEW)) return;
    places = [places[NONE]!, ...live];
    for (const [place, activation] of places.entries()) activation.place = place;
    free = NONE;
    makeMore();
  }

  function makeMore(): void {
    for (let n = Math.min(Math.max(places.length, FEW), MANY); n > 0; n--) {
      const place = places.length;
      places.push(new Activation(place, free, siteOf));
      free = place;
    }
  }
}
