/** Which modules are instrumented: all, but for those that LIVEPATCH_INCLUDE and LIVEPATCH_EXCLUDE leave out, and livepatch's own. */
import { OWN_FOLDER } from '../../source/own.ts';
import { fileOf } from '../sites/modules.ts';

/** `*` stands for anything within one folder, `**` for anything. A pattern matches anywhere in the path, at folder bounds. */
export function globToRegExp(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '*' && pattern[i + 1] === '*') {
      i++;
      if (pattern[i + 1] === '/') {
        i++;
        source += '(?:.*/)?';
      } else source += '.*';
    } else if (c === '*') source += '[^/]*';
    else source += c.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  }
  return new RegExp(`(?:^|/)${source}(?:$|/)`);
}

const patterns = (list: string | undefined): RegExp[] =>
  (list ?? '')
    .split(',')
    .map((p) => p.trim())
    .filter(Boolean)
    .map(globToRegExp);

export class Selection {
  private readonly include: readonly RegExp[];
  private readonly exclude: readonly RegExp[];

  constructor(include: string | undefined, exclude: string | undefined) {
    this.include = patterns(include);
    this.exclude = patterns(exclude);
  }

  /** Why a file is left alone: '' for livepatch's own, a reason for a choice of the user, null if it is not. */
  excludes(url: string): string | null {
    if (url.startsWith(OWN_FOLDER)) return '';
    if (this.include.length === 0 && this.exclude.length === 0) return null;
    const file = fileOf(url);
    if (this.include.length > 0 && !this.include.some((p) => p.test(file))) return 'LIVEPATCH_INCLUDE does not name it';
    if (this.exclude.some((p) => p.test(file))) return 'LIVEPATCH_EXCLUDE names it';
    return null;
  }
}
