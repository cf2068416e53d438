/** A module under other names of its variables: the same program, written so that it can be compared by name. */
import type { AnyNode, PrivateIdentifier } from 'acorn';
import type { Binding, ModuleModel, Scope } from '../../source/model.ts';
import { isFree, scopesOf, twinOf } from './meanings.ts';
import { walk } from '../version/program/walk.ts';

export type Names = ReadonlyMap<Binding, string>;

/** Of which variables the names are bound. */
export interface Ties {
  /** Whether it goes on as another: it is to have the name that is wanted. */
  readonly isKept: (binding: Binding) => boolean;
  /** Whether each call of a function makes it anew: closures that exist may do without, or hold the patch back. */
  readonly isOfCalls: (binding: Binding) => boolean;
}

/**
 * Names for all variables that are to have another: those in `wanted`; those that `clashes` is true of; and those that
 * would hide what is meant within their scope. Of two that are both kept, the one of calls that hides the other gives way.
 * Null where neither can.
 */
export function chooseNames(
  model: ModuleModel,
  wanted: Names,
  clashes: (binding: Binding) => boolean,
  { isKept, isOfCalls }: Ties,
  taken: ReadonlySet<string>,
): Names | null {
  const names = new Map(wanted);
  const used = new Set(taken);
  const fresh = (name: string): string => {
    for (let n = 1; ; n++) {
      const other = `${name}_${n}`;
      if (used.has(other)) continue;
      used.add(other);
      return other;
    }
  };
  const nameOf = (binding: Binding): string => names.get(twinOf(binding)) ?? binding.name;
  const scopes = scopesOf(model);
  // What stood in two scopes may stand in one now.
  for (const scope of scopes) {
    const firsts = new Map<string, Binding>();
    for (const binding of scope.bindings.values()) {
      const name = wanted.get(binding);
      const first = name === undefined ? undefined : firsts.get(name);
      const last = first && isKept(binding) && !isKept(first) ? first : binding;
      if (name !== undefined) firsts.set(name, first && last === binding ? first : binding);
      if (!first) continue;
      if (isKept(last) && !isOfCalls(last)) return null;
      names.set(last, fresh(last.name));
    }
  }
  for (const scope of scopes) {
    const own = new Set([...scope.bindings.values()].flatMap((b) => (wanted.has(b) || !isFree(b) ? [nameOf(b)] : [])));
    for (const binding of scope.bindings.values())
      if (!wanted.has(binding) && isFree(binding) && twinOf(binding) === binding && (own.has(binding.name) || clashes(binding)))
        names.set(binding, fresh(binding.name));
  }
  const byName = new Map<Scope, Map<string, Binding>>();
  for (const scope of scopes) byName.set(scope, new Map([...scope.bindings.values()].map((binding) => [nameOf(binding), binding])));
  const giveWay = (binding: Binding, isBound = (victim: Binding): boolean => wanted.has(victim) && isKept(victim)): boolean => {
    const victim = twinOf(binding);
    if (!isFree(victim) || isBound(victim)) return false;
    byName.get(victim.scope)!.delete(nameOf(victim));
    names.set(victim, fresh(victim.name));
    byName.get(victim.scope)!.set(nameOf(victim), victim);
    return true;
  };
  for (let again = true; again;) {
    again = false;
    for (const { node, scope: from, binding } of model.references) {
      const name = binding ? nameOf(binding) : node.name;
      for (let scope: Scope | null = from; scope && scope !== binding?.scope; scope = scope.parent) {
        const hiding = byName.get(scope)?.get(name);
        if (!hiding || (binding && twinOf(hiding) === twinOf(binding))) continue;
        const outer = binding && isFree(binding) && !(wanted.has(twinOf(binding)) && !wanted.has(twinOf(hiding)));
        const victim = outer && (wanted.has(twinOf(hiding)) || !isFree(hiding)) ? binding : hiding;
        const other = victim === hiding ? binding : hiding;
        const isGiven = giveWay(victim) || (other !== null && giveWay(other));
        if (!isGiven && !giveWay(hiding, (own) => !isOfCalls(own))) return null;
        again = true;
        break;
      }
    }
  }
  return names;
}

/** The text of the module under other names. Positions move along the lines, never from one to another. */
export function writeNames(model: ModuleModel, names: Names, privates: ReadonlyMap<PrivateIdentifier, string>): string {
  const spelled = new Map<number, { readonly id: AnyNode; readonly name: string }>();
  for (const [id, name] of privates) spelled.set(id.start, { id, name: `#${name}` });
  for (const scope of scopesOf(model))
    for (const binding of scope.bindings.values()) {
      const name = names.get(twinOf(binding));
      if (name === undefined || name === binding.name) continue;
      for (const id of [...binding.declarations, ...binding.references.map(({ node }) => node)]) spelled.set(id.start, { id, name });
    }
  const { text } = model;
  // Where one name stands for what is outside and for the variable.
  const before = new Map<number, string>();
  const behind = new Map<number, string>();
  walk(model.program, (node) => {
    if (node.type === 'Property' && node.shorthand) before.set(node.start, `${text.slice(node.key.start, node.key.end)}:`);
    else if (node.type === 'ImportSpecifier' && node.local.start === node.imported.start)
      before.set(node.start, `${text.slice(node.imported.start, node.imported.end)} as `);
    else if (node.type === 'ExportSpecifier' && node.local.start === node.exported.start)
      behind.set(node.start, ` as ${text.slice(node.exported.start, node.exported.end)}`);
  });
  const out: string[] = [];
  let at = 0;
  for (const [start, { id, name }] of [...spelled].sort(([a], [b]) => a - b)) {
    out.push(text.slice(at, start), before.get(start) ?? '', name, behind.get(start) ?? '');
    at = id.end;
  }
  out.push(text.slice(at));
  return out.join('');
}

/** Every name that either of some versions says anywhere. */
export function allNames(...models: readonly ModuleModel[]): Set<string> {
  const names = new Set<string>();
  for (const { references, functions } of models) {
    for (const { node } of references) names.add(node.name);
    for (const { scope, body } of functions) for (const own of [scope, body]) for (const name of own.bindings.keys()) names.add(name);
  }
  return names;
}
