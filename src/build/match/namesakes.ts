/**
 * Which variable of the old version is which of the new where a minifier chose the names, which then say nothing: by the
 * places they stand at in functions that are the same but for names, and in what is the same around what changed.
 */
import type { AnyNode } from 'acorn';
import type { Binding, ModuleModel } from '../../source/model.ts';
import { alignWords } from './align.ts';
import type { Speaks } from './meanings.ts';
import { ModulePairs, modulesOf, namesOfModules } from './module-pairs.ts';
import { beginAlike, beginnings, homeOf, Nameless, statesBy } from './nameless.ts';
import { areOneModule, mostAlike, resembling } from './resemblance.ts';
import { Words } from './shape.ts';
import type { Shape } from './shape.ts';
import { isIdentity, isLasting } from './standing.ts';
import type { Standing } from './standing.ts';
import { best, confidenceIn, leastOf } from './votes.ts';
import type { Confidence, Votes } from './votes.ts';

const SHOWN = 3;

/** A variable of the old version of which it is not certain what it is in the new one. */
export interface Unclear {
  /** Null for all of them. */
  readonly base: Binding | null;
  readonly reason: string;
}

interface Gap {
  readonly base: Shape[];
  readonly next: Shape[];
}

export class Namesakes {
  /** New to old. */
  readonly partners = new Map<Binding, Binding>();
  private readonly words = new Words();
  private readonly base: Nameless;
  private readonly next: Nameless;
  /** Functions, new to old. */
  private readonly functions = new Map<AnyNode, AnyNode>();
  private readonly taken = new Set<AnyNode>();
  /** Functions between what is the same in both versions. */
  private readonly gaps: Gap[] = [];
  private readonly modules: ModulePairs;
  private readonly votes = new Map<Binding, Map<Binding, Votes>>();
  /** New to old, whatever else speaks for them. */
  private readonly decided = new Map<Binding, Binding>();

  constructor(base: ModuleModel, next: ModuleModel, speaks: Speaks = () => false) {
    this.base = new Nameless(base, this.words, speaks);
    this.next = new Nameless(next, this.words, speaks);
    this.modules = new ModulePairs(modulesOf(this.base), modulesOf(this.next), this.words);
    this.pair(this.base.root, this.next.root);
    this.moved();
    this.pairModules();
    do this.settleAll();
    while (this.decide());
    this.pairBeginnings();
    this.partAtOdds();
  }

  /** The functions of which one is the other, new and old. */
  pairs(): Iterable<readonly [Shape, Shape]> {
    return [...this.functions].map(([next, base]) => [this.next.shapes.get(next)!, this.base.shapes.get(base)!] as const);
  }

  /** States that are the only ones of their place to begin so, with a text of their own: no vote is left that takes one elsewhere. */
  private pairBeginnings(): void {
    const paired = new Set(this.partners.values());
    const was = beginnings(this.base, (binding) => homeOf(binding.scope.fn));
    for (const [key, next] of beginnings(this.next, (binding) => this.functions.get(homeOf(binding.scope.fn)))) {
      const base = was.get(key);
      if (!base || !next || paired.has(base) || this.partners.has(next)) continue;
      this.partners.set(next, base);
    }
    this.pairOrigins();
  }

  /** States that are declared in the same place and alone begin with what the same variables give, where the same functions use them, if in other places. */
  private pairOrigins(): void {
    const paired = new Set(this.partners.values());
    const was = statesBy(this.base, (binding) => this.base.origin(binding, (variable) => variable));
    for (const [origin, next] of statesBy(this.next, (binding) => this.next.origin(binding, (variable) => this.partners.get(variable)))) {
      const base = was.get(origin);
      if (!base || !next || paired.has(base) || this.partners.has(next)) continue;
      if ((this.votes.get(next)?.get(base)?.declared ?? 0) > 0 && this.sameUsers(base, next)) this.partners.set(next, base);
    }
  }

  private sameUsers(base: Binding, next: Binding): boolean {
    const users = new Set<AnyNode | undefined>(usersOf(base));
    const now = new Set(Array.from(usersOf(next), (fn) => this.functions.get(fn)));
    return users.size === now.size && [...now].every((fn) => users.has(fn));
  }

  private pairLeft(gap: Gap): void {
    const gone = gap.base.filter(({ node }) => !this.taken.has(node));
    const come = gap.next.filter(({ node }) => !this.functions.has(node));
    for (const [fn, now] of mostAlike(gone, come)) this.pair(fn, now);
  }

  private settleAll(): void {
    this.settle();
    while (this.gaps.length > 0) {
      for (const gap of this.gaps.splice(0)) this.pairLeft(gap);
      this.settle();
    }
  }

  /** Whether what resembles each other decides more than what stands around. */
  private decide(): boolean {
    const { base, next, words, partners, votes } = this;
    const sameHome = (old: Binding, now: Binding): boolean => this.sameHome(old, now);
    const haveUsersInCommon = (old: Binding, now: Binding): boolean => {
      const users = new Set<AnyNode | undefined>(usersOf(old));
      return usersOf(now).some((fn) => users.has(this.functions.get(fn)));
    };
    const before = this.decided.size;
    for (const [now, old] of resembling({ base, next, words, partners, votes, sameHome, haveUsersInCommon })) this.decided.set(now, old);
    return this.decided.size > before;
  }

  /** What stands for a function comes before what a function is like. */
  private settle(): void {
    do this.count();
    while (this.pairNamed());
  }

  /** Functions of which names say one thing and their code another. What is another name of a function may be one of another. */
  private partAtOdds(): void {
    for (const [next, base] of this.partners) {
      if (this.base.isOtherName(base) && this.next.isOtherName(next)) continue;
      const [old, now] = [this.base.functionOf(base), this.next.functionOf(next)];
      if (old && now && this.functions.get(now.node) !== old.node) this.partners.delete(next);
    }
  }

  /** Whether a variable has to go on as its partner: it outlives a call, and another that is equal is not as good. */
  isKept(next: Binding): boolean {
    const base = this.partners.get(next);
    return base !== undefined && isLasting(next) && !/^(value|import)$/.test(this.base.standing(base));
  }

  /** Whether a variable without a partner has the name of another that was there in its place. */
  isTaken(next: Binding): boolean {
    const home = this.functions.get(homeOf(next.scope.fn));
    return home !== undefined && (this.base.names.get(home)?.has(next.name) ?? false);
  }

  /**
   * Variables of the old version that hold what must not be lost, or that others hold what they stand for, and of which
   * nothing certain is known though the new version has some that may be them: those that are `alike`.
   */
  unclear(who: string, alike: (base: Binding) => string = () => ''): Unclear[] {
    const paired = new Set(this.partners.values());
    const key = (home: AnyNode, standing: Standing, of: Binding): string => `${home.start} ${standing} ${alike(of)}`;
    const candidates = new Map<string, string[]>();
    for (const next of this.next.meanings.variables) {
      const home = this.functions.get(homeOf(next.scope.fn));
      if (!home || this.partners.has(next) || !this.next.isAtStake(next)) continue;
      const at = key(home, this.next.standing(next), next);
      candidates.set(at, [...(candidates.get(at) ?? []), next.name]);
    }
    return this.base.meanings.variables.flatMap((base) => {
      if (paired.has(base) || !this.base.isAtStake(base)) return [];
      const names = candidates.get(key(homeOf(base.scope.fn), this.base.standing(base), base));
      if (!names) return [];
      const shown = names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')} or another` : names.join(' or ');
      return [{ base, reason: `${who} the names: it may be ${shown} now, or have gone` }];
    });
  }

  private isUnique({ id }: Shape): boolean {
    return this.base.count.get(id) === 1 && this.next.count.get(id) === 1;
  }

  private pair(base: Shape, next: Shape): void {
    if (this.taken.has(base.node) || this.functions.has(next.node)) return;
    const [name, now] = [this.base.nameOf(base), this.next.nameOf(next)];
    if (name !== null && now !== null && name !== now) return;
    if (this.base.isModule(base) && this.next.isModule(next) && base.id !== next.id) {
      if (this.modules.hasBetter(base, next) || !areOneModule(base, next, this.words)) return;
    }
    if (base.id === next.id && this.pairWhole(base, next)) return;
    this.pairNodes(base, next);
    this.declared(base, next, 'declared');
    const [oldParts, parts] = [partsOf(base), partsOf(next)];
    let gap: Gap = { base: [], next: [] };
    let [i, j] = [0, 0];
    for (const [x, y] of [...alignWords(base.words, next.words), [base.words.length, next.words.length] as const]) {
      for (; i < x; i++) if (oldParts.inner.has(i)) gap.base.push(oldParts.inner.get(i)!);
      for (; j < y; j++) if (parts.inner.has(j)) gap.next.push(parts.inner.get(j)!);
      [i, j] = [x + 1, y + 1];
      const [old, now] = [oldParts.names.get(x), parts.names.get(y)];
      if (old && now) {
        const [a, b] = [this.base.meanings.of(old)!, this.next.meanings.of(now)!];
        const isDeclared = a.declarations.includes(old) && b.declarations.includes(now);
        const isFirm = oldParts.runs.get(x) === parts.runs.get(y);
        if (isDeclared) this.vote(a, b, 'declared');
        else this.vote(a, b, 'likely', isFirm).places += isFirm ? 1 : 0;
      }
      const [oldFn, nowFn] = [oldParts.inner.get(x), parts.inner.get(y)];
      if (oldFn && nowFn) this.pair(oldFn, nowFn);
      // Behind a word that is the same, what was left before it has been met.
      if (gap.base.length + gap.next.length === 0) continue;
      if (gap.base.length === 1 && gap.next.length === 1) this.pair(gap.base[0]!, gap.next[0]!);
      else this.gaps.push(gap);
      gap = { base: [], next: [] };
    }
  }

  /** The names that two functions are declared by. */
  private declared(base: Shape, next: Shape, kind: Confidence): void {
    const [old, now] = this.declarations(base, next);
    if (old && now) this.vote(old, now, kind);
  }

  private declarations(base: Shape, next: Shape): readonly [Binding | undefined, Binding | undefined] {
    const of = ({ node }: Shape, { meanings }: Nameless): Binding | undefined =>
      node.type === 'FunctionDeclaration' && node.id ? meanings.of(node.id) : undefined;
    return [of(base, this.base), of(next, this.next)];
  }

  private pairNodes(base: Shape, next: Shape): void {
    this.functions.set(next.node, base.node);
    this.taken.add(base.node);
  }

  /** Of two functions of one shape, if one variable stands wherever another does. */
  private pairWhole(base: Shape, next: Shape): boolean {
    const forth = new Map<Binding, Binding>();
    const places = new Map<Binding, number>();
    const back = new Map<Binding, Binding>();
    const same = this.zipped(base, next, (old, now) => {
      places.set(old, (places.get(old) ?? 0) + 1);
      const [known, other] = [forth.get(old), back.get(now)];
      if (known !== undefined || other !== undefined) return known === now && other === old;
      forth.set(old, now);
      back.set(now, old);
      return true;
    });
    if (!same) return false;
    const certainty = this.isUnique(base) ? 'certain' : 'likely';
    for (const [old, now] of forth) this.vote(old, now, certainty).places += places.get(old)!;
    this.declared(base, next, certainty);
    const all = (a: Shape, b: Shape): void => {
      this.pairNodes(a, b);
      a.inner.forEach((inner, i) => all(inner, b.inner[i]!));
    };
    all(base, next);
    return true;
  }

  /** Whether `agree` holds of the variables at each place of two functions of one shape. */
  private zipped(base: Shape, next: Shape, agree: (base: Binding, next: Binding) => boolean): boolean {
    const { words, names, inner: functions } = base;
    if (words.length !== next.words.length || words.some((word, i) => word !== next.words[i])) return false;
    for (let i = 0; i < names.length; i++)
      if (!agree(this.base.meanings.of(names[i]!)!, this.next.meanings.of(next.names[i]!)!)) return false;
    for (let i = 0; i < functions.length; i++) {
      const [inner, other] = [functions[i]!, next.inner[i]!];
      const [old, now] = this.declarations(inner, other);
      if (old && now ? !agree(old, now) : old !== now) return false;
      if (!this.zipped(inner, other, agree)) return false;
    }
    return true;
  }

  /** Functions that stand elsewhere now. */
  private moved(): void {
    const gone = new Map<number, Shape | null>();
    for (const shape of this.base.shapes.values()) if (!this.taken.has(shape.node)) gone.set(shape.id, gone.has(shape.id) ? null : shape);
    for (const shape of this.next.shapes.values()) {
      const old = gone.get(shape.id);
      if (old && this.isUnique(shape)) this.pair(old, shape);
    }
  }

  /** Modules that stand where others do now, and the variables that stand for them. */
  private pairModules(): void {
    const [names, now] = [namesOfModules(this.base), namesOfModules(this.next)];
    for (const [base, next] of this.modules.best()) {
      this.pair(base, next);
      const [old, own] = [names.get(base), now.get(next)];
      if (old && own && this.functions.get(next.node) === base.node) this.vote(old, own, 'likely');
    }
  }

  /** Functions that only their names tell to be the same; what they have in common counts as well. */
  private pairNamed(): boolean {
    const before = this.functions.size;
    for (const [next, base] of this.partners) {
      const [old, now] = [this.base.functionOf(base), this.next.functionOf(next)];
      if (old && now) this.pair(old, now);
    }
    return this.functions.size > before;
  }

  private vote(base: Binding, next: Binding, kind: Confidence, isFirm = kind === 'likely'): Votes {
    let row = this.votes.get(next);
    if (!row) this.votes.set(next, (row = new Map()));
    let votes = row.get(base);
    if (!votes) row.set(base, (votes = { certain: 0, likely: 0, declared: 0, firm: 0, places: 0 }));
    votes[kind]++;
    if (isFirm) votes.firm++;
    return votes;
  }

  private count(): void {
    this.partners.clear();
    for (const [next, base] of this.decided) this.partners.set(next, base);
    const decided = new Set(this.decided.values());
    const reverse = new Map<Binding, Map<Binding, Votes>>();
    for (const [next, row] of this.votes)
      for (const [base, votes] of row) {
        if (!this.sameHome(base, next) || !this.maybeSame(base, next, votes)) row.delete(base);
        else reverse.set(base, (reverse.get(base) ?? new Map<Binding, Votes>()).set(next, votes));
      }
    for (const [next, row] of this.votes) {
      const base = this.decided.has(next) ? null : best(row);
      if (!base || decided.has(base) || best(reverse.get(base)!) !== next) continue;
      const own = row.get(base)!;
      const confidence = leastOf(confidenceIn(row, own), confidenceIn(reverse.get(base)!, own));
      if (confidence === null) continue;
      if (confidence !== 'declared' || !isIdentity(this.base.standing(base)) || isUnused(base, next)) this.partners.set(next, base);
    }
    this.countFunctions(reverse);
  }

  /**
   * Of what is left, what stands for one function, where something speaks for it and for no other: what spoke for others has found
   * its own.
   */
  private countFunctions(reverse: ReadonlyMap<Binding, ReadonlyMap<Binding, Votes>>): void {
    const paired = new Set(this.partners.values());
    for (const [next, row] of this.votes) {
      const now = this.partners.has(next) ? undefined : this.next.functionOf(next);
      const old = now && this.functions.get(now.node);
      const isOther = this.next.isOtherName(next);
      const isIt = (own: Binding): boolean =>
        !paired.has(own) && this.base.functionOf(own)?.node === old && this.base.isOtherName(own) === isOther;
      const [base, ...more] = old ? [...row.keys()].filter(isIt) : [];
      if (!base || more.length > 0 || [...reverse.get(base)!.keys()].some((own) => own !== next && !this.partners.has(own))) continue;
      this.partners.set(next, base);
      paired.add(base);
    }
  }

  /** A state goes on only as one that begins the same, or is used in all the places where it was and nowhere else. */
  private maybeSame(base: Binding, next: Binding, { certain, places }: Votes): boolean {
    const standing = this.base.standing(base);
    if (standing !== this.next.standing(next)) return !isLasting(base) && !isLasting(next);
    if (!isIdentity(standing) || !isLasting(base) || beginAlike(this.base, base, this.next, next)) return true;
    return certain > 0 && [base, next].every((binding) => usesOf(binding) === places);
  }

  /** Variables of two functions that are the same. */
  private sameHome(base: Binding, next: Binding): boolean {
    return this.functions.get(homeOf(next.scope.fn)) === homeOf(base.scope.fn);
  }
}

/** Nothing reads or writes either, so that no state is lost whichever of them is which. */
function isUnused(...bindings: readonly Binding[]): boolean {
  return bindings.every(({ last }) => last === null);
}

/** How often a variable is used, but for where it is declared. */
function usesOf({ references, declarations }: Binding): number {
  return references.filter(({ node }) => !declarations.includes(node as never)).length;
}

/** The functions that use a variable, but for where it is declared. */
function usersOf({ references, declarations }: Binding): AnyNode[] {
  return references.flatMap(({ node, fn }) => (declarations.includes(node as never) ? [] : [homeOf(fn)]));
}

function partsOf({ names, nameAt, inner, innerAt }: Shape): {
  readonly names: ReadonlyMap<number, AnyNode & { type: 'Identifier' }>;
  readonly inner: ReadonlyMap<number, Shape>;
  /** Of each name among others, as in a list, which of how many it is: of lists of other lengths it is not certain which is which. */
  readonly runs: ReadonlyMap<number, string>;
} {
  const runs = new Map<number, string>();
  for (let i = 0, end = 0; i < nameAt.length; i = end) {
    while (end < nameAt.length && nameAt[end]! - nameAt[i]! === end - i) end++;
    for (let at = i; at < end; at++) runs.set(nameAt[at]!, `${at - i} of ${end - i}`);
  }
  return { names: new Map(names.map((id, i) => [nameAt[i]!, id])), inner: new Map(inner.map((own, i) => [innerAt[i]!, own])), runs };
}
