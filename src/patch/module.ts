/** What a patch changes in one module: new code by the scopes in which it is evaluated, and what is done with it. */
import type { ModuleFormat } from '../source/parse.ts';

/** What kind of scope a handle evaluates in: see the instrumentation plan. */
export type HandleKind = 'module' | 'wrapper' | 'bundled' | 'heavy' | 'class';

/** How a version is called by its site. */
export type Shape =
  /** The implementation itself, called as the site's function was. */
  | 'direct'
  /** A factory: given the accessor object of the captured variables it returns the implementation, in the form the site calls. */
  | 'closure'
  /** A derived constructor: a generator that is given new.target and the arguments, yields super()'s arguments, is resumed with `this` and returns it. */
  | 'derived'
  /** The initialiser of a field: a function called with the instance as `this` that returns the value. */
  | 'field';

/**
 * Where a call that is in a loop goes on in another version of it: a function `(values, cells) => ...` of the unit, in the
 * form of the version, that begins with that loop's body. It reads what it is handed by name: values are its own from
 * then on, cells it goes on sharing with the closures that exist. Both objects may hold more.
 */
export interface LoopEntry {
  readonly unit: number;
  readonly key: number;
  readonly values: readonly string[];
  readonly cells: readonly string[];
  /** How many iterations it goes on with: values too, named by their place from the outermost. */
  readonly iterations: number;
}

/** A loop that both versions have. Loops are numbered as the instrumentation plan does. */
export interface PatchLoop {
  readonly base: number;
  readonly next: number;
  /** From the running module's loop into the patch's; null where that cannot be. */
  readonly forth: LoopEntry | null;
  /** From the patch's loop into the running module's. */
  readonly back: LoopEntry | null;
}

export interface PatchFunction {
  /** Id of the site within the module's plan. */
  readonly site: number;
  readonly path: string;
  /** Index into the module's units. */
  readonly unit: number;
  /** Index into the `f` array that the unit returns. */
  readonly key: number;
  readonly shape: Shape;
  /** Names the accessor gives, in the order of the site's plan; a name the version may also write ends in `=`. Only for closures. */
  readonly captures: readonly string[];
  readonly tracked: boolean;
  /** Absent where there are none. */
  readonly loops?: readonly PatchLoop[];
  /** 1-based line of the new version in the new source. */
  readonly line: number;
  /** A constructor: what it makes has the new shape. */
  readonly creates?: true;
  /** It reads arguments that its site does not hand on: new code leaves them on the way in, see link/surplus.ts. */
  readonly takesMore?: true;
  /** It differs only in the shape of what it makes, so the original runs until the patch is in force everywhere. */
  readonly guarded?: true;
  /** What it makes, as soon as that is so, has version 2. */
  readonly marks?: true;
  /** The running class extends another and writes no constructor: its own is put between the two, see node/apply/inherited.ts. */
  readonly inherited?: true;
}

/** A tracked function that exists in the new code only: it has no site, but it can be suspended and must be seen. */
export interface PrivateFunction {
  readonly path: string;
  readonly line: number;
}

/**
 * Code for one scope of the module. `code` is a function expression that takes the link object `$lp`:
 *   (function($lp){ …declarations…; return {f:[…implementations…], b:{…accessors of new bindings…}} })
 * evaluated by the handle's own eval, so that it sees the live names of that scope.
 */
export interface PatchUnit {
  /** Id of the handle within the module's plan. */
  readonly handle: number;
  readonly kind: HandleKind;
  /** Id of the wrapper or heavy handle whose local tells the instances of the scope apart (`HandleScope.instance`), or null where there is one. */
  readonly instance: number | null;
  readonly code: string;
  /** Offsets in `code` where pieces begin that stand in the new source, each with its line there, 1-based. Absent where there are none. */
  readonly lines?: readonly (readonly [offset: number, line: number])[];
  /** Private fields that the class lacks: `code` is evaluated where they are names, and they are put on instances one by one. */
  readonly privates?: readonly string[];
  /** Those of them that are methods. Absent where there are none. */
  readonly methods?: readonly string[];
}

/**
 * Fields that the new version of a class has and instances that exist lack. `key` is a function of the unit without
 * parameters that gives the class and the fields: `{type, fields: [[name, initialiser, assigned?]...]}`, the initialisers
 * called with the instance as `this`, `assigned` true where the new constructor sets the field. A name that begins with # is a private field of the unit.
 * A fourth part gives the `WeakMap` or `WeakSet` in which the initialiser enters the instance: no property holds it then.
 */
export interface PatchFields {
  readonly unit: number;
  readonly key: number;
  /** Path of the class. */
  readonly path: string;
}

/** A member that the new class has and the old one lacks. */
export interface AddedMember {
  /** Index of the unit whose handle is the class. */
  readonly unit: number;
  readonly key: number;
  readonly static: boolean;
  readonly kind: 'method' | 'get' | 'set';
  /** What the source calls it. */
  readonly name: string;
  /** Key of a function of the unit that gives a computed name. */
  readonly named?: number;
  /** It stands under a symbol, which is what `#name` is in new code. */
  readonly private?: true;
}

/**
 * A property that the new top level sets on an object that exists: `target` and `value` are keys of functions without
 * parameters that give the object and the value. A revert puts back what was there.
 */
export interface PatchProperty {
  /** Index of the unit, of a scope with one instance. */
  readonly unit: number;
  readonly target: number;
  readonly value: number;
  readonly name: string;
  /** As of an added member. */
  readonly named?: number;
  /** The value is the property's getter. */
  readonly getter: boolean;
  /** The value is what of the descriptor changes; what the property is besides stays. */
  readonly attributes?: true;
  /** The object is what the patch itself puts on another one. */
  readonly onNew?: true;
  /** It is not enumerable, where it is new. */
  readonly hidden?: true;
  /** As of an added member; the unit is that of the class. */
  readonly private?: true;
}

/**
 * A table that lives on, changed in place as the source changed. `target` is an expression over the old scope that gives
 * the object that holds it, under `key`, or with no key the table itself. `before` is an expression over the old scope
 * for what the old source makes of it, and `value` a key of a function for what the new one does; null for nothing.
 */
export interface PatchMerge {
  /** Index of the unit. */
  readonly unit: number;
  readonly target: string;
  readonly key: string | null;
  readonly before: string | null;
  readonly value: number | null;
  /** What the source calls it. */
  readonly name: string;
  /** New code has a value of its own: where the old one cannot be changed, who holds it keeps it. */
  readonly optional?: true;
  /** New code has an object of another kind in its place, which gets what the program has put into the old one. */
  readonly moves?: true;
  /**
   * Calls with other arguments make what is in it, so that functions which exist may hold something else: but those that stand
   * in the expression itself, of which these are the texts.
   */
  readonly called?: readonly string[];
  /** What such functions hold is nowhere else. */
  readonly hides?: true;
  /** Where the table has such a function as the old source made it, it gets the new one. */
  readonly renews?: true;
}

/** A new statement of the top level that puts things into tables which live on: `tables` are their names in the old scope. */
export interface PatchFill {
  /** Index of the unit. */
  readonly unit: number;
  /** Of the function that is the statement. */
  readonly key: number;
  readonly tables: readonly string[];
}

/**
 * A function whose existing closures cannot run the new code, because it needs variables that they never had. Closures
 * that the new version of the function around it makes are of the new code; there must be none of the old.
 */
export interface StrandedFunction {
  /** Id of the site within the module's plan. */
  readonly site: number;
  readonly path: string;
  readonly reason: string;
  /** Of what they lack new code can do without, but they are all that the patch is for: they are looked for when all tasks run it. */
  readonly late?: true;
}

/**
 * Objects in which the old code has put what new code cannot read: there must be none. `objects` is a function of a scope of the
 * module, by the id of its handle, that is given how to find the instances of a class, and gives those objects.
 */
export interface OutdatedObjects {
  readonly scope: number;
  readonly objects: string;
  readonly path: string;
  readonly reason: string;
  /** As above. */
  readonly late?: true;
}

/**
 * Callbacks that see to data of one scope of the module, by the id of its handle: code as that of `PatchModule.hooks`. Where the
 * scope has yet to run, or a variable of `names` has no value there yet, they wait for that.
 */
export interface ScopeCallbacks {
  readonly scope: number;
  readonly names: readonly string[];
  readonly code: string;
}

/** By this name all that a CommonJS module gives away is another object or function: what Node calls it. */
export const WHOLE = 'module.exports';

/** A name the module exports anew, or whose value is another one: `binding` is a name of unit 0's `b`. */
export interface PatchExport {
  readonly name: string;
  readonly binding: string;
}

/** A source map of some lines of the new source, for stack traces. */
export interface SourceLines {
  /** From the folder of the module's file; what is no path is as the map of that has it. */
  readonly sources: readonly string[];
  /** The number of a line, 1-based, and its mappings, as those of a map with that line alone. */
  readonly lines: readonly (readonly [line: number, mappings: string])[];
}

export interface PatchModule {
  /** Path within the source tree, with forward slashes. */
  readonly file: string;
  readonly package: { readonly name: string; readonly version: string } | null;
  /** SHA-256 of the base text, hexadecimal. */
  readonly hash: string;
  readonly format: ModuleFormat;
  /** Ids of the plan of the base text: a check that both sides planned alike. */
  readonly ids: number;
  readonly units: readonly PatchUnit[];
  /** Absent where the new file came without a map. */
  readonly origins?: SourceLines;
  readonly functions: readonly PatchFunction[];
  /** Tracked functions without a site, by the number that the code gives to `$lp.in` (they follow the functions). */
  readonly privates: readonly PrivateFunction[];
  readonly members: readonly AddedMember[];
  readonly properties: readonly PatchProperty[];
  /** Absent where there is none. */
  readonly merges?: readonly PatchMerge[];
  /** Absent where there is none. */
  readonly fills?: readonly PatchFill[];
  readonly exports: readonly PatchExport[];
  /** New code asks its `this` for what an object of the module has anew. Absent where it does not. */
  readonly mixes?: true;
  /** Absent where there are none. */
  readonly fields?: readonly PatchFields[];
  /**
   * Callbacks, evaluated in the module's own scope: `(function($lp){…; return {prePatch, postPatch, preUnpatch, postUnpatch}})`,
   * each optional, called with {patch, module, state}. They are synchronous; what prePatch throws is its veto.
   */
  readonly hooks?: string;
  /** Absent where there are none. */
  readonly callbacks?: readonly ScopeCallbacks[];
  /** Absent where there is none. The patch is refused while a closure of one of them is alive. */
  readonly stranded?: readonly StrandedFunction[];
  /** Absent where there are none. The patch is refused while one of the objects is alive. */
  readonly outdated?: readonly OutdatedObjects[];
  readonly requires?: Requires;
  /** Of dependencies that the patch does not bring along. Absent where there is none. The patch is refused where one is missing. */
  readonly expects?: readonly Expected[];
  /** Absent where it was not built of what is installed. */
  readonly installed?: InstalledAt;
  /** Modules of the patch, by their files in the package, of which code may read what they set that runs as this one is linked. */
  readonly sees?: readonly string[];
}

/** Where a package stands, from the root of the installation: `node_modules/outer/node_modules/name`. */
export interface InstalledAt {
  readonly at: readonly string[];
  /** Where its other versions stand. */
  readonly others: readonly string[];
}

/** What new code takes of a dependency, and the version which the process has may lack. */
export interface Expected {
  readonly specifier: string;
  /** Empty: it is a function itself. `*`: there is such a module. */
  readonly name: string;
  /** It is called in another way than by old code: a version outside the new range may not know it. */
  readonly otherwise?: true;
}

/** The added file that each bare specifier leads to, of a package that the patch brings along. */
export type Requires = Readonly<Record<string, string>>;
