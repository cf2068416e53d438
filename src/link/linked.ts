/** What linking makes of the parts of a module's patch: values and functions of the process, ready to be put in force. */
import type { AddedMember } from '../patch/format.ts';
import type { Accessor } from './accessor.ts';
import type { ScopeEval } from './scopes.ts';

export type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** Finds what a call runs by the site's handle, its accessor and new.target; the result is called as the site's function was. */
export interface Resolve {
  (handle?: ScopeEval, accessor?: Accessor, newTarget?: unknown): Callable;
  /** Present where it is the same for every call: gives it, or null while its scope does not exist. */
  readonly fixed?: () => Callable | null;
}

export interface LinkedMember {
  readonly member: AddedMember;
  readonly name: PropertyKey;
  readonly cls: object;
  readonly implementation: Callable;
}

/** See PatchProperty; a getter is the value, and so are attributes. */
export interface LinkedProperty {
  readonly object: object;
  readonly name: PropertyKey;
  readonly value: unknown;
  readonly getter: boolean;
  readonly hidden: boolean;
  readonly attributes: boolean;
}

export interface LinkedConstructor {
  readonly cls: object;
  /** Id of its site within the module. */
  readonly site: number;
  /** What a site there would hand over of its scope. */
  readonly environment: ScopeEval | 0;
}

/** The fields that a class of the program gets: see PatchFields. */
export interface LinkedFields {
  readonly type: object;
  readonly fields: readonly {
    readonly name: string | symbol;
    init(object: object): unknown;
    readonly assigned: boolean;
    readonly hidden?: { has?(object: object): boolean; set(object: object, value: unknown): void; remove(object: object): void };
  }[];
}

export interface LinkedMerge {
  readonly name: string;
  /** Null where the target is the table itself. */
  readonly key: string | null;
  readonly optional: boolean;
  readonly moves: boolean;
  /** Of what calls with other arguments make: see `PatchMerge`. */
  readonly called: { readonly written: readonly string[]; readonly hides: boolean; readonly renews: boolean } | null;
  readonly target: unknown;
  /** Absent where there is nothing. */
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface LinkedFill {
  readonly tables: readonly unknown[];
  readonly run: () => void;
}
