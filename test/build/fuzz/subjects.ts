/** Real packages, and sequences of calls into them that follow from a seed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/nodes.mjs';
import type { Exports } from '../harness.ts';
import type { Random } from './random.ts';

export interface Subject {
  readonly package: string;
  /** The first is the entry. */
  readonly files: readonly string[];
  /** One call of the sequence, and what becomes of it. `made` keeps objects between calls. */
  step(lib: Exports, made: unknown[], random: Random): unknown;
}

const WORDS = [
  'a',
  'bc',
  '--x',
  '-y=3',
  '1.2.3',
  '^1.2',
  '>=2.0.0-rc.1',
  '192.168.0.1',
  '::1',
  '1kb',
  '3 GB',
  '',
  'q=0.5',
  '[s]',
  'k=v',
  ';c',
];
const word = (random: Random): string => random.pick(WORDS);
const words = (random: Random): string[] => Array.from({ length: random.below(5) }, () => word(random));
const value = (random: Random, depth = 0): unknown => {
  const made = [
    () => random.below(2000) - 1000,
    () => word(random),
    () => random.below(2) === 0,
    () => null,
    () => (depth > 2 ? 0 : Array.from({ length: random.below(4) }, () => value(random, depth + 1))),
    () => (depth > 2 ? 0 : Object.fromEntries(words(random).map((w) => [w, value(random, depth + 1)]))),
  ];
  return random.pick(made)();
};

const any: Subject['step'] = (lib, _, random) => {
  const functions = Object.entries(typeof lib === 'function' ? { ...(lib as object), default: lib } : lib).filter(
    ([, f]) => typeof f === 'function',
  );
  const [, f] = random.pick(functions) as [string, (...args: unknown[]) => unknown];
  return f(...Array.from({ length: 1 + random.below(3) }, () => (random.below(2) ? word(random) : value(random))));
};

const json = (random: Random): string =>
  random.below(3) === 0
    ? `{${word(random)}: ${random.below(9)}, /* c */ b: [1, .5, +2, 0x1f, Infinity,], 'c': "\\u0041\\n"}`
    : JSON.stringify(value(random));

const subjects: readonly Subject[] = [
  {
    package: 'minimist',
    files: ['index.js'],
    step: (lib, _, random) =>
      (lib as unknown as (...args: unknown[]) => unknown)(words(random), {
        boolean: words(random),
        string: word(random),
        alias: { a: 'x' },
        default: { y: 5 },
      }),
  },
  {
    package: 'json5',
    files: ['lib/index.js', 'lib/parse.js', 'lib/stringify.js', 'lib/util.js', 'lib/unicode.js'],
    step: (lib, _, random) =>
      random.below(2) ? lib['parse'](json(random)) : lib['stringify'](value(random), null, random.pick([0, 2, '\t'])),
  },
  {
    package: 'toad-cache',
    files: ['dist/toad-cache.cjs'],
    step: (lib, made, random) => {
      if (made.length === 0 || random.below(8) === 0)
        made.push(new lib[random.pick(['Fifo', 'FifoMap', 'Lru', 'LruMap', 'LruHitStatistics'])](1 + random.below(3), 0, 'id'));
      const cache = random.pick(made) as Exports;
      const key = word(random);
      const calls = [
        () => cache['get'](key),
        () => cache['set'](key, random.below(9)),
        () => cache['delete'](key),
        () => [...cache['keys']()],
        () => cache['getMany']([key, 'a']),
        () => cache['size'],
      ];
      return random.pick(calls)();
    },
  },
  {
    package: 'ipaddr.js',
    files: ['lib/ipaddr.js'],
    step: (lib, made, random) => {
      const text = `${random.pick(['10.0.0.', '127.0.', '::ffff:1', 'fe80::', '8.8.8.8/'])}${random.below(30)}`;
      if (random.below(2)) return [lib['isValid'](text), lib['parseCIDR'](text)].map(String);
      made.push(lib['parse'](text));
      const address = random.pick(made) as Exports;
      return [address['kind'](), address['range'](), address['toString'](), address['toByteArray']()];
    },
  },
  { package: 'bytes', files: ['index.js'], step: any },
  {
    package: 'ini',
    files: ['lib/ini.js'],
    step: (lib, _, random) => (random.below(2) ? lib['parse'](words(random).join('\n')) : lib['stringify'](value(random))),
  },
  {
    package: 'semver',
    files: [
      'index.js',
      ...['semver', 'range', 'comparator'].map((n) => `classes/${n}.js`),
      ...[
        'parse',
        'valid',
        'inc',
        'compare',
        'satisfies',
        'sort',
        'coerce',
        'gt',
        'lt',
        'eq',
        'neq',
        'gte',
        'lte',
        'cmp',
        'rcompare',
        'rsort',
        'diff',
        'major',
        'minor',
        'patch',
        'prerelease',
        'clean',
        'compare-loose',
        'compare-build',
        'truncate',
      ].map((n) => `functions/${n}.js`),
      ...['constants', 're', 'debug', 'identifiers', 'parse-options', 'lrucache'].map((n) => `internal/${n}.js`),
      ...[
        'to-comparators',
        'max-satisfying',
        'min-satisfying',
        'min-version',
        'valid',
        'outside',
        'gtr',
        'ltr',
        'intersects',
        'simplify',
        'subset',
      ].map((n) => `ranges/${n}.js`),
    ],
    step: (lib, _, random) => {
      const version = (): string => `${random.below(4)}.${random.below(4)}.${random.below(4)}${random.pick(['', '-rc.1', '-a.b.2', '+b'])}`;
      const range = (): string => `${random.pick(['^', '~', '>=', '<', '', '1.x || '])}${version()}`;
      const calls = [
        () => lib['satisfies'](version(), range()),
        () => lib['inc'](version(), random.pick(['major', 'minor', 'patch', 'prerelease'])),
        () => lib['compare'](version(), version()),
        () => String(new lib['Range'](range())),
        () => lib['parse'](version())?.raw,
        () => lib['maxSatisfying']([version(), version(), version()], range()),
        () => lib['coerce'](`v${random.below(99)}.x`)?.version,
      ];
      return random.pick(calls)();
    },
  },
  {
    package: 'negotiator',
    files: ['index.js', 'lib/accept.js', 'lib/charset.js', 'lib/encoding.js', 'lib/language.js', 'lib/mediaType.js'],
    step: (lib, _, random) => {
      const one = (): string => `${random.pick(['text/html', 'gzip', 'en-US', '*', 'utf-8', 'image/*'])};q=0.${random.below(10)}`;
      const accept = `${one()}, ${one()}`;
      const made = new lib['Negotiator']({
        headers: { accept, 'accept-encoding': accept, 'accept-language': accept, 'accept-charset': accept },
      });
      return [made.mediaTypes(), made.encodings(['gzip', 'br']), made.languages(), made.charsets()];
    },
  },
];

/** Those that are installed, with their files. */
export function installedSubjects(): (Subject & { readonly texts: Readonly<Record<string, string>> })[] {
  return subjects.flatMap((subject) => {
    const folder = join(root, 'node_modules', subject.package);
    if (!subject.files.every((file) => existsSync(join(folder, file)))) return [];
    return [{ ...subject, texts: Object.fromEntries(subject.files.map((file) => [file, readFileSync(join(folder, file), 'utf8')])) }];
  });
}
