/**
 * Private fields for classes that exist: a class text around the new code declares the names, so that code says `this.#x`
 * as it always does, and the fields are put on instances of the old class. One declaration for each name and class: a
 * later patch that has the field too finds the values there. Methods are code, of which each patch has its own.
 */
import type { ScopeEval, ScopeInstance } from './scopes.ts';

type Setter = (object: object, value: unknown) => void;

/** A constructor that returns what it is given: the fields of classes that extend it are put on that. */
class Stamp {
  constructor(object: object) {
    return object;
  }
}

class PrivateFields {
  private readonly setters = new Map<string, Setter>();
  private readonly methods = new Set<string>();
  /** A direct eval where all names so far are in scope, with the class as `this`. */
  private innermost: ScopeEval;

  constructor(instance: ScopeInstance) {
    this.innermost = instance.evaluate;
  }

  /** Evaluates `text` where `names` are private names, those in `methods` of methods. */
  evaluate(names: readonly string[], methods: readonly string[], text: string): unknown {
    const fresh = names.filter((name) => !this.setters.has(name) || this.methods.has(name) || methods.includes(name));
    if (fresh.length > 0) this.addNames(fresh);
    for (const name of fresh)
      if (methods.includes(name)) this.methods.add(name);
      else this.methods.delete(name);
    return this.innermost(text);
  }

  setter(name: string): Setter {
    return this.setters.get(name)!;
  }

  isMethod(name: string): boolean {
    return this.methods.has(name);
  }

  private addNames(names: readonly string[]): void {
    const outer = this.innermost;
    const type = outer('this');
    const setters = names.map((name) => `${JSON.stringify(name)}:(o,v)=>{if(!(${name} in o))new $lp_P(o);o.${name}=v}`);
    const make = outer(
      `($lp_B=>{class $lp_P extends $lp_B{${names.join(';')};static e=function($lp_t){return eval($lp_t)};static s={${setters.join()}}}return $lp_P})`,
    ) as (stamp: typeof Stamp) => { e(this: unknown, text: string): unknown; readonly s: Readonly<Record<string, Setter>> };
    const made = make(Stamp);
    this.innermost = (text) => Reflect.apply(made.e, type, [text]);
    for (const name of names) this.setters.set(name, made.s[name]!);
  }
}

const keys = new WeakMap<ScopeInstance, Map<string, symbol>>();

/** What stands for a private name that the class shares with its instances: the same for every patch. */
export function privateKey(instance: ScopeInstance, name: string): symbol {
  let own = keys.get(instance);
  if (own === undefined) keys.set(instance, (own = new Map()));
  let key = own.get(name);
  if (key === undefined) own.set(name, (key = Symbol(name)));
  return key;
}

const known = new WeakMap<ScopeInstance, PrivateFields>();

export function privateFields(instance: ScopeInstance): PrivateFields {
  let found = known.get(instance);
  if (found === undefined) known.set(instance, (found = new PrivateFields(instance)));
  return found;
}
