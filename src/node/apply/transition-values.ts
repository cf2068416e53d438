/** What a patch changes on objects of the program, while it comes or goes: each task has there what the code that it runs goes by. */
import { keyOf, read, sameContent } from '../../data/index.ts';
import type { Change, Content, Place } from '../../data/index.ts';
import { accessorOf, eitherEntry } from './either-of.ts';
import type { Properties } from './properties.ts';
import type { TaskSide } from './task-side.ts';

export class TransitionValues {
  private readonly properties: Properties;
  private readonly owner: object;
  private readonly side: TaskSide;
  /** Places that have been asked about, whether there is something to show or not. */
  private readonly asked = new Map<object, Set<unknown>>();
  private isShowing = false;

  /** `owner`: of what is put on objects for that time. */
  constructor(properties: Properties, owner: object, side: TaskSide) {
    this.properties = properties;
    this.owner = owner;
    this.side = side;
  }

  /** `changes`: what the patch puts where now stands what is there without it. */
  show(changes: readonly Change[]): void {
    for (const { place, content } of changes) {
      const keys = this.asked.get(place.object) ?? new Set();
      if (keys.has(keyOf(place))) continue;
      this.asked.set(place.object, keys.add(keyOf(place)));
      // Nothing but patches has put something there: older code does not look for it.
      const both = this.properties.isFree(place) ? null : ofEach(this.side, place, read(place), content);
      if (!both) continue;
      this.isShowing = true;
      try {
        this.properties.put(this.owner, [{ place, content: both }]);
      } catch {
        // A proxy may take a value, and no accessor: it has the one of older code until the end.
      }
    }
  }

  hide(): void {
    this.asked.clear();
    if (!this.isShowing) return;
    this.isShowing = false;
    this.properties.take(this.owner);
  }
}

/** Null where they cannot both stand there: elements have an order, and whether something is there at all is so for all. */
function ofEach(side: TaskSide, place: Place, was: Content, patched: Content): Content | null {
  if (!was || !patched || sameContent(was, patched)) return null;
  if (place.kind === 'entry') return eitherEntry(side, was, patched);
  if (place.kind !== 'property' || !was.configurable || Array.isArray(place.object)) return null;
  return accessorOf(side, place, was, patched);
}
