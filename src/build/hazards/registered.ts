/**
 * Functions that have changed and that modules have given to a registry of another one, `register('csv', parse)`: what that gives
 * by one of its functions which takes them out again may have been computed by them.
 */
import type { AnyNode } from 'acorn';
import { functionAround } from '../version/program/function-around.ts';
import { entryCalls, registersIn, takesTables } from '../version/kept/function-tables.ts';
import type { Table } from '../version/kept/function-tables.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import type { Items } from '../version/forms/items.ts';
import { FunctionInfo } from '../../source/model.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/values/standing-for.ts';
import { eachGiven } from './at-load.ts';
import type { Handed } from './handed.ts';
import { changedMembers } from './members-of-others.ts';

/** Where a module calls functions that it was given as `handed` says. */
export function callsOfGiven(side: Side, { names, index, isTable }: Pick<Handed, 'names' | 'index' | 'isTable'>): readonly AnyNode[] {
  const items = itemsOf(side, side.model.root);
  const tables = new Set<Table>();
  for (const fn of names.flatMap((name) => functionsNamed(side, items, name)))
    for (const table of (isTable ? takesTables : registersIn)(fn, side).get(index) ?? []) tables.add(table);
  return [...tables].flatMap((table) => entryCalls(side).get(table) ?? []);
}

/** The names by which it gives away what does. */
export function runningGiven(side: Side, handed: readonly Pick<Handed, 'names' | 'index' | 'isTable'>[]): ReadonlySet<string> {
  const items = itemsOf(side, side.model.root);
  const running = new Set(handed.flatMap((one) => callsOfGiven(side, one)).map((call) => functionAround(side, call)));
  running.delete(side.model.root);
  const found = new Set(changedMembers(side, items, [...running]));
  for (const [given, value] of eachGiven(side, items))
    if (
      standingFor(side)
        .definitions(value)
        .some((owner) => owner instanceof FunctionInfo && running.has(owner))
    )
      found.add(given);
  return found;
}

/** What a module gives away by a name, or is a member of that: `register`, `Registry#register`, `registry.register`. */
export function functionsNamed(side: Side, items: Items, name: string): readonly FunctionInfo[] {
  const standing = standingFor(side);
  const [, head = '', kind = '', member = ''] = /^(.*?)(?:([.#])([\w$]+))?$/.exec(name) ?? [];
  return [...eachGiven(side, items)]
    .flatMap(([given, value]) => {
      if (given === name) return standing.definitions(value);
      if (given === '' && kind === '') return standing.membersOf(value, head);
      if (given !== head || member === '') return [];
      return kind === '.'
        ? standing.membersOf(value, member)
        : [...standing.membersMade(value, member), ...standing.givenBy(value, member)];
    })
    .flatMap((owner) => (owner instanceof FunctionInfo ? owner : owner.members.filter(({ kind }) => kind.endsWith('constructor'))));
}
