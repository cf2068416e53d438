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
const LITERALS = /(["'`])([^"'`\n\\]{0,200})\1/g;
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
    const names = LOOKS.test(code) ? namesIn(code) : null;
    if (folders.length === 0 && names === null) continue;
    const manifests = names === null ? null : manifestsIn(by, code);
    for (const file of left) {
      if (file === by) continue;
      // Every release changes it, and code looks for that of other packages by the same name.
      const named = isManifest(file)
        ? manifests?.has(file) === true
        : names !== null && (names.has(posix.basename(file)) || (!whole && isCode(file) && names.has(stem(file))));
      if (!named && !folders.some((folder) => isCode(file) && file.startsWith(folder))) continue;
      left.delete(file);
      found.push({ file, by });
    }
  }
  return found;
}

/** What it imports is not looked for by its name. */
function namesIn(text: string): Set<string> {
  return new Set([...renameImports(text, () => '').matchAll(LITERALS)].map(([, , literal]) => posix.basename(literal!)));
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
