/** What the files of both versions say, for a module that is built beside them. */
import { posix } from 'node:path';
import type { ModuleModel } from '../source/model.ts';
import type { BothTrees } from './both-trees.ts';
import { writtenConstant } from './constants.ts';
import { callsAtLoad } from './existing/called-at-load.ts';
import { newlyAsks } from './existing/listed-literals.ts';
import { specifiersIn } from './input/reach.ts';
import type { Pair } from './pair.ts';
import { patternOf } from '../source/text.ts';
import { gainsOf, mayHaveEntry, valueForAll } from './version/objects/gains.ts';
import type { Gain, Versions } from './version/objects/gains.ts';
import { usesByHeirs, usesIn } from './version/objects/needed.ts';
import type { Use } from './version/objects/needed.ts';
import { mayPass, passedValue } from './version/values/passed-values.ts';
import type { Argument } from './version/values/passed-values.ts';
import { saysAsKey, saysButConstants, timesSaid, timesWrittenOut } from './version/objects/options.ts';
import { Side } from './version/side.ts';

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!/[\w$]/.test(text[at - 1] ?? '') && !/[\w$]/.test(text[at + word.length] ?? '')) return true;
  return false;
}

/** Whether code may call what goes by the name, or give it another. */
function mayCall(text: string, name: string): boolean {
  const own = `(?<!\\bfunction\\s*\\*?\\s*)(?<![\\w$])${patternOf(name)}`;
  return text.includes(name) && new RegExp(`${own}\\s*(?:\\)?\\s*(?:\\?\\.)?\\(|as\\b|:\\s*[\\w$]+\\s*[,}])`).test(text);
}

/** Whether code gives `this` a property. */
function maySet(text: string, name: string): boolean {
  return text.includes(name) && new RegExp(`\\b(?:_?this|self|that)\\s*\\.\\s*${patternOf(name)}\\s*=(?![=>])`).test(text);
}

/** Whether code gives on what another module gives as a whole. */
const GIVES_ON = /\bmodule\.exports\s*=\s*require\s*\(/;

/** Whether code may put a property of that name on what another module gives. */
function mayPut(text: string, name: string): boolean {
  if (!text.includes(name)) return false;
  const own = patternOf(name);
  // From where a name begins: long runs of letters, as of a source map that stands in the text, are gone through once.
  const set = `(?<![\\w$.])([\\w$.]*[\\w$)\\]])\\s*(?:\\.\\s*${own}|\\[\\s*['"]${own}['"]\\s*\\])\\s*=(?![=>])`;
  const owners = [...text.matchAll(new RegExp(`${set}|defineProperty\\(\\s*([^,]+),\\s*['"]${own}['"]`, 'g'))].map(
    (found) => found[1] ?? found[2]!,
  );
  const isOwn = (owner: string): boolean => /^(?:(?:module\.)?exports|this|self|_this)$/.test(owner.trim());
  return owners.some((owner) => !isOwn(owner) || (GIVES_ON.test(text) && owner.includes('exports')));
}

/** Whether code may load a file: it says its name, or that of the folder of which it is the index. */
function mayLoad(text: string, file: string): boolean {
  const named = (path: string): string => posix.basename(path).replace(/\.[cm]?[jt]sx?$/, '');
  const name = named(file);
  const isIndex = name === 'index';
  return specifiersIn(text).some(
    (specifier) => named(specifier) === name || (isIndex && (/^[./]*$/.test(specifier) || named(specifier) === named(posix.dirname(file)))),
  );
}

/** What code takes all that a file gives by: `const name = require('./file.js')`, `import name from './file.js'`. */
function namesOfWhole(text: string, file: string): readonly string[] {
  const loads = text.matchAll(/(?:([\w$]+)\s*=\s*(?:[\w$.]+\()*require\s*\(\s*|\bimport\s+([\w$]+)[^'"]*?\bfrom\s*)['"]([^'"]+)['"]/g);
  return [...loads].flatMap(([load, required, imported]) => (mayLoad(load, file) ? (required ?? imported)! : []));
}

/** Whether code gives what goes by the name another one. */
function isRenamed(text: string, name: string): boolean {
  const own = patternOf(name);
  const given = `\\b(?:const|let|var)\\s+[\\w$]+\\s*=\\s*(?:[\\w$]+\\.)*${own}\\s*(?:[;,)]|\\n)`;
  return new RegExp(`${given}|(?<![\\w$.])${own}\\s*:\\s*(?!${own}\\b)[\\w$]+\\s*[,}]|(?<![\\w$])${own}\\s+as\\s+[\\w$]`).test(text);
}

function wordsOf(texts: Iterable<string>): ReadonlySet<string> {
  const found = new Set<string>();
  for (const text of texts) for (const word of text.match(/[\w$]+/g) ?? []) found.add(word);
  return found;
}

/** Names for which the old texts are searched; for more, all their words are put together once. */
const FEW = 16;

export class OtherFiles {
  private readonly trees: BothTrees;
  private readonly pairs: ReadonlyMap<string, Pair>;
  /** All code of the old version. */
  private readonly oldTexts: ReadonlyMap<string, string>;
  /** Of the files that only the new version has. */
  private readonly addedTexts: readonly string[];
  private words: ReadonlySet<string> | null = null;
  private asked = 0;
  private readonly gains = new Map<string, readonly Gain[]>();
  private readonly keys = new Map<string, boolean>();
  private readonly values = new Map<string, boolean>();
  private readonly takers = new Map<string, readonly string[]>();
  private readonly options = { pairs: 0, known: new Map<string, boolean>() };

  constructor(trees: BothTrees, pairs: ReadonlyMap<string, Pair>, oldTexts: ReadonlyMap<string, string>, addedTexts: readonly string[]) {
    this.trees = trees;
    this.pairs = pairs;
    this.oldTexts = oldTexts;
    this.addedTexts = addedTexts;
  }

  /** Whether the old version says `word` anywhere. */
  knew(word: string): boolean {
    this.asked++;
    if (this.asked <= FEW || !/^[\w$]+$/.test(word)) return [...this.oldTexts.values()].some((text) => hasWord(text, word));
    this.words ??= wordsOf(this.oldTexts.values());
    return this.words.has(word);
  }

  /** Whether the old version may know a property of that name: see `saysAsKey`. */
  knewKey(name: string): boolean {
    let found = this.keys.get(name);
    if (found === undefined) this.keys.set(name, (found = this.knew(name) && this.says(name, saysAsKey)));
    return found;
  }

  /** Whether the old version may have had a value of that name from a caller: see `saysButConstants`. */
  knewButConstants(name: string): boolean {
    let found = this.values.get(name);
    if (found === undefined) this.values.set(name, (found = this.knew(name) && this.says(name, saysButConstants)));
    return found;
  }

  private says(name: string, isSaid: typeof saysAsKey): boolean {
    return [...this.oldTexts].some(([file, text]) => {
      const base = this.pairs.get(file)?.base;
      return base ? isSaid(base, name) : hasWord(text, name);
    });
  }

  /** Whether the old version may have taken an option of that name: it says it otherwise than where it writes an entry out. */
  mayTake(name: string): boolean {
    const { options, pairs } = this;
    // Of a module that has come into the patch its syntax tells more than its text.
    if (options.pairs !== pairs.size) {
      options.known.clear();
      options.pairs = pairs.size;
    }
    let found = options.known.get(name);
    if (found === undefined) options.known.set(name, (found = this.knewButConstants(name) && this.isSaidOtherwise(name)));
    return found;
  }

  private isSaidOtherwise(name: string): boolean {
    return [...this.oldTexts].some(([file, text]) => {
      if (!hasWord(text, name)) return false;
      const base = this.pairs.get(file)?.base;
      return base === undefined || timesSaid(text, name) !== timesWrittenOut(base, name);
    });
  }

  /** What other files say that have changed, or are new. */
  private texts(file: string): readonly string[] {
    const others = [...this.pairs.values()].flatMap((pair) => (pair.file !== file && this.trees.isLoadable(pair.file) ? pair.rawNext : []));
    return [...others, ...this.addedTexts];
  }

  /** What code of other files does that have changed, with what the file did not say before. */
  uses(file: string, name: string, called: boolean): ReadonlySet<Use> {
    if (!/^[\w$]+$/.test(name)) return new Set();
    const users = [...this.pairs.values()].filter(
      (pair) => pair.file !== file && this.trees.isLoadable(pair.file) && hasWord(pair.rawNext, name) && !hasWord(pair.raw, name),
    );
    return new Set(users.flatMap(({ next }) => [...usesIn(new Side(next), name, null, called)]));
  }

  /** Whether a function of another file that has changed says both names, where it did not. */
  asksTogether(file: string, one: string, other: string): boolean {
    return [...this.pairs.values()].some(
      (pair) => pair.file !== file && this.trees.isLoadable(pair.file) && newlyAsks(pair.base, pair.next, one, other),
    );
  }

  /** Whether code of other files of the old version does no more with what `file` gives away by `names` than to call it as it loads. */
  areCalledAtLoad(file: string, names: readonly string[]): boolean {
    const users = [...this.oldTexts].filter(
      ([other, text]) => other !== file && this.trees.isLoadable(other) && names.some((name) => hasWord(text, name)),
    );
    return (
      users.length > 0 &&
      users.every(([user]) => {
        // What a module that stays has made goes on with it.
        const pair = this.pairs.get(user);
        const leads = (source: string): boolean => this.trees.specifiers.from.resolve(user, source) === file;
        return pair !== undefined && callsAtLoad(new Side(pair.base), leads, names);
      })
    );
  }

  /** Object literals that have an entry of that name in the new version only. */
  gainsOf(name: string): readonly Gain[] {
    let found = this.gains.get(name);
    if (!found) this.gains.set(name, (found = gainsOf(name, (key) => !this.knewButConstants(key), this.versions())));
    return found;
  }

  /** What code of the new version passes for an argument of a function of `file`, where that is one value. */
  passed(file: string, to: Argument): string | null {
    const { changed, kept, added } = this.versions();
    const goesByIt = (text: string): boolean =>
      hasWord(text, to.name) && !isRenamed(text, to.name) && namesOfWhole(text, file).every((name) => name === to.name);
    if (isRenamed(this.pairs.get(file)!.rawNext, to.name)) return null;
    if (to.constructs && ![...this.texts(file), ...kept].every((text) => !mayLoad(text, file) || goesByIt(text))) return null;
    const code = { models: changed.map(({ next }) => next), texts: [...kept, ...added] };
    return passedValue(to, code, (option) => valueForAll(this.gainsOf(option)));
  }

  /** Whether code that has changed or is new may pass an argument of a function that the old version does not take. */
  mayPass(to: Argument): boolean {
    return mayPass(
      to,
      this.versions().changed.map(({ next }) => next),
    );
  }

  /** What classes that have changed do with a property of the objects of the class that they extend. */
  usesByHeirs(name: string, property: string): ReadonlySet<Use> {
    return usesByHeirs(
      name,
      property,
      this.versions().changed.map(({ next }) => next),
    );
  }

  /** The new version of a file that has changed. */
  private readonly newModule = (model: ModuleModel, source: string): ModuleModel | null => {
    const asking = [...this.pairs.values()].find(({ next }) => next === model);
    const file = asking && this.trees.specifiers.to.resolve(asking.file, source);
    return (file == null ? null : this.pairs.get(file)?.next) ?? null;
  };

  private versions(): Versions {
    const isLoadable = (file: string): boolean => this.trees.isLoadable(file);
    const kept = [...this.oldTexts].flatMap(([file, text]) => (this.pairs.has(file) || !isLoadable(file) ? [] : text));
    return {
      changed: [...this.pairs.values()].filter(({ file }) => isLoadable(file)),
      kept,
      added: this.addedTexts,
      constant: (model, node) => writtenConstant(model, node, this.newModule),
    };
  }

  /** Whether what changed outside `file` may write out an object with an entry of that name. */
  mayGive(file: string, name: string): boolean {
    return this.texts(file).some((text) => mayHaveEntry(text, name));
  }

  /** Whether it may call what goes by that name. */
  mayCall(file: string, name: string): boolean {
    return this.texts(file).some((text) => mayCall(text, name));
  }

  /** Whether what changed outside `file` gives objects of its own a property of that name, which it did not. */
  sets(file: string, name: string): boolean {
    const changed = [...this.pairs.values()].filter((pair) => pair.file !== file && this.trees.isLoadable(pair.file));
    return (
      changed.some(({ raw, rawNext }) => maySet(rawNext, name) && !maySet(raw, name)) || this.addedTexts.some((text) => maySet(text, name))
    );
  }

  /** Whether code outside `file` of the new version, changed or not, may put a property of that name on what `file` gives. */
  puts(file: string, name: string): boolean {
    let texts = this.takers.get(file);
    if (!texts) this.takers.set(file, (texts = this.takersOf(file)));
    return texts.some((text) => mayPut(text, name));
  }

  /** The code that may have what `file` gives, also by a file that gives it on. */
  private takersOf(file: string): readonly string[] {
    const all = [...this.oldTexts].flatMap(([other, text]) => {
      if (other === file || !this.trees.toFiles.has(other) || !this.trees.isLoadable(other)) return [];
      return { file: other, text: this.pairs.get(other)?.rawNext ?? text };
    });
    const loaders = all.filter(({ text }) => mayLoad(text, file));
    const given = loaders.filter(({ text }) => GIVES_ON.test(text));
    const texts = new Set([...loaders.map(({ text }) => text), ...this.addedTexts.filter((text) => mayLoad(text, file))]);
    for (const { text } of all) if (given.some((one) => mayLoad(text, one.file))) texts.add(text);
    return [...texts];
  }

  /** Whether it may load `file`. */
  mayLoad(file: string): boolean {
    return this.texts(file).some((text) => mayLoad(text, file));
  }
}
