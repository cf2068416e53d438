/**
 * The scopes of a loaded module that new code can be evaluated in. Instrumented code registers the eval handle of each
 * as the scope comes to be; heavy functions keep theirs in a local and are known only from inside.
 */
import { handleName, ID_BASE, LOCALS } from '../instrument/names.ts';

/** A direct eval in the scope it stands in. */
export type ScopeEval = (text: string) => unknown;

const REPLACED = 'the program has put something else in the place of the global eval';

/** One evaluation of a scope: a wrapper that ran twice has two. */
export class ScopeInstance {
  readonly id: number;
  readonly evaluate: ScopeEval;
  private linked: WeakMap<object, unknown> | null = null;

  constructor(id: number, evaluate: ScopeEval) {
    this.id = id;
    this.evaluate = evaluate;
  }

  /** What each patch linked here, by patch and unit. */
  get links(): WeakMap<object, unknown> {
    return (this.linked ??= new WeakMap());
  }
}

export class ModuleScopes {
  /** The first id of the module in the process. */
  readonly base: number;
  /** By turns the id, within the module, and the eval handle: most modules are never patched, so no more is kept. */
  private readonly registered: (number | ScopeEval)[] = [];
  private byEval: WeakMap<ScopeEval, ScopeInstance> | null = null;

  constructor(base: number) {
    this.base = base;
  }

  /** `id` counts within the module. */
  register(id: number, evaluate: ScopeEval): void {
    this.registered.push(id, evaluate);
  }

  has(id: number): boolean {
    for (let i = 0; i < this.registered.length; i += 2) if (this.registered[i] === id) return true;
    return false;
  }

  /** What `this` is in each scope: in that of a class, the class. */
  selves(): unknown[] {
    return this.registered.flatMap((one) => (typeof one === 'number' ? [] : [one('this')]));
  }

  /** What a CommonJS module gives away, which may be another object than its `this`. */
  exported(): unknown {
    try {
      return this.instances(0)[0]?.evaluate("typeof module==='object'&&module?.exports");
    } catch {
      // A variable of that name has no value yet.
      return undefined;
    }
  }

  /** Throws where the eval of the module is no direct one any more: what else a program puts in its place sees no scope. */
  assertDirect(): void {
    const [module] = this.instances(0);
    if (module && module.evaluate(`typeof ${LOCALS.evalText}`) !== 'string') throw new EvalError(REPLACED);
  }

  /** Every registered instance of a scope, oldest first. */
  instances(id: number): readonly ScopeInstance[] {
    const found: ScopeInstance[] = [];
    for (let i = 0; i < this.registered.length; i += 2)
      if (this.registered[i] === id) found.push(this.instanceOf(id, this.registered[i + 1] as ScopeEval));
    return found;
  }

  /** The instance that an instrumented function passed as its scope's handle. */
  instanceOf(id: number, evaluate: ScopeEval): ScopeInstance {
    this.byEval ??= new WeakMap();
    let instance = this.byEval.get(evaluate);
    if (!instance) {
      instance = new ScopeInstance(id, evaluate);
      this.byEval.set(evaluate, instance);
    }
    return instance;
  }

  /** What a function in `instance` passes to tell which instance it stands in. */
  handleFor(
    instance: ScopeInstance,
    { kind, instance: wrapper }: { readonly kind: string; readonly instance: number | null },
  ): ScopeEval | undefined {
    if (wrapper === null) return undefined;
    return isTold(kind) ? (instance.evaluate(handleName(this.base + wrapper)) as ScopeEval) : instance.evaluate;
  }

  /** The instance of an outer scope that `inner` stands in. */
  enclosing(
    inner: ScopeInstance,
    outer: { readonly handle: number; readonly instance: number | null; readonly kind: string },
  ): ScopeInstance | null {
    if (outer.handle === inner.id) return inner;
    if (outer.instance === null) return this.instances(outer.handle).at(-1) ?? null;
    const local = inner.evaluate(handleName(this.base + outer.instance)) as ScopeEval;
    if (!isTold(outer.kind)) return this.instanceOf(outer.handle, local);
    return this.scopeIn(outer.handle, outer.instance, local);
  }

  /** The instance of such a scope that stands in the wrapper whose handle is `local`. */
  scopeIn(handle: number, wrapper: number, local: ScopeEval): ScopeInstance | null {
    const name = handleName(this.base + wrapper);
    return this.instances(handle).findLast((instance) => instance.evaluate(name) === local) ?? null;
  }
}

/** Of scopes of these kinds there is one in each instance of the wrapper around them, whose handle tells it. */
export const isTold = (kind: string): boolean => kind === 'class' || kind === 'bundled';

/** Ids that instrumented code passes as numbers count from ID_BASE. */
export const processId = (argument: number): number => argument - ID_BASE;
