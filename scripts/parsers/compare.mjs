/** Reads a text with both parsers: the one for common code, and acorn, which knows all of the language. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'acorn';

/** Where two values differ first, as a path; null if they do not. A regular expression's value is left out. */
export function difference(one, other, path = '') {
  if (one === other) return null;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return `${path}: ${String(one)} ${String(other)}`;
  const names = Object.keys(one);
  if (Object.keys(other).length !== names.length || Array.isArray(one) !== Array.isArray(other)) return `${path}: ${names.join(' ')}`;
  for (const name of names) {
    if (!Object.hasOwn(other, name)) return `${path}.${name} is missing`;
    if (name === 'value' && one.regex) continue;
    const found = difference(one[name], other[name], `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

/** As src/source/parse.ts asks acorn. Null where it finds the text wrong. */
export function acornTree(text, isModule) {
  try {
    return parse(text, {
      ecmaVersion: 'latest',
      sourceType: isModule ? 'module' : 'script',
      allowHashBang: true,
      allowReturnOutsideFunction: !isModule,
      ...(isModule ? {} : { allowAwaitOutsideFunction: false }),
    });
  } catch {
    return null;
  }
}

/**
 * `same`; `different` with where; `left` to acorn; `wrong` for both; `accepted` by the one for common code only, which does
 * not look for every error, as V8 does.
 */
export function compare(parseCommon, text, isModule) {
  const common = parseCommon(text, isModule);
  const tree = acornTree(text, isModule);
  if (common === null) return tree === null ? 'wrong' : 'left';
  if (tree === null) return 'accepted';
  const where = difference(tree, common);
  return where === null ? 'same' : `different ${where}`;
}

/** The JavaScript files of a folder, or a file itself, in order. */
export function filesIn(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return /\.[cm]?js$/.test(path) ? [path] : [];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
