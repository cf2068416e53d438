/** Which files of a tree name a property: their code may meet the objects that another module makes. */
import { patternOf } from '../../source/text.ts';
import { isCode } from './files.ts';
import type { Tree } from './trees.ts';

export class PropertyNames {
  private readonly tree: Tree;
  private readonly isWanted: (file: string) => boolean;
  private readonly found = new Map<string, readonly string[]>();
  private readonly asked = new Set<string>();

  constructor(tree: Tree, isWanted: (file: string) => boolean) {
    this.tree = tree;
    this.isWanted = isWanted;
  }

  /** Whether another file than `file` names it. No for a name that has not been looked up; whoever asks asks again after `lookUp`. */
  isNamedBeside(file: string, name: string): boolean {
    const files = this.found.get(name);
    if (!files) this.asked.add(name);
    return files?.some((other) => other !== file) === true;
  }

  /** Looks up what has been asked for since; false for nothing. */
  async lookUp(): Promise<boolean> {
    const names = [...this.asked];
    this.asked.clear();
    if (names.length === 0) return false;
    const files = new Map(names.map((name) => [name, [] as string[]]));
    const patterns = names.map((name) => [name, namedBy(name)] as const);
    for (const file of this.tree.files) {
      if (!isCode(file) || !this.isWanted(file)) continue;
      const text = await this.tree.read(file);
      if (text === null) continue;
      for (const [name, pattern] of patterns) if (pattern.test(text)) files.get(name)!.push(file);
    }
    for (const [name, where] of files) this.found.set(name, where);
    return true;
  }
}

/** As a member, or taken out of an object by a pattern. */
function namedBy(name: string): RegExp {
  const own = patternOf(name);
  return new RegExp(`\\.\\s*${own}(?![\\w$])|[{,]\\s*${own}\\s*[,}=]`);
}
