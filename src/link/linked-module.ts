/**
 * One module of a patch, joined to one instance of that module in the process: evaluates the patch's units in the
 * module's own scopes and finds the implementation that a call needs.
 */
import { LivepatchError } from '../errors/errors.ts';
import type { AddedMember, LoopEntry, PatchFunction, PatchMerge, PatchModule, PatchProperty, PatchUnit } from '../patch/format.ts';
import { captureFactory } from './accessor.ts';
import type { Accessor, Captured } from './accessor.ts';
import { Shown } from './shown.ts';
import type { LinkEnvironment } from './link-environment.ts';
import { NotDoneAgain } from './idle.ts';
import { linkObject } from './link-object.ts';
import type { UnitSurroundings } from './link-object.ts';
import type {
  Callable,
  LinkedConstructor,
  LinkedFields,
  LinkedFill,
  LinkedMember,
  LinkedMerge,
  LinkedProperty,
  Resolve,
} from './linked.ts';
import { placed } from './placed.ts';
import { privateFields, privateKey } from './private-fields.ts';
import { enteredField, privateField, stepInto } from './hidden-fields.ts';
import type { Collection } from './hidden-fields.ts';
import { isTold } from './scopes.ts';
import type { ModuleScopes, ScopeEval, ScopeInstance } from './scopes.ts';

interface UnitResult {
  readonly shown: Shown;
  readonly f: readonly unknown[];
  readonly b: Record<string, unknown>;
}

export class LinkedModule {
  readonly module: PatchModule;
  readonly scopes: ModuleScopes;
  private readonly environment: LinkEnvironment;
  private readonly set = new Map<ScopeInstance, Map<PatchProperty, LinkedProperty>>();

  constructor(module: PatchModule, scopes: ModuleScopes, environment: LinkEnvironment) {
    this.module = module;
    this.scopes = scopes;
    this.environment = environment;
  }

  /** Evaluates every unit in every scope that exists. Throws ERR_LINK, with nothing visible to the program changed. */
  linkAll(): void {
    try {
      this.scopes.assertDirect();
    } catch (error) {
      throw this.failure(String(error), error);
    }
    for (const unit of this.module.units) {
      const instances = this.scopes.instances(unit.handle);
      if ((unit.kind === 'class' || unit.kind === 'bundled') && instances.length > 1 && unit.instance === null)
        throw this.failure(
          `the ${unit.kind === 'class' ? 'class' : 'module'} of scope ${unit.handle} was evaluated ${instances.length} times`,
        );
      for (const instance of instances) this.unit(unit, instance);
    }
  }

  /** What the site of `fn` calls to get the implementation for one call. */
  resolver(fn: PatchFunction): Resolve {
    const unit = this.module.units[fn.unit]!;
    const find = this.implementationIn(fn.key, unit);
    if (fn.shape !== 'closure' && unit.instance === null)
      return Object.assign(find, { fixed: () => (this.scopes.instances(unit.handle).length > 0 ? unlessEarly(find) : null) });
    if (fn.shape !== 'closure') return find;
    const capture = captureFactory(fn.captures);
    const none: Accessor = () => undefined;
    return (handle, accessor, newTarget) => {
      const factory = find(handle) as unknown as (captured: Captured) => Callable;
      return factory(capture(accessor || none, newTarget));
    };
  }

  /** Where a call that was in a loop goes on: gives what continues it in the scope that `handle` tells. */
  loopEntry({ unit, key }: LoopEntry): (handle?: ScopeEval) => Callable {
    return this.implementationIn(key, this.module.units[unit]!);
  }

  /** Every added member in every class it belongs to that exists; with `computed`, those only whose name code of the module gives. */
  members(computed = false): LinkedMember[] {
    const wanted = this.module.members.filter(({ named }) => !computed || named !== undefined);
    return wanted.flatMap((member) =>
      this.scopes.instances(this.module.units[member.unit]!.handle).map((instance) => this.member(member, instance)),
    );
  }

  /** The fields of every class of the patch that exists; with `only`, of a class that is just being made. */
  fields(only?: ScopeInstance): LinkedFields[] {
    return (this.module.fields ?? []).flatMap(({ unit: index, key }) => {
      const unit = this.module.units[index]!;
      const instances = only === undefined ? this.scopes.instances(unit.handle) : unit.handle === only.id ? [only] : [];
      return instances.map((instance) => {
        const make = this.unit(unit, instance).f[key] as () => {
          readonly type: object;
          readonly fields: readonly (readonly [string | symbol, Callable, true?, Collection?])[];
        };
        const { type, fields } = make();
        return {
          type,
          fields: fields.map(([name, init, assigned, collection], at) => ({
            name,
            assigned: assigned === true,
            init: (object: object) => Reflect.apply(init, object, []),
            ...(typeof name === 'string' && name.startsWith('#') ? privateField(instance, name) : {}),
            ...(collection ? enteredField(collection, privateKey(instance, stepInto(name, fields.slice(0, at)))) : {}),
          })),
        };
      });
    });
  }

  /**
   * The members that `instance`, a class that is just being made, has to get: their code is evaluated by the first call.
   * What gives a computed name may have yet to run.
   */
  lateMembers(instance: ScopeInstance): LinkedMember[] {
    return this.module.members
      .filter(({ unit, named }) => this.module.units[unit]!.handle === instance.id && named === undefined)
      .map((member) => {
        const find = (): Callable => this.member(member, instance).implementation;
        return {
          member,
          name: member.private ? privateKey(instance, member.name) : member.name,
          cls: instance.evaluate('this') as object,
          implementation: function (this: unknown, ...args: unknown[]) {
            return Reflect.apply(find(), this, args);
          },
        };
      });
  }

  private member(member: AddedMember, instance: ScopeInstance): LinkedMember {
    const unit = this.module.units[member.unit]!;
    const { f } = this.unit(unit, instance);
    return {
      member,
      name: member.private
        ? privateKey(instance, member.name)
        : member.named === undefined
          ? member.name
          : toKey((f[member.named] as () => unknown)()),
      cls: instance.evaluate('this') as object,
      implementation: f[member.key] as Callable,
    };
  }

  /** The classes whose constructors are put between them and their superclass; with `only`, of a class that is just being made. */
  inherited(only?: ScopeInstance): LinkedConstructor[] {
    return this.module.functions.flatMap(({ site, unit: index, inherited }) => {
      if (!inherited) return [];
      const unit = this.module.units[index]!;
      const instances = only === undefined ? this.scopes.instances(unit.handle) : unit.handle === only.id ? [only] : [];
      return instances.map((instance) => ({
        site,
        cls: instance.evaluate('this') as object,
        environment: this.scopes.handleFor(instance, unit) ?? 0,
      }));
    });
  }

  /** Every property that the patch sets on an object of the program, and its value. */
  properties(): LinkedProperty[] {
    const all = this.module.properties.flatMap((property) =>
      this.scopes.instances(this.module.units[property.unit]!.handle).map((instance) => ({ property, instance })),
    );
    const find = (): LinkedProperty[] => all.map(({ property, instance }) => this.property(property, instance));
    return all.every(({ property, instance }) => this.set.get(instance)?.has(property)) ? find() : this.environment.seeing(find);
  }

  /** What is set is the same each time. */
  private property(property: PatchProperty, instance: ScopeInstance): LinkedProperty {
    let known = this.set.get(instance);
    if (!known) this.set.set(instance, (known = new Map()));
    let found = known.get(property);
    if (!found) {
      const { f, shown } = this.unit(this.module.units[property.unit]!, instance);
      found = {
        object: property.onNew ? shown.during(f[property.target] as () => object) : (f[property.target] as () => object)(),
        name: property.private
          ? privateKey(instance, property.name)
          : property.named === undefined
            ? property.name
            : (f[property.named] as () => PropertyKey)(),
        value: shown.during(f[property.value] as () => unknown),
        getter: property.getter,
        hidden: property.hidden === true,
        attributes: property.attributes === true,
      };
      known.set(property, found);
    }
    return found;
  }

  /** Every table that is changed in place: the program's, and what the old and the new source make of it. */
  merges(): LinkedMerge[] {
    const { merges = [] } = this.module;
    if (merges.length === 0) return [];
    const made = this.environment.seeing(() =>
      merges.flatMap((merge) => {
        const unit = this.module.units[merge.unit]!;
        return this.scopes.instances(unit.handle).map((instance) => {
          const { f, shown } = this.unit(unit, instance);
          return { merge, instance, after: merge.value === null ? {} : { after: shown.during(f[merge.value] as () => unknown) } };
        });
      }),
    );
    return made.map(({ merge, instance, after }) => ({ ...this.mergeIn(merge, instance), ...after }));
  }

  /** Without what the new source makes of it. */
  private mergeIn(
    { target, key, before, name, optional, moves, called, hides, renews }: PatchMerge,
    instance: ScopeInstance,
  ): Omit<LinkedMerge, 'after'> {
    const evaluate = (text: string): unknown => {
      try {
        return instance.evaluate(`(${text}\n)`);
      } catch (error) {
        throw this.failure(`${name}: ${error instanceof Error ? error.message : String(error)}`, error);
      }
    };
    return {
      name,
      key,
      optional: optional === true,
      moves: moves === true,
      called: called ? { written: called, hides: hides === true, renews: renews === true } : null,
      target: evaluate(target),
      ...(before === null ? {} : { before: evaluate(before) }),
    };
  }

  /** Null where the module has yet to run, and there is no table. */
  private mergeThere(merge: PatchMerge, instance: ScopeInstance): Omit<LinkedMerge, 'after'> | null {
    return unlessEarly(() => this.mergeIn(merge, instance));
  }

  /** Every statement that fills tables which live on. */
  fills(): LinkedFill[] {
    return (this.module.fills ?? []).flatMap(({ unit: index, key, tables }) => {
      const unit = this.module.units[index]!;
      return this.scopes.instances(unit.handle).map((instance) => ({
        tables: tables.map((name) => instance.evaluate(name)),
        run: () => {
          try {
            const { f, shown } = this.unit(unit, instance);
            this.environment.seeing(() => shown.during(f[key] as () => void));
          } catch (error) {
            throw this.failure(`filling ${tables.join(', ')}: ${error instanceof Error ? error.message : String(error)}`, error);
          }
        },
      }));
    });
  }

  /** The new bindings of the module's own scope. */
  bindings(): Record<string, unknown> {
    const unit = this.module.units[0];
    const instance = unit && this.scopes.instances(unit.handle).at(-1);
    if (!unit || unit.kind !== 'module' || !instance) return {};
    return this.unit(unit, instance).b;
  }

  evaluate(text: string): unknown {
    return this.scopes.instances(0).at(-1)?.evaluate(text);
  }

  private implementationIn(key: number, unit: PatchUnit): (handle?: ScopeEval) => Callable {
    if (unit.instance === null) {
      let known: Callable | null = null;
      return () => (known ??= this.unit(unit, this.scopes.instances(unit.handle).at(-1)!).f[key] as Callable);
    }
    // One instance is the rule: remember the last.
    let lastHandle: ScopeEval | undefined;
    let last: Callable | null = null;
    const wrapper = unit.instance;
    return (handle) => {
      if (handle === lastHandle && last !== null) return last;
      const instance = isTold(unit.kind)
        ? this.scopes.scopeIn(unit.handle, wrapper, handle!)!
        : this.scopes.instanceOf(unit.handle, handle!);
      last = this.unit(unit, instance).f[key] as Callable;
      lastHandle = handle;
      return last;
    };
  }

  private unit(unit: PatchUnit, instance: ScopeInstance): UnitResult {
    const known = instance.links.get(unit) as UnitResult | typeof MAKING | undefined;
    // Code of the patch that it asks for as it is linked asks for it in turn.
    if (known === MAKING) throw new Error(`new code of ${this.module.file} is asked for before it is there`);
    if (known) return known;
    instance.links.set(unit, MAKING);
    let result: UnitResult;
    const shown = new Shown();
    try {
      const text = this.textOf(unit);
      const make = (
        unit.privates === undefined ? instance.evaluate(text) : privateFields(instance).evaluate(unit.privates, unit.methods ?? [], text)
      ) as (link: object) => Omit<UnitResult, 'shown'>;
      const link = (): Omit<UnitResult, 'shown'> => {
        try {
          return make(linkObject(unit, instance, shown, this.surroundings(instance)));
        } finally {
          shown.end();
        }
      };
      result = { ...this.environment.seeing(link), shown };
    } catch (error) {
      instance.links.delete(unit);
      const isError = error instanceof Error && !(error instanceof NotDoneAgain);
      throw this.failure(isError ? `${error.name}: ${error.message}` : error instanceof Error ? error.message : String(error), error);
    }
    instance.links.set(unit, result);
    return result;
  }

  private surroundings(instance: ScopeInstance): UnitSurroundings {
    const { environment, module, scopes } = this;
    return {
      environment,
      scopes,
      outer: (index) => {
        const outward = module.units[index]!;
        const enclosing = scopes.enclosing(instance, outward);
        return enclosing === null ? null : this.unit(outward, enclosing).b;
      },
      table: (index) => this.mergeThere(module.merges![index]!, instance),
    };
  }

  private textOf(unit: PatchUnit): string {
    const { environment, module } = this;
    const own = placed(unit);
    const map = module.origins && environment.mapOf ? `\n${environment.mapOf(own, module.origins)}` : '';
    return `${own.text}\n//# sourceURL=${this.sourceUrl(unit)}${map}`;
  }

  private sourceUrl(unit: PatchUnit): string {
    const index = this.module.units.indexOf(unit);
    return `${this.environment.url}?livepatch=${encodeURIComponent(this.environment.patch)}${index === 0 ? '' : `&unit=${index}`}`;
  }

  private failure(reason: string, cause?: unknown): LivepatchError {
    return new LivepatchError(
      'ERR_LINK',
      { module: this.module.file, reason },
      {
        where: { file: this.environment.file },
        hint: `Nothing was changed. ${hintFor(cause)}`,
        ...(cause === undefined ? {} : { cause }),
      },
    );
  }
}

function hintFor(cause: unknown): string {
  if (cause instanceof EvalError) return NO_EVAL;
  return cause instanceof NotDoneAgain ? 'Restart the program for this change.' : 'Correct the new source and build the patch again.';
}

/** V8 throws an EvalError only where the process forbids all code that is made of text. */
const NO_EVAL = 'Start the program without --disallow-code-generation-from-strings, and without what replaces the global eval.';

/** Of a unit that is being evaluated. */
const MAKING = Symbol('making');

const toKey = (name: unknown): PropertyKey => (typeof name === 'symbol' ? name : String(name));

/** Null where code is asked for that names what has yet to be there: the module is just about to run. */
function unlessEarly<T>(find: () => T): T | null {
  try {
    return find();
  } catch (error) {
    if ((error as Error).cause instanceof ReferenceError) return null;
    throw error;
  }
}
