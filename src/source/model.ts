/** What the analysis of one module yields: functions, classes, scopes, bindings and references. */
import type {
  AnyNode,
  Class,
  DoWhileStatement,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  Function as FunctionNode,
  Identifier,
  Program,
  PropertyDefinition,
  ReturnStatement,
  StaticBlock,
  WhileStatement,
} from 'acorn';
import type { ModuleFormat } from './parse.ts';

export type FunctionKind =
  | 'module'
  | 'function'
  | 'arrow'
  | 'method'
  | 'getter'
  | 'setter'
  | 'constructor'
  | 'derived-constructor'
  /** The initialiser of an instance field: code that runs for each new instance. */
  | 'field'
  /** A static block or the initialiser of a static field: code that runs once. */
  | 'static';

export type BindingKind =
  | 'var'
  | 'let'
  | 'const'
  | 'function'
  | 'class'
  | 'param'
  | 'import'
  | 'catch'
  | 'own-name'
  | 'implicit'
  | 'arguments';

export type LoopNode = WhileStatement | DoWhileStatement | ForStatement | ForOfStatement | ForInStatement;

/** A loop of a function that can be suspended, where its body is about to begin. */
export interface LoopInfo {
  readonly node: LoopNode;
  /** What its body sees, the names of its own head included. */
  readonly scope: Scope;
  /** From the function's body to the statement around the loop. */
  readonly around: readonly AnyNode[];
}

/** What is wanted of the value of an await or a yield: something to call or to take apart, or something to iterate over. */
export type Subject = 'named' | 'spread';

export type ScopeKind = 'module' | 'function' | 'body' | 'block' | 'class' | 'with';

/** Stands for all that are empty, as most are: a map takes 200 bytes before it holds anything. */
const EMPTY: ReadonlyMap<never, never> = new Map<never, never>();

/** `map` with one more entry; the empty one stays as it is. */
export function entered<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return (map.size === 0 ? new Map<K, V>() : (map as Map<K, V>)).set(key, value);
}

export class Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | null;
  readonly fn: FunctionInfo;
  readonly node: AnyNode;
  bindings: ReadonlyMap<string, Binding> = EMPTY;
  /** A direct eval can see this scope: every name in it may be read or written by text that is not here. */
  evalVisible = false;
  readonly insideWith: boolean;

  constructor(kind: ScopeKind, parent: Scope | null, fn: FunctionInfo, node: AnyNode) {
    this.kind = kind;
    this.parent = parent;
    this.fn = fn;
    this.node = node;
    this.insideWith = kind === 'with' || parent?.insideWith === true;
  }

  add(binding: Binding): Binding {
    this.bindings = entered(this.bindings, binding.name, binding);
    return binding;
  }

  /** Its own binding of that name. */
  find(name: string): Binding | undefined {
    return this.bindings === EMPTY ? undefined : this.bindings.get(name);
  }

  lookup(name: string): Binding | null {
    for (let scope: Scope | null = this; scope; scope = scope.parent) {
      const binding = scope.find(name);
      if (binding) return binding;
    }
    return null;
  }
}

export class Binding {
  readonly name: string;
  readonly kind: BindingKind;
  readonly scope: Scope;
  readonly declarations: Identifier[];
  /** Each knows the one before. */
  last: Reference | null = null;
  private known: readonly Reference[] | null = null;
  /** Written anywhere but by its own initialiser. */
  reassigned = false;
  /** Read or written by a function other than the one that declares it, so V8 keeps it in a context. */
  captured = false;

  constructor(name: string, kind: BindingKind, scope: Scope, declaration?: Identifier) {
    this.name = name;
    this.kind = kind;
    this.scope = scope;
    this.declarations = declaration ? [declaration] : [];
  }

  /** In source order, once the module has been analysed. */
  get references(): readonly Reference[] {
    if (this.known !== null) return this.known;
    const found: Reference[] = [];
    for (let reference = this.last; reference !== null; reference = reference.before) found.push(reference);
    return (this.known = found.reverse());
  }
}

export interface Reference {
  readonly node: Identifier;
  readonly parent: AnyNode;
  readonly scope: Scope;
  readonly fn: FunctionInfo;
  readonly read: boolean;
  readonly write: boolean;
  /** Null for a name that nothing in the module declares. */
  binding: Binding | null;
  /** The reference to the same binding that was met before it. */
  before: Reference | null;
}

export type FunctionSource = FunctionNode | PropertyDefinition | StaticBlock | Program;

export class FunctionInfo {
  /** Position in `ModuleModel.functions`: pre-order, the module itself is 0. */
  index = -1;
  path = '';
  readonly node: FunctionSource;
  readonly kind: FunctionKind;
  readonly parent: FunctionInfo | null;
  readonly children: FunctionInfo[] = [];
  /** The class whose member this is. */
  readonly owner: ClassInfo | null;
  readonly async: boolean;
  readonly generator: boolean;
  strict: boolean;
  /** Parameters, and the body's names too unless a parameter holds an expression. */
  scope!: Scope;
  body!: Scope;
  usesThis = false;
  /** An arrow function inside uses this function's `this`. */
  thisCaptured = false;
  usesArguments = false;
  argumentsCaptured = false;
  usesNewTarget = false;
  usesSuperCall = false;
  usesSuperProperty = false;
  hasDirectEval = false;
  insideWith = false;
  /** Every await, yield, `for await` and try of this function itself, in source order. */
  readonly suspensions: AnyNode[] = [];
  /** Those whose value V8 would describe by their text, were it of the wrong kind. */
  subjects: ReadonlyMap<AnyNode, Subject> = EMPTY;
  /** Those that a statement consists of, or begins with. */
  leading: ReadonlyMap<AnyNode, 'alone' | 'first'> = EMPTY;
  /** The suspensions at which a statement ends without a semicolon. */
  lastOfStatement: ReadonlyMap<AnyNode, true> = EMPTY;
  /** Where each `for await` starts with its labels, and whether that is in a list of statements. */
  labelled: ReadonlyMap<AnyNode, { readonly start: number; readonly listed: boolean }> = EMPTY;
  /** Its own loops, in source order, if it is an async function or a generator. */
  readonly loops: LoopInfo[] = [];
  /** Its own return statements; `last` where none of its code runs behind it. */
  readonly returns: { readonly node: ReturnStatement; readonly last: boolean }[] = [];
  /** It declares a variable with `using`, or with `await using`. */
  disposes: 'no' | 'sync' | 'async' = 'no';
  /** The nodes above this one, outermost first. */
  readonly ancestors: readonly AnyNode[];

  constructor(
    node: FunctionSource,
    kind: FunctionKind,
    parent: FunctionInfo | null,
    owner: ClassInfo | null,
    strict: boolean,
    ancestors: readonly AnyNode[],
  ) {
    this.node = node;
    this.kind = kind;
    this.parent = parent;
    this.owner = owner;
    this.strict = strict;
    this.ancestors = ancestors;
    const f = node as Partial<FunctionNode>;
    this.async = f.async === true;
    this.generator = f.generator === true;
  }

  /** A constructor that the class does not write: see implicit.ts. */
  get isImplicit(): boolean {
    return this.owner !== null && this.node.type === 'FunctionExpression' && this.node.start === this.node.end;
  }

  /** It can be suspended. An async function that awaits nothing is over when its call returns. */
  get tracked(): boolean {
    if (this.generator) return true;
    return this.async && (this.disposes === 'async' || this.suspensions.some((node) => node.type !== 'TryStatement'));
  }

  /** The function whose `this`, `arguments`, `super` and `new.target` this one sees. */
  get thisOwner(): FunctionInfo {
    let fn: FunctionInfo = this;
    while (fn.kind === 'arrow' && fn.parent) fn = fn.parent;
    return fn;
  }
}

export class ClassInfo {
  index = -1;
  path = '';
  readonly node: Class;
  readonly parent: FunctionInfo;
  readonly derived: boolean;
  readonly members: FunctionInfo[] = [];
  readonly privateNames = new Set<string>();
  readonly ancestors: readonly AnyNode[];
  scope!: Scope;

  constructor(node: Class, parent: FunctionInfo, ancestors: readonly AnyNode[]) {
    this.node = node;
    this.parent = parent;
    this.derived = node.superClass != null;
    this.ancestors = ancestors;
  }
}

export interface ModuleModel {
  readonly file: string;
  readonly text: string;
  readonly format: ModuleFormat;
  readonly program: Program;
  readonly root: FunctionInfo;
  readonly functions: readonly FunctionInfo[];
  readonly classes: readonly ClassInfo[];
  /** Both, in source order: a class stands before its members and behind the function around it. The module is the first. */
  readonly items: readonly (FunctionInfo | ClassInfo)[];
  readonly scope: Scope;
  readonly references: readonly Reference[];
}
