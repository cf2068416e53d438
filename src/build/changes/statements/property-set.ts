import type { AnyNode } from 'acorn';
import type { HandleScope } from '../../../instrument/plan.ts';
import type { Holder } from '../tables/joined.ts';

/** A property that the new top level sets on an object that exists. */
export interface PropertySet {
  readonly handle: HandleScope;
  readonly owner: AnyNode;
  /** Where the object is found, if `owner` does not give it. */
  readonly holder?: Holder;
  readonly name: string;
  readonly value: AnyNode;
  /** The variable of the scope, new in the patch, that has the value. */
  readonly local?: string;
  readonly getter?: boolean;
  /** The property stays what it is, and only becomes enumerable, or no longer is. */
  readonly enumerable?: boolean;
  /** What is said of the property in its descriptor; what is not said of one that is there stays. */
  readonly descriptor?: AnyNode;
  /** What the key is computed of; `name` is for people then. */
  readonly key?: AnyNode;
  /** It is set on the prototype of what `owner` gives. */
  readonly onPrototype?: true;
  /** The property is not enumerable, if it is new. */
  readonly hidden?: boolean;
  /** The object is what a module in a bundle gives away. */
  readonly exported?: boolean;
  readonly node: AnyNode;
}
