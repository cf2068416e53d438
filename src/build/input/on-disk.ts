/**
 * Files that code finds on the disk as it runs: by a name that it puts together, or to read them. A patch brings what the
 * text of its modules imports; the folder of a running process stays that of the old version.
 */
import { posix } from 'node:path';
import { isCode, isTest } from './files.ts';
import { renameImports } from './reach.ts';

/** What makes a path of a name, or reads what is there. */
const LOOKS =
  /\b(?:__dirname|__filename|createReadStream|import\.meta\.(?:dirname|filename|resolve|url)|new\s+(?:URL|Worker)|readFile(?:Sync)?|require\.resolve|sendFile)\b/;
/** Comments that begin a line, where documentation has its examples. */
const COMMENTS = /^[ \t]*(?:\/\*[^]*?\*\/|\/\/.*)/gm;
/** From each quote to the next: what stands between two texts as well, since a quote in a regular expression would put it off. */
const LITERALS = /(?=(["'`])([^"'`\n\\]{0,200})\1)/g;
/** `require('./locales/' + name)` and the like: the folder. */
const COMPUTED = /\b(?:import|require)\s*\(\s*(?:(["'])(\.{1,2}\/[^"'\n]*)\1\s*\+|`(\.{1,2}\/[^`$\n]*)\$\{)/g;
/** Nothing that a program looks for. */
const BESIDE =
  /(?:^|\/)(?:package-lock\.json|(?:readme|licen[cs]e|changelog|history)[^/]*)$|\.(?:d\.[cm]?ts|flow|map|md|markdown|tsbuildinfo)$/i;

/** A path to a package file, from the folder of the file in which it stands; where it is imported, that is told otherwise. */
const TO_MANIFEST = /(?<!\b(?:require|import)\s*\(\s*|\bfrom\s*)(["'`])(\.{1,2}\/(?:[^"'`\n]*\/)?package\.json)\1/g;
/** The same, put together: `__dirname + '/../package.json'`, `join(dirname(__filename), '..', 'package.json')`. */
const FROM_HERE =
  /\b(?:(__dirname|import\.meta\.dirname)|(?:__filename|import\.meta\.filename|fileURLToPath\(\s*import\.meta\.url\s*\))(\s*\))?)([^;]{0,100}?\bpackage\.json)\b/g;
/** So few characters between the parts of a path: `join(__dirname, 'lib', 'index.js')`. */
const NEAR = 8;
/** The folder of the file in which a name stands. */
const HERE = '.';
const ABOVE = '..';
const PIECES = /[\w./@-]+/g;

/** Where it is looked for: a file of the package and the line in it. */
export interface Looked {
  readonly file: string;
  readonly by: string;
}

export const mayBeLookedFor = (file: string): boolean => !BESIDE.test(file) && !isTest(file);

/**
 * Those of `wanted` that code of `sources` may look for on the disk, each with one file that does. `whole`: only by their
 * names with the extension.
 */
export function lookedForOnDisk(
  wanted: readonly string[],
  sources: readonly { readonly file: string; readonly text: string }[],
  whole = false,
): Looked[] {
  const left = new Set(wanted);
  const found: Looked[] = [];
  for (const { file: by, text } of sources) {
    const folders = whole ? [] : computedFolders(by, text);
    const code = LOOKS.test(text) ? text.replace(COMMENTS, '') : '';
    const names = LOOKS.test(code) ? namesIn(code, whole && code.length > MUCH) : null;
    if (folders.length === 0 && names === null) continue;
    const manifests = names === null ? null : manifestsIn(by, code);
    for (const file of left) {
      if (file === by) continue;
      // Every release changes it, and code looks for that of other packages by the same name.
      const named = isManifest(file) ? manifests?.has(file) === true : names !== null && isNamed(file, by, names, whole);
      if (!named && !folders.some((folder) => isCode(file) && file.startsWith(folder))) continue;
      left.delete(file);
      found.push({ file, by });
    }
  }
  return found;
}

/** So long is the text of a bundle, which says much; what it reads it names not far from where it does. */
const MUCH = 100_000;
const FAR = 300;

/** By the name of a file, the names that folders around it may have: what stands before it in its path, or just before that in the text. */
type Names = ReadonlyMap<string, ReadonlySet<string>>;

/** What it imports is not looked for by its name. `near`: only names that stand not far from where code looks for something. */
function namesIn(text: string, near: boolean): Names {
  const found = new Map<string, Set<string>>();
  const code = renameImports(text, () => '');
  const looks = near ? [...code.matchAll(new RegExp(LOOKS, 'g'))].map(({ index }) => index) : [];
  const isNearLook = (at: number): boolean => looks.some((look) => Math.abs(look - at) <= FAR);
  let recent: readonly { readonly name: string; readonly end: number }[] = [];
  for (const { 2: literal, index } of code.matchAll(LITERALS)) {
    if (near && !isNearLook(index)) continue;
    const name = posix.basename(literal!);
    const folder = posix.basename(posix.dirname(literal!));
    const before = recent.findLast(({ end }) => end <= index && index - end < NEAR);
    const folders = found.get(name) ?? new Set();
    found.set(name, folders.add(folder === '' ? HERE : folder).add(before?.name ?? HERE));
    recent = [...recent.slice(-1), { name, end: index + literal!.length + 2 }];
  }
  return found;
}

/**
 * `whole`: only with its extension, and where its folder may be the one that code means. Many files are called `index.js`: one is
 * meant where code says the name of its folder just before.
 */
function isNamed(file: string, by: string, names: Names, whole: boolean): boolean {
  const folders = new Set([...(names.get(posix.basename(file)) ?? []), ...((!whole && isCode(file) && names.get(stem(file))) || [])]);
  const folder = posix.dirname(file);
  if (folder !== HERE && folders.has(posix.basename(folder))) return true;
  if (!folders.has(HERE) && !folders.has(ABOVE)) return !whole && stem(file) !== 'index' && folders.size > 0;
  const here = posix.dirname(by);
  if (folder === here || (folders.has(ABOVE) && folder === posix.dirname(here))) return true;
  return stem(file) !== 'index' && (!whole || here === '.' || folder.startsWith(`${here}/`));
}

const isManifest = (file: string): boolean => posix.basename(file) === 'package.json';

/** The package files to which paths in the text of `by` lead. */
function manifestsIn(by: string, text: string): Set<string> {
  const here = posix.dirname(by);
  const found = [...text.matchAll(TO_MANIFEST)].map(([, , path]) => posix.join(here, path!));
  for (const [, folder, above, rest] of text.matchAll(FROM_HERE))
    found.push(posix.join(folder !== undefined || above !== undefined ? here : by, ...rest!.match(PIECES)!));
  return new Set(found);
}

const stem = (file: string): string => posix.basename(file).replace(/\.[^.]+$/, '');

function computedFolders(by: string, text: string): string[] {
  return [...text.matchAll(COMPUTED)].map(([, , joined, template]) => posix.join(posix.dirname(by), joined ?? template ?? '.'));
}
