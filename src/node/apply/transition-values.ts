/** What a patch changes on objects of the program, while it comes or goes: each task has there what the code that it runs goes by. */
import { keyOf, read, sameContent } from '../../data/index.ts';
import type { Change, Content, Place } from '../../data/index.ts';
import { CollectionView } from './collection-view.ts';
import type { Collection } from './collection-view.ts';
import { accessorOf } from './either-of.ts';
import type { Properties } from './properties.ts';
import type { TaskSide } from './task-side.ts';

/** To make a view of one takes as long as to copy it. */
const MOST_VIEWED = 50_000;

export class TransitionValues {
  private readonly properties: Properties;
  private readonly owner: object;
  private readonly side: TaskSide;
  /** Places that have been asked about, whether there is something to show or not. */
  private readonly asked = new Map<object, Set<unknown>>();
  private readonly viewed = new Set<object>();
  private isShowing = false;

  /** `owner`: of what is put on objects for that time. */
  constructor(properties: Properties, owner: object, side: TaskSide) {
    this.properties = properties;
    this.owner = owner;
    this.side = side;
  }

  /**
   * `changes`: what the patch puts where now stands what is there without it; `comesEarly`: whether what is new is put there
   * for all.
   */
  show(changes: readonly Change[], comesEarly: boolean): void {
    for (const change of changes) {
      const { place, content } = change;
      const keys = this.asked.get(place.object) ?? new Set();
      if (keys.has(keyOf(place))) continue;
      this.asked.set(place.object, keys.add(keyOf(place)));
      if ((place.kind === 'entry' || place.kind === 'member') && !(comesEarly && read(place) === undefined))
        this.view(place.object, changes);
      // Nothing but patches has put something there: older code does not look for it.
      const both = place.kind !== 'property' || this.properties.isFree(place) ? null : ofEach(this.side, place, read(place), content);
      if (both) this.put([{ place, content: both }]);
    }
  }

  private view(object: Collection, changes: readonly Change[]): void {
    // A class may have methods of its own, which only it knows how to combine.
    if (this.viewed.has(object) || object.size > MOST_VIEWED || !isPlain(object)) return;
    this.viewed.add(object);
    const view = new CollectionView(this.side, object);
    // What a patch puts there itself comes before what goes with the one that it takes the place of.
    for (const change of changes.toReversed()) if (change.place.object === object) view.change(change);
    this.put(view.methods());
  }

  private put(changes: readonly Change[]): void {
    this.isShowing = true;
    try {
      this.properties.put(this.owner, changes);
    } catch {
      // A proxy may take a value, and no accessor: it has the one of older code until the end.
    }
  }

  hide(): void {
    this.asked.clear();
    this.viewed.clear();
    if (!this.isShowing) return;
    this.isShowing = false;
    this.properties.take(this.owner);
  }
}

type Property = Extract<Place, { readonly kind: 'property' }>;

function isPlain(object: Collection): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Map.prototype || prototype === Set.prototype;
}

/** Null where they cannot both stand there: elements have an order, and whether something is there at all is so for all. */
function ofEach(side: TaskSide, place: Property, was: Content, patched: Content): Content | null {
  if (!was || !patched || sameContent(was, patched) || !was.configurable || Array.isArray(place.object)) return null;
  return accessorOf(side, place, was, patched);
}
