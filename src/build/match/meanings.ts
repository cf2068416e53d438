/** Which variable each identifier of a module means, and which variables can have another name. */
import type { AnyNode } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo, ModuleModel, Scope } from '../../source/model.ts';

/** Of the identifiers whose variable can have another name, by where they stand: a map of so many takes too long. */
export class Meanings {
  /** Those whose name says nothing. */
  readonly variables: readonly Binding[];
  private readonly all: readonly Binding[];
  private readonly places: Int32Array;
  readonly speaks: Speaks;

  constructor(model: ModuleModel, speaks: Speaks) {
    const variables: Binding[] = [];
    const classes = new Map<Binding, number>();
    const places = new Int32Array(model.text.length + 1);
    const scopes = scopesOf(model);
    const fixed = fixedNames(model, scopes);
    for (const scope of scopes)
      for (const binding of scope.bindings.values()) {
        const own = twinOf(binding);
        if (!isFree(own) || fixed.has(own)) continue;
        // The one around a class comes before the one within.
        const number = own === binding ? variables.push(own) : classes.get(own)!;
        if (own.kind === 'class') classes.set(own, number);
        for (const { start } of binding.declarations) places[start] = number;
        for (const { node } of binding.references) places[node.start] = number;
      }
    this.all = variables;
    this.variables = variables.filter((binding) => !speaks(binding.name));
    this.places = places;
    this.speaks = speaks;
  }

  /** The variable, where its name says nothing. */
  of(id: AnyNode): Binding | undefined {
    const binding = this.meant(id);
    return binding && !this.speaks(binding.name) ? binding : undefined;
  }

  meant(id: AnyNode): Binding | undefined {
    return this.all[this.places[id.start]! - 1];
  }
}

/** Whether a name is one that people chose, which tells a variable from all others of the place. */
export type Speaks = (name: string) => boolean;

/** Whether nobody but the code of the module knows its name. */
export function isFree(binding: Binding): boolean {
  return binding.kind !== 'implicit' && binding.kind !== 'arguments' && binding.declarations.length > 0 && !binding.scope.evalVisible;
}

/** A class declaration binds its name around it and within: the one around it stands for both. */
export function twinOf(binding: Binding): Binding {
  const { kind, scope, name } = binding;
  if (kind !== 'class' || scope.kind !== 'class' || scope.node.type !== 'ClassDeclaration') return binding;
  return scope.parent!.bindings.get(name) ?? binding;
}

/** Scopes that bind anything, outer ones first. */
export function scopesOf(model: ModuleModel): ReadonlySet<Scope> {
  const scopes = new Set<Scope>();
  const add = (scope: Scope | null): void => {
    if (!scope || scopes.has(scope)) return;
    add(scope.parent);
    scopes.add(scope);
  };
  for (const fn of model.functions) {
    add(fn.scope);
    add(fn.body);
  }
  for (const cls of model.classes) add(cls.scope);
  let before: Scope | null = null;
  for (const { scope } of model.references) {
    // Most stand in the scope of the one before.
    if (scope !== before) add(scope);
    before = scope;
  }
  return scopes;
}

/** Exported where they are declared, and the two variables that a function in a block of sloppy code is. */
function fixedNames(model: ModuleModel, scopes: ReadonlySet<Scope>): Set<Binding> {
  const fixed = new Set<Binding>();
  for (const statement of model.program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || !statement.declaration) continue;
    for (const binding of model.scope.bindings.values()) if (binding.declarations.some((id) => contains(statement, id))) fixed.add(binding);
  }
  const doubled = new Map<FunctionInfo, Set<string>>();
  for (const scope of scopes)
    for (const { kind, name, declarations } of scope.bindings.values())
      if (kind === 'var' && declarations.length === 0) doubled.set(scope.fn, (doubled.get(scope.fn) ?? new Set()).add(name));
  for (const scope of scopes)
    for (const name of doubled.get(scope.fn) ?? []) {
      const binding = scope.bindings.get(name);
      if (binding) fixed.add(binding);
    }
  return fixed;
}
