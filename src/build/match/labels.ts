/**
 * The version of the package, where its code writes it into texts. A statement that differs in nothing else has run, and what
 * it was given goes by the old version: no code is behind it that could be missing.
 */

import { patternOf } from '../../source/text.ts';

/** Parts of other versions, of paths and of ranges are none. */
const label = (version: string): RegExp => new RegExp(String.raw`(?<![\d.@/^~=<>-])${patternOf(version)}(?![\w+/-]|\.\d)`, 'g');

export class VersionLabels {
  private readonly patterns: readonly [RegExp, RegExp] | null;

  constructor(versions: readonly [string, string] | null) {
    const areTold = versions !== null && versions[0] !== versions[1] && versions.every((version) => /^\d+\.\d+\.\d+/.test(version));
    this.patterns = areTold ? [label(versions[0]), label(versions[1])] : null;
  }

  /** Canonical text of the old code without its version. */
  before(text: string): string {
    return this.patterns ? text.replace(this.patterns[0], '<version>') : text;
  }

  /** Canonical text of the new code without its version. */
  after(text: string): string {
    return this.patterns ? text.replace(this.patterns[1], '<version>') : text;
  }

  /** Whether two texts differ, in the version and nothing else. */
  differ(before: string, after: string): boolean {
    return before !== after && this.before(before) === this.after(after);
  }
}

export const ONLY_LABELLED = 'it ran as the module loaded, and was given the version of the package: that goes by the old one';
