/** What authors write of a migration, looked at before anything is done with it. */
import type { MigrationOptions } from './migration.ts';

type Is = (value: unknown) => boolean;
type Rule = readonly [is: Is, what: string];

const isNumber: Is = (value) => typeof value === 'number' && value >= 0;
const isVersion: Rule = [
  (value) => Number.isSafeInteger(value) && (value as number) > 1,
  'a whole number from 2 on: instances that exist have version 1',
];
/** It would be done with the instance only after it has returned, and others meet it before. */
const isSync: Rule = [
  (value) => typeof value === 'function' && !/^(?:Async|Generator)/.test(Object.prototype.toString.call(value).slice('[object '.length)),
  'a function that is done when it returns, so neither async nor a generator',
];
const isOneOf = (...values: readonly string[]): Rule => [
  (value) => values.includes(value as string),
  values.map((each) => `'${each}'`).join(' or '),
];

const RULES: Readonly<Record<keyof MigrationOptions, Rule>> = {
  version: isVersion,
  added: [(value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'an object of fields and what they begin with'],
  discarded: [(value) => Array.isArray(value) && value.every((name) => typeof name === 'string'), 'an array of names'],
  up: isSync,
  down: isSync,
  reads: isOneOf('new', 'both'),
  when: isOneOf('create', 'access', 'world', 'slices'),
  budgetMs: [isNumber, 'a number of milliseconds'],
  objects: [(value) => typeof value === 'function', 'a function that gives the instances'],
};

/** Throws a TypeError that says what `migrate(Class, options)` cannot mean. */
export function refuseOptions(type: unknown, options: unknown): asserts options is MigrationOptions {
  if (typeof type !== 'function' || typeof type.prototype !== 'object') throw new TypeError('migrate() takes a class or a constructor');
  const name = type.name || 'a class';
  if (typeof options !== 'object' || options === null) throw new TypeError(`migrate(${name}, options): there are no options`);
  for (const [key, value] of Object.entries(options)) {
    const rule = Object.hasOwn(RULES, key) ? RULES[key as keyof MigrationOptions] : null;
    if (rule === null) throw new TypeError(`migrate(${name}): there is no option ${key}; there are ${Object.keys(RULES).join(', ')}`);
    if (value !== undefined && !rule[0](value)) throw new TypeError(`migrate(${name}): ${key} is ${rule[1]}`);
  }
  const { when, up, added, discarded } = options as MigrationOptions;
  if (when === 'create' && [up, added, discarded].some((given) => given !== undefined))
    throw new TypeError(
      `migrate(${name}): with when: 'create' no instance is migrated, so there is nothing to do for up, added and discarded`,
    );
}
