/**
 * Which private name of a class of the old version is which of the new where a minifier chose them: by the places they stand at in
 * functions of which one is the other.
 */
import type { AnyNode, Class, MethodDefinition, PrivateIdentifier, PropertyDefinition } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { ModuleModel } from '../../source/model.ts';
import { walk } from '../version/program/walk.ts';
import { alignWords } from './align.ts';
import type { Shape } from './shape.ts';

/** A private name, as the class declares it. */
interface PrivateName {
  readonly name: string;
  readonly cls: Class;
  /** Where it is declared: new ones come among those that were there, so that says less. */
  readonly key: PrivateIdentifier;
  /** Wherever it stands, in the class and in those within. */
  readonly places: PrivateIdentifier[];
  /** What is held under it begins as; null where nothing is held, of a method. */
  readonly begins: string | null;
}

export interface PairedPrivateNames {
  /** Where each name of the new version stands that has another one there. */
  readonly renamed: ReadonlyMap<PrivateIdentifier, string>;
  /** How many names that is. */
  readonly count: number;
  /** What is not certain: of a field of the old version which of the new it is, if any, or how to write one of the new under its old name. */
  readonly unclear: readonly string[];
}

/** The private names of a module, by each place at which one stands. */
export class PrivateNames {
  readonly at = new Map<AnyNode, PrivateName>();
  readonly all: PrivateName[] = [];

  constructor({ program, classes }: ModuleModel) {
    if (classes.every(({ privateNames }) => privateNames.size === 0)) return;
    const declared = new Map<Class, ReadonlyMap<string, PrivateName>>();
    for (const { node } of classes) declared.set(node, this.declaredBy(node));
    walk(program, (node, parents) => {
      if (node.type !== 'PrivateIdentifier') return;
      for (let i = parents.length - 1; i >= 0; i--) {
        const own = declared.get(parents[i] as Class)?.get(node.name);
        if (!own) continue;
        own.places.push(node);
        this.at.set(node, own);
        return;
      }
    });
  }

  private declaredBy(cls: Class): ReadonlyMap<string, PrivateName> {
    const names = new Map<string, PrivateName>();
    for (const member of cls.body.body) {
      if (member.type === 'StaticBlock' || member.key.type !== 'PrivateIdentifier' || names.has(member.key.name)) continue;
      const own = { name: member.key.name, cls, key: member.key, places: [], begins: beginningOf(member) };
      names.set(own.name, own);
      this.all.push(own);
    }
    return names;
  }
}

/** A class that the module declares has a name that says nothing. */
const BUILT_IN = /^[A-Z][a-z]+\w*$/;

function beginningOf(member: MethodDefinition | PropertyDefinition): string | null {
  if (member.type !== 'PropertyDefinition') return null;
  const { value } = member;
  const callee = value?.type === 'NewExpression' && value.callee.type === 'Identifier' ? value.callee.name : '';
  return `${value?.type} ${BUILT_IN.test(callee) ? callee : ''}`;
}

/** `pairs`: functions of which one is the other, new and old. */
export function pairPrivateNames(base: PrivateNames, next: PrivateNames, pairs: Iterable<readonly [Shape, Shape]>): PairedPrivateNames {
  const { votes, reverse } = votesOf(base, next, pairs);
  const partners = new Map<PrivateName, PrivateName>();
  for (const [now, row] of votes) {
    const old = most(row);
    if (old && (old.begins === null) === (now.begins === null) && most(reverse.get(old)!) === now) partners.set(now, old);
  }
  const classes = classPairs(partners);
  for (const [now, old] of partners) if (classes.get(now.cls) !== old.cls) partners.delete(now);
  // A single place may be that of a field which has come as well as of one that was there.
  const isOpen = ({ all }: PrivateNames, cls: Class, known: ReadonlySet<PrivateName>): boolean =>
    all.some((own) => own.cls === cls && own.begins !== null && !known.has(own));
  const [gone, come] = [new Set(partners.values()), new Set(partners.keys())];
  for (const [now, old] of partners) {
    const isSure = now.begins === old.begins && votes.get(now)!.get(old)! >= SURE;
    if (now.begins !== null && !isSure && (isOpen(base, old.cls, gone) || isOpen(next, now.cls, come))) partners.delete(now);
  }
  const names = namesFor(base, next, partners, classes);
  const renamed = new Map<PrivateIdentifier, string>();
  const unclear = unclearOf(base, next, partners, classes);
  const hidden = hiddenBy(next, names);
  if (hidden) return { renamed, count: 0, unclear: [...unclear, `#${hidden.name} would hide another in the new version`] };
  for (const [own, name] of names) for (const place of own.places) renamed.set(place, name);
  return { renamed, count: names.size, unclear };
}

/** Two places, one of which says what is done with it. */
const SURE = 3;

type VotesOf = Map<PrivateName, Map<PrivateName, number>>;

/** What speaks for one being another: where one is declared where the other is, and twice as much where it is used so. */
function votesOf(
  base: PrivateNames,
  next: PrivateNames,
  pairs: Iterable<readonly [Shape, Shape]>,
): { readonly votes: VotesOf; readonly reverse: VotesOf } {
  const [votes, reverse]: VotesOf[] = [new Map(), new Map()];
  const vote = (into: VotesOf, of: PrivateName, to: PrivateName, weight: number): void => {
    const row = into.get(of) ?? new Map<PrivateName, number>();
    into.set(of, row.set(to, (row.get(to) ?? 0) + weight));
  };
  for (const [now, old] of pairs) {
    for (const [was, is] of alignedPrivates(old, now)) {
      const [before, after] = [base.at.get(was), next.at.get(is)];
      if (!before || !after) continue;
      const weight = after.key === is ? 1 : 2;
      vote(votes!, after, before, weight);
      vote(reverse!, before, after, weight);
    }
  }
  return { votes: votes!, reverse: reverse! };
}

/** Where two functions have a private name in the same place of what is the same in both. */
function alignedPrivates(old: Shape, now: Shape): readonly (readonly [PrivateIdentifier, PrivateIdentifier])[] {
  if (now.privates.length === 0 || old.privates.length === 0) return [];
  if (old.id === now.id) return old.privates.map((id, i) => [id, now.privates[i]!] as const);
  const [olds, news] = [old, now].map(({ privates, privateAt }) => new Map(privates.map((id, i) => [privateAt[i]!, id])));
  return alignWords(old.words, now.words).flatMap(([x, y]) => {
    const [was, is] = [olds!.get(x), news!.get(y)];
    return was && is ? [[was, is] as const] : [];
  });
}

/** What more than half speaks for. */
function most(row: ReadonlyMap<PrivateName, number>): PrivateName | null {
  const all = [...row.values()].reduce((sum, count) => sum + count, 0);
  return [...row].find(([, count]) => 2 * count > all)?.[0] ?? null;
}

/** Classes whose names are paired with those of one class alone, and the other way round. */
function classPairs(partners: ReadonlyMap<PrivateName, PrivateName>): ReadonlyMap<Class, Class> {
  const forth = new Map<Class, Class | null>();
  const back = new Map<Class, Class | null>();
  for (const [now, old] of partners) {
    forth.set(now.cls, (forth.get(now.cls) ?? old.cls) === old.cls && forth.get(now.cls) !== null ? old.cls : null);
    back.set(old.cls, (back.get(old.cls) ?? now.cls) === now.cls && back.get(old.cls) !== null ? now.cls : null);
  }
  return new Map([...forth].flatMap(([now, old]) => (old && back.get(old) === now ? [[now, old]] : [])));
}

/** Of each that is to have another name, that name: its partner's, or where another has its own, one that nothing has. */
function namesFor(
  base: PrivateNames,
  next: PrivateNames,
  partners: ReadonlyMap<PrivateName, PrivateName>,
  classes: ReadonlyMap<Class, Class>,
): ReadonlyMap<PrivateName, string> {
  const used = new Set([...base.all, ...next.all].map(({ name }) => name));
  const names = new Map<PrivateName, string>();
  for (const [now, old] of partners) if (now.name !== old.name) names.set(now, old.name);
  for (const now of next.all) {
    const cls = partners.has(now) ? undefined : classes.get(now.cls);
    if (!cls || !base.all.some((old) => old.cls === cls && old.name === now.name)) continue;
    let name = now.name;
    for (let n = 1; used.has(name); n++) name = `${now.name}_${n}`;
    used.add(name);
    names.set(now, name);
  }
  return names;
}

/** A name that would mean another one of a class around, where code of its own class names that. */
function hiddenBy(next: PrivateNames, names: ReadonlyMap<PrivateName, string>): PrivateName | undefined {
  const nameOf = (own: PrivateName): string => names.get(own) ?? own.name;
  return next.all.find((inner) =>
    next.all.some(
      (own) =>
        contains(own.cls, inner.cls) &&
        inner.cls !== own.cls &&
        nameOf(inner) === nameOf(own) &&
        own.places.some((place) => contains(inner.cls, place)),
    ),
  );
}

function unclearOf(
  base: PrivateNames,
  next: PrivateNames,
  partners: ReadonlyMap<PrivateName, PrivateName>,
  classes: ReadonlyMap<Class, Class>,
): PairedPrivateNames['unclear'] {
  const paired = new Set(partners.values());
  return [...classes].flatMap(([now, old]) => {
    const mayBe = next.all.filter((own) => own.cls === now && own.begins !== null && !partners.has(own)).map(({ name }) => `#${name}`);
    const gone = base.all.filter((own) => own.cls === old && own.begins !== null && !paired.has(own));
    return mayBe.length === 0 ? [] : gone.map(({ name }) => `#${name} may be ${mayBe.join(' or ')} now, or have gone`);
  });
}
