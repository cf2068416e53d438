/** Ranges of versions, as package files write them: as much of them as it takes to tell whether one version is within. */

type Version = readonly [numbers: readonly number[], prerelease: string];

const VERSION = /^[v=\s]*(\d+)\.(\d+)\.(\d+)(?:-([\w.-]+))?(?:\+[\w.-]+)?$/;
/** With the parts that may be left out, or be x. */
const PARTIAL = /^[v=\s]*(\d+|[xX*])?(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([\w.-]+))?(?:\+[\w.-]+)?$/;

/** Null where one of the two is none that npm's rules order, such as a tag or an address. */
export function isWithin(version: string, range: string): boolean | null {
  const known = parse(version);
  if (known === null) return null;
  let within = false;
  for (const alternative of range.split('||')) {
    const comparators = comparatorsOf(alternative.trim());
    if (comparators === null) return null;
    within ||= comparators.every((matches) => matches(known));
  }
  return within;
}

function parse(text: string): Version | null {
  const match = VERSION.exec(text.trim());
  return match && [[Number(match[1]), Number(match[2]), Number(match[3])], match[4] ?? ''];
}

type Comparator = (version: Version) => boolean;

const atLeast =
  (low: Version): Comparator =>
  (version) =>
    compare(version, low) >= 0;
/** Prereleases of the bound itself are not below it. */
const below =
  (numbers: readonly number[]): Comparator =>
  ([own]) =>
    compareNumbers(own, numbers) < 0;

function comparatorsOf(text: string): Comparator[] | null {
  const hyphen = /^(\S+)\s+-\s+(\S+)$/.exec(text);
  if (hyphen) {
    const [low, high] = [simple('>=', hyphen[1]!), simple('<=', hyphen[2]!)];
    return low && high && [...low, ...high];
  }
  const found: Comparator[] = [];
  for (const [, operator, version] of text.matchAll(/([<>=~^]*)\s*([^\s<>=~^]\S*)/g)) {
    const own = simple(operator!, version!);
    if (own === null) return null;
    found.push(...own);
  }
  return found;
}

function simple(operator: string, text: string): Comparator[] | null {
  const match = PARTIAL.exec(text);
  if (!match) return null;
  const given = match.slice(1, 4).map((part) => (part === undefined || /[xX*]/.test(part) ? null : Number(part)));
  const open = given.indexOf(null);
  const count = open < 0 ? 3 : open;
  const numbers = given.map((part, i) => (i < count ? part! : 0));
  const low: Version = [numbers, count === 3 ? (match[4] ?? '') : ''];
  /** The first that differs in the part at `index`. */
  const after = (index: number): readonly number[] => numbers.map((n, i) => (i < index ? n : i === index ? n + 1 : 0));
  const upTo = (index: number): Comparator[] => (index < 0 ? [] : [below(after(index))]);
  switch (operator) {
    case '':
    case '=':
      return count === 3 ? [(version) => compare(version, low) === 0] : [atLeast(low), ...upTo(count - 1)];
    case '^': {
      const first = numbers.slice(0, count).findIndex((n) => n > 0);
      return [atLeast(low), ...upTo(first < 0 ? count - 1 : first)];
    }
    case '~':
    case '~>':
      return [atLeast(low), ...upTo(Math.min(count - 1, 1))];
    case '>=':
      return [atLeast(low)];
    case '<':
      return [(version) => compare(version, low) < 0];
    case '>':
      return count === 3 ? [(version) => compare(version, low) > 0] : [atLeast([after(count - 1), ''])];
    case '<=':
      return count === 3 ? [(version) => compare(version, low) <= 0] : upTo(count - 1);
    default:
      return null;
  }
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (const i of [0, 1, 2]) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

function compare([a, before]: Version, [b, after]: Version): number {
  const order = compareNumbers(a, b);
  if (order !== 0 || before === after) return order;
  if (before === '' || after === '') return before === '' ? 1 : -1;
  const [own, other] = [before.split('.'), after.split('.')];
  for (let i = 0; i < Math.min(own.length, other.length); i++) {
    const [x, y] = [own[i]!, other[i]!];
    if (x === y) continue;
    const [m, n] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (m && n) return Number(x) - Number(y);
    return m !== n ? (m ? -1 : 1) : x < y ? -1 : 1;
  }
  return own.length - other.length;
}
