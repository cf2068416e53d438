/** Fields that are no properties: private ones, and what a compiler has put in their place. */
import type { LinkedFields } from './linked.ts';
import { privateFields } from './private-fields.ts';
import type { ScopeInstance } from './scopes.ts';

type Hidden = Partial<LinkedFields['fields'][number]>;

export type Collection = () => { has(object: object): boolean; delete(object: object): boolean };

/** A method goes by a name that no other patch knows, since it has one of its own. */
export function privateField(instance: ScopeInstance, name: string): Hidden {
  const fields = privateFields(instance);
  const set = fields.setter(name);
  return {
    hidden: { set, remove: (object) => set(object, undefined) },
    assigned: false,
    ...(fields.isMethod(name) ? { name: Symbol(name) } : {}),
  };
}

/** What an instance has in a collection: its initialiser enters it. */
export function enteredField(collection: Collection, name: symbol): Hidden {
  return {
    name,
    hidden: { has: (object) => collection().has(object), set: () => {}, remove: (object) => void collection().delete(object) },
  };
}

/** Several steps may enter it in one collection. `before`: the fields ahead of it. */
export function stepInto(name: string | symbol, before: readonly (readonly [string | symbol, ...unknown[]])[]): string {
  return `in ${String(name)} ${before.filter(([other]) => other === name).length}`;
}
