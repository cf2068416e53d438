/**
 * What a name in the new source is called where the new code will run. New code is evaluated in a scope of the old
 * module, so most names stand for themselves; the rest are new, captured, shadowed or out of reach.
 */
import type { AnyNode } from 'acorn';
import type { HandleScope } from '../../instrument/plan.ts';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo, Reference, Scope } from '../../source/model.ts';
import { beginningOf, isPartOfOther } from './beginnings.ts';
import { derivationOf, entriesFor } from './derive.ts';
import { isToppedUp } from './gained.ts';
import { keptWhole } from './kept-whole.ts';
import { becomesBare } from '../version/objects/bare.ts';
import { readsOtherwise } from '../version/values/object-kinds.ts';
import type { Provided } from '../input/hook-file.ts';
import { GIVEN } from '../version/modules/in-bundle.ts';
import type { Match } from '../match/match.ts';
import type { Namespaces } from './namespaces.ts';
import type { KeptOptions } from './kept-options.ts';
import { holderOf, newlyNamed } from './newly-named.ts';
import { noneGiven, notGiven, notGivenYet } from './not-given.ts';
import type { Givers } from './not-given.ts';
import type { OwnText } from './own-texts.ts';
import { requiredBy } from '../version/program/ran.ts';
import { PrivateMembers } from './private-members.ts';
import { OtherValues } from './other-values.ts';
import { CAPTURES } from './resolution.ts';
import { sharedFor } from './shared.ts';
import type { Fresh, Lifted, Place, Resolution } from './resolution.ts';
import { meantByOwnName } from './own-names.ts';
import { fromOtherForm } from './part-and-whole.ts';
import { hiddenGlobal, isWithin } from './past-names.ts';
import type { Side } from '../version/side.ts';

const AS_IS: Resolution = { kind: 'as-is' };

export class Resolver {
  readonly fresh = new Map<Binding, Fresh>();
  /** Bindings of the new version that go by another name in the old one. */
  readonly renamed = new Map<Binding, Binding>();
  /** Constants of the running code that new code writes, by the variables that they are there: see written-constants.ts. */
  readonly lifted = new Map<Binding, Lifted>();
  /** Names of a handle's unit or scope that inner units and other modules reach through the unit's `b`, with their text. */
  readonly exposed = new Map<HandleScope, Map<string, { readonly text: string; readonly writable: boolean }>>();
  /** Locals of a unit that hold a module: their initialiser by name. */
  readonly helpers = new Map<HandleScope, Map<string, string>>();
  /** Paths of properties that the patch sets on objects of the program: see own-paths.ts. */
  readonly changedPaths = new Set<string>();
  /** Paths of static fields that the patch sets, and of properties that it takes off: code that runs as it is linked does not see that. */
  readonly unseenPaths = new Set<string>();
  /** Paths of tables that change in place, but for those that are exports. */
  readonly tablePaths = new Set<string>();
  /** Such tables by their variables. */
  readonly changedTables = new Set<Binding>();
  readonly privates = new PrivateMembers();
  keptOptions: readonly KeptOptions[] = [];
  /** As `entryReads` and those find them. */
  entries: ReadonlyMap<AnyNode, string> = new Map();
  /** As `ownTexts` finds them. */
  texts: ReadonlyMap<AnyNode, OwnText> = new Map();
  /** Caches that closures of the old version share, and in place of which new code has others. */
  readonly emptied = new Set<Binding>();
  /** Objects on which new code puts a listener that is known by this name from then on. */
  readonly listening = new Map<AnyNode, string>();
  /** Options that closures which exist go without, though code elsewhere took them, by the variables with what a call gives. */
  readonly assumed = new Map<Binding, readonly string[]>();
  /** Position of each handle's unit; filled once the units are known. */
  readonly units = new Map<HandleScope, number>();
  /** Variables of which it is being found out whether closures can be given them: what they begin with may lead back to them. */
  private readonly asked = new Set<Binding>();
  private readonly otherValues: OtherValues;
  private readonly base: Side;
  private readonly next: Side;
  private readonly match: Match;
  private readonly provide: Provided;
  /** Of the new version. */
  private readonly namespaces: Namespaces | null;
  private readonly givers: Givers;

  constructor(
    base: Side,
    next: Side,
    match: Match,
    provide: Provided,
    namespaces: Namespaces | null = null,
    givers: Givers = { option: () => true, took: () => true, call: () => true, load: () => true, versionsOf: () => null },
  ) {
    this.givers = givers;
    this.base = base;
    this.next = next;
    this.match = match;
    this.provide = provide;
    this.namespaces = namespaces;
    this.otherValues = new OtherValues(base, next, match);
  }

  /** The old scope that the new scope of a handle stands for. */
  handleOf(scope: Scope): HandleScope | undefined {
    const base = this.match.baseOf.get(scope.fn);
    if (!base || (scope !== scope.fn.body && scope !== scope.fn.scope)) return undefined;
    return this.base.plan.handleOf.get(base);
  }

  /** The local of the handle's unit that holds the value of `initialiser`, an expression over `$lp`. */
  helper(handle: HandleScope, initialiser: string): string {
    let names = this.helpers.get(handle);
    if (!names) this.helpers.set(handle, (names = new Map()));
    let name = names.get(initialiser);
    if (name === undefined) names.set(initialiser, (name = `$lp_m${handle.id}_${names.size}`));
    return name;
  }

  expose(handle: HandleScope, name: string, text: string, writable: boolean): string {
    let names = this.exposed.get(handle);
    if (!names) this.exposed.set(handle, (names = new Map()));
    names.set(name, { text, writable });
    return `$lp.u[${this.units.get(handle) ?? 0}].${name}`;
  }

  /** The object with what a module in a bundle gives away anew, for code at `handle`. */
  given(giver: HandleScope, handle: HandleScope): string {
    return giver === handle ? GIVEN : this.expose(giver, GIVEN, GIVEN, false);
  }

  /**
   * The key by which new code at `place` gets a module from the loader of the bundle: that of the module that runs, or one of its
   * own for a module that only the new version has. Null where it is what the source says.
   */
  keyOf(module: FunctionInfo, place: Place): string | null {
    const { inBundle } = this.next;
    const key = inBundle.keyOf(module)!;
    const old = this.match.baseOf.get(module);
    const was = old && this.base.inBundle.keyOf(old);
    if (was !== undefined && was !== null) return was === key ? null : JSON.stringify(was);
    const own = this.newModule(module);
    if (!own) return null;
    return own.handle === place.handle ? own.name : this.expose(own.handle, own.name, own.name, false);
  }

  /** The scope with the table that the loader looks into, and what its unit calls the key of a module that is new. */
  newModule(module: FunctionInfo): { readonly handle: HandleScope; readonly table: string; readonly name: string } | null {
    const table = this.next.plan.bundled.get(module)?.table;
    const scope = table && this.match.baseOf.get(table.binding.scope.fn);
    const handle = scope && this.base.plan.handleOf.get(scope);
    const old = scope && (scope.body.bindings.get(table.binding.name) ?? scope.scope.bindings.get(table.binding.name));
    return handle && old ? { handle, table: old.name, name: `$lp_k${module.index}` } : null;
  }

  resolve(ref: Reference, place: Place): Resolution {
    const found = this.find(ref, place);
    if (found.kind !== 'out-of-reach' || found.binding === null || place.site === null) return found;
    return (
      (ref.write ? null : this.computed(ref, place, found.binding)) ??
      this.shared(place, found.binding) ??
      (ref.write ? null : this.notGivenYet(place, found.binding)) ??
      found
    );
  }

  private notGivenYet(place: Place, binding: Binding): Resolution | null {
    const { match } = this;
    const reader = match.nextOf.get(place.site!.fn);
    if (!reader || this.base === this.next || place.derives?.has(binding) || this.oldBinding(binding, place) !== null) return null;
    const derivation = notGivenYet(binding, match.baseOf.get(binding.scope.fn), place, reader);
    return derivation && { kind: 'derived', derivation };
  }

  private textAt({ node }: Reference): string | null {
    return this.texts.size > 0 && this.base !== this.next ? (this.texts.get(node as AnyNode)?.text ?? null) : null;
  }

  /** A variable that existing closures lack, where what they hold is enough to compute it. */
  private computed(ref: Reference, place: Place, binding: Binding): Resolution | null {
    const provider = this.provide.get(place.site!.fn.path)?.get(ref.node.name);
    if (provider !== undefined) return { kind: 'provided', text: `(${provider})(${CAPTURES})` };
    // Old code stands where it stood.
    if (this.base === this.next || place.derives?.has(binding)) return null;
    const { base, next, givers, match } = this;
    const reader = match.nextOf.get(place.site!.fn);
    const derivation =
      derivationOf(binding, place, base, next, this, givers.option) ??
      (reader ? noneGiven(binding, place, reader, next, givers) : null) ??
      notGiven(binding, match.baseOf.get(binding.scope.fn), place, [base, next], givers, this) ??
      fromOtherForm(ref, binding, place, CAPTURES, [base, next, match]);
    return derivation && { kind: 'derived', derivation };
  }

  private shared(place: Place, binding: Binding): Resolution | null {
    // One of that name that they hold is another.
    if (this.base === this.next || this.asked.has(binding) || this.oldBinding(binding, place) !== null) return null;
    this.asked.add(binding);
    const shared = sharedFor(binding, place, this.base, this.next, this.match, this);
    this.asked.delete(binding);
    return shared && { kind: 'shared', shared };
  }

  /** An expression that makes of what closures hold an object that the new code keeps whole; null for any other variable. */
  wholeOf(binding: Binding, place: Place): string | null {
    if (this.base === this.next) return null;
    const { base, next, match, givers } = this;
    const { took, versionsOf } = givers;
    const whole = keptWhole(binding, place, { base, next, match, captures: CAPTURES, versionsOf, took });
    if (whole && whole.assumed.length > 0) this.assumed.set(binding, whole.assumed);
    return whole && whole.text;
  }

  private find(ref: Reference, place: Place): Resolution {
    const { binding } = ref;
    const name = ref.node.name;
    const ownText = this.textAt(ref);
    if (ownText !== null) return { kind: 'text', text: ownText };
    if (!binding) {
      if (!place.handle.scope.lookup(name)) return AS_IS;
      const global = hiddenGlobal(ref);
      return global === null
        ? { kind: 'out-of-reach', binding: null, reason: `${name} is a global there, but a name of the running module hides it` }
        : { kind: 'text', text: global };
    }
    if (place.derives?.has(binding)) return AS_IS;
    const own = binding.scope.node;
    if (contains(place, own) && own.type !== 'Program') {
      if (binding.kind !== 'own-name' || own !== place.nameless) return AS_IS;
    }
    if (place.site === null && isWithin(binding, place)) return AS_IS;
    const named = this.base === this.next ? null : newlyNamed(binding, this.next, this.match);
    if (named) {
      const goesOnFrom = (one: Binding): Binding | null => this.renamed.get(one) ?? this.oldBinding(one, place);
      const holder = ref.write ? null : holderOf(named, this.base, this.next, goesOnFrom);
      const held = holder && this.find({ ...ref, binding: holder }, place);
      return held && held.kind !== 'out-of-reach' ? held : { kind: 'out-of-reach', binding, reason: lacks(name) };
    }
    const module = this.namespaces?.changed(ref);
    if (module != null) return { kind: 'text', text: this.helper(place.handle, `$lp.m(${JSON.stringify(module)})`) };
    const giver = this.base === this.next || place.site !== null ? null : this.next.inBundle.changed(ref, place.start, place.end);
    if (giver !== null) return { kind: 'text', text: this.given(giver, place.handle) };
    const fresh = this.fresh.get(binding);
    if (fresh) {
      if (fresh.handle !== place.handle)
        return { kind: 'text', text: this.expose(fresh.handle, name, fresh.text ?? name, fresh.text === null && isVariable(binding)) };
      return fresh.text === null ? AS_IS : { kind: 'text', text: fresh.text };
    }
    const lifted = this.lifted.get(binding);
    if (lifted)
      return {
        kind: 'text',
        text: lifted.handle === place.handle ? lifted.text : this.expose(lifted.handle, lifted.text, lifted.text, true),
      };
    const old = this.renamed.get(binding) ?? this.oldBinding(binding, place);
    const isOwn = binding.kind === 'own-name' && own === place.nameless;
    // The running function may have had no name, and another that one.
    if (isOwn && (old === null || this.hasOtherValue(binding, old))) return this.ownName(ref, binding, place);
    if (old === null) return { kind: 'out-of-reach', binding, reason: lacks(name) };
    if (ref.write && isConstant(old))
      return { kind: 'out-of-reach', binding, reason: `${name} is a constant in the running code, and the new code writes it` };
    const oldName = old.name;
    if (oldName !== name && this.isShadowed(ref, oldName, place))
      return { kind: 'out-of-reach', binding: null, reason: `${name} was called ${oldName}, which is another variable there` };
    if (place.handle.scope.lookup(oldName) === old) {
      if (place.site !== null && this.emptied.has(old)) return this.otherCache(place, oldName);
      const outdated =
        place.site === null
          ? null
          : this.isOther(binding, old)
            ? this.renewed(ref, binding, old, oldName, place)
            : this.toppedUp(ref, old, oldName, place);
      return outdated ?? (oldName === name ? AS_IS : { kind: 'text', text: oldName });
    }
    const capture = place.site?.captures.find((c) => c.binding === old);
    if (capture) {
      if (ref.write && !capture.writable)
        return { kind: 'out-of-reach', binding, reason: `${name} is never written in the running code, and the new code writes it` };
      if (this.emptied.has(old)) return this.otherCache(place, `${CAPTURES}.${oldName}`);
      const outdated = this.isOther(binding, old);
      const held = `${CAPTURES}.${oldName}`;
      const renewed = outdated ? this.renewed(ref, binding, old, held, place) : this.toppedUp(ref, old, held, place);
      return renewed && !('outdated' in renewed) ? renewed : { kind: 'captured', name: oldName, old, outdated };
    }
    for (let handle = place.handle.parent; handle; handle = handle.parent) {
      if (handle.scope.lookup(oldName) !== old) continue;
      const text = this.expose(handle, oldName, oldName, isVariable(old));
      return place.site !== null && this.emptied.has(old) ? this.otherCache(place, text) : { kind: 'text', text };
    }
    if (isOwn) return this.ownName(ref, binding, place);
    return { kind: 'out-of-reach', binding, reason: `existing closures do not hold ${name}` };
  }

  private ownName(ref: Reference, binding: Binding, place: Place): Resolution {
    const meant = meantByOwnName(ref, binding, this.base, this.next, this.match);
    if (meant === 'itself') return { kind: 'own-name' };
    if (meant && 'text' in meant) return { kind: 'text', text: this.helper(place.handle, meant.text) };
    const held = meant && this.find({ ...ref, binding: meant }, place);
    return held && held.kind !== 'out-of-reach' ? held : { kind: 'out-of-reach', binding, reason: lacks(binding.name) };
  }

  private otherCache(place: Place, held: string): Resolution {
    return { kind: 'emptied', text: `${this.helper(place.handle, '$lp.emptied')}(${held})` };
  }

  /** What stands for a variable to which the new code gives another value than existing closures have at `held`. */
  private renewed(ref: Reference, binding: Binding, old: Binding, held: string, place: Place): Resolution {
    const { base, next } = this;
    const { option } = this.givers;
    const derivation =
      derivationOf(binding, place, base, next, this, option) ?? entriesFor(binding, old, place, held, base, next, this, option);
    if (derivation) return { kind: 'derived', derivation };
    if (base.definitionNamed(old))
      return { kind: 'out-of-reach', binding, reason: `${ref.node.name} is another function in the running code` };
    const [before, after] = [beginningOf(old, base), beginningOf(binding, next)];
    if (isPartOfOther(old, binding) || (before && after && readsOtherwise(before, after)))
      return { kind: 'out-of-reach', binding, reason: `${ref.node.name} is another kind of value in the running code` };
    if (!ref.write && becomesBare(old, base, binding, next))
      return { kind: 'bare', text: `${this.helper(place.handle, '$lp.bare')}(${held})` };
    return { kind: 'text', text: held, outdated: true };
  }

  /** The object that closures hold, with what the new code puts on it as well. */
  private toppedUp({ binding, write }: Reference, old: Binding, held: string, place: Place): Resolution | null {
    const { base, next, givers } = this;
    if (write || base === next || !binding!.captured || !isToppedUp(old, base, binding!, next)) return null;
    const derivation = entriesFor(binding!, old, place, held, base, next, this, givers.option);
    return derivation && { kind: 'derived', derivation };
  }

  /** Whether the emitted code declares `name` between the reference and its outside. */
  private isShadowed(ref: Reference, name: string, place: Place): boolean {
    const seen = ref.scope.lookup(name)?.scope.node;
    return seen !== undefined && contains(place, seen) && seen.type !== 'Program';
  }

  /** The variable of the running code that a new binding goes on from. */
  oldBinding(binding: Binding, place: Place): Binding | null {
    const fn = this.match.baseOf.get(binding.scope.fn);
    if (!fn) return null;
    const start = place.site ? place.site.fn.scope.parent! : place.handle.scope;
    const seen = start.lookup(binding.name);
    const declared = fn.body.bindings.get(binding.name) ?? fn.scope.bindings.get(binding.name) ?? null;
    // A function's own name stands for no more than the variable that holds it.
    const isHeld = seen?.kind === 'own-name' && binding.kind !== 'own-name' && declared?.reassigned === false;
    if (isHeld && this.base.functionDeclaredBy(declared!.declarations[0]!)?.node === seen.scope.node) return declared;
    const isOwnName = seen?.kind === 'own-name' && binding.kind !== 'own-name';
    return seen && seen.scope.fn === fn && !(isOwnName && declared) ? seen : declared;
  }

  /** Whether the old scope that the variable's scope stands for has no variable of its name. */
  isNew(binding: Binding): boolean {
    const fn = this.match.baseOf.get(binding.scope.fn);
    return fn !== undefined && !fn.body.bindings.has(binding.name) && !fn.scope.bindings.has(binding.name);
  }

  /** Whether existing closures hold another value of a variable than the new code of its function gives it. */
  private isOther(binding: Binding, old: Binding): boolean {
    return binding.captured && this.hasOtherValue(binding, old);
  }

  /** Whether a variable of a function that runs again and again is given another value than the old one of its name. */
  hasOtherValue(binding: Binding, old: Binding): boolean {
    const handle = this.handleOf(binding.scope);
    return this.base !== this.next && (!handle || handle.kind === 'heavy') && this.otherValues.has(binding, old);
  }

  /** Whether the process decides which version of a dependency code that asks for it goes by: see `Surroundings`. */
  follows(specifier: string): boolean {
    return this.namespaces?.follows(specifier) === true;
  }

  /** Whether the patch brings along the file that new code asks for. */
  brings(specifier: string): boolean {
    return this.namespaces?.brings(specifier) === true;
  }

  /** The file of a module with exports that are new in the patch or have another value there. */
  changes(specifier: string): string | null {
    return this.namespaces?.changedModule(specifier) ?? null;
  }

  /** Whether a name that both versions write the same way also means the same in both. */
  sameReference(base: Reference, next: Reference): boolean {
    if (!base.binding || !next.binding) return base.binding === next.binding;
    if (this.textAt(next) !== null) return false;
    if (next.binding.kind === 'implicit' && this.follows(requiredBy(next.parent) ?? '')) return false;
    const was = this.renamed.get(next.binding);
    if (was !== undefined && was !== base.binding) return false;
    // Who makes the cache makes it as before.
    if (this.emptied.has(base.binding) && next.fn !== next.binding.scope.fn) return false;
    if (this.fresh.has(next.binding) || this.namespaces?.changed(next) != null || this.next.inBundle.changed(next) !== null) return false;
    return this.match.baseOf.get(next.binding.scope.fn) === base.binding.scope.fn && !this.isOther(next.binding, base.binding);
  }
}

const lacks = (name: string): string => `${name} does not exist in the running code`;

function isConstant(binding: Binding): boolean {
  return binding.kind === 'const' || binding.kind === 'import' || binding.kind === 'own-name' || binding.kind === 'arguments';
}

function isVariable(binding: Binding): boolean {
  return binding.kind === 'let' || binding.kind === 'var';
}
