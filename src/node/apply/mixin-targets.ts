/**
 * Objects on which a program has put what an object of a module has, as it does with mixins
 * (`extend(Box.prototype, require('./css'))`): they get what that has anew, when new code first comes to one.
 */
import type { Change } from '../../data/index.ts';
import type { Properties } from './properties.ts';

type Put = Change & { readonly place: { readonly kind: 'property' } };

export class MixinTargets {
  /** By the objects that have it anew. */
  private readonly gained = new Map<object, Put[]>();
  private readonly properties: Properties;
  private readonly owner: object;
  private readonly beside: (change: Change) => Change;
  private touched = new WeakSet<object>();

  /** `owner`: of what the patch puts on objects early; `beside`: of a place where another patch has something as well. */
  constructor(properties: Properties, owner: object, beside: (change: Change) => Change) {
    this.properties = properties;
    this.owner = owner;
    this.beside = beside;
  }

  /** `changes`: what is put on objects of modules. */
  add(changes: readonly Change[]): void {
    this.touched = new WeakSet();
    for (const change of changes) {
      if (!isPut(change)) continue;
      const { object } = change.place;
      const known = this.gained.get(object);
      if (known) known.push(change);
      else this.gained.set(object, [change]);
    }
  }

  /** New code is about to ask `value` for what an object of its module has anew. */
  touch(value: unknown): unknown {
    if (value !== null && (typeof value === 'object' || typeof value === 'function') && !this.touched.has(value)) this.complete(value);
    return value;
  }

  private complete(value: object): void {
    this.touched.add(value);
    for (const [source, changes] of this.gained) {
      const missing = changes.filter(({ place }) => !this.properties.has(value, place.key));
      const target = missing.length > 0 ? targetIn(value, source) : null;
      if (target === null) continue;
      const { owner, properties } = this;
      const own = missing.map(({ place, content }) => this.beside({ place: { ...place, object: target }, content }));
      properties.put(owner, own);
    }
  }
}

const isPut = (change: Change): change is Put => change.place.kind === 'property';

/** What has a function of `source` by the same name: the object itself, or what it inherits from. */
function targetIn(value: object, source: object): object | null {
  for (let at: object | null = value; at !== null && at !== source; at = Object.getPrototypeOf(at) as object | null)
    if (Object.isExtensible(at) && sharesFunction(at, source)) return at;
  return null;
}

function sharesFunction(object: object, source: object): boolean {
  return Object.keys(source).some((key) => {
    const own: unknown = Object.getOwnPropertyDescriptor(source, key)?.value;
    return typeof own === 'function' && Object.getOwnPropertyDescriptor(object, key)?.value === own;
  });
}
