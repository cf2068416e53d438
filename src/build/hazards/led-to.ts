/**
 * Modules that give away functions of others which have changed under names of their own, or functions that give what those
 * have computed: what they give has changed as well.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { specifiersIn } from '../input/reach.ts';
import { functionOf } from '../version/values/effects.ts';
import { sourcesOf } from '../version/values/flow.ts';
import { importsOf } from '../version/modules/imports.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { requireOf } from '../version/forms/items.ts';
import type { Side } from '../version/side.ts';
import { standingFor } from '../version/values/standing-for.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';
import { eachGiven } from './at-load.ts';
import type { ImportCall } from './at-load.ts';
import type { NewTree } from './new-tree.ts';
import { calledOfOther, lastNameOf } from './through-variables.ts';

/** By file, the names by which it gives away functions that have changed; see `changedGiven`. */
export type ChangedNames = ReadonlyMap<string, ReadonlySet<string>>;

/** From module to module: names that modules give each other in a circle grow without end. */
const MOST_ROUNDS = 8;

/** `module.exports = require('./other')`, or what a variable holds. */
const GIVES_WHOLE = /\bexports\s*=\s*(?:require\s*\(|[\w$]+\s*(?:[;\n]|$))/;

type Sources = Pick<NewTree, 'text' | 'side' | 'resolve'>;

/** `changed`, with the modules that lead to those. */
export async function withLeading(files: readonly string[], changed: ChangedNames, sources: Sources): Promise<ChangedNames> {
  const found = new Map(changed);
  let moved: ReadonlySet<string> = new Set(changed.keys());
  for (let round = 0; moved.size > 0 && round < MOST_ROUNDS; round++) {
    const next = new Set<string>();
    for (const file of files) {
      const side = await sideThatNames(file, found, moved, sources);
      if (!side) continue;
      const known = found.get(file) ?? new Set<string>();
      const names = new Leading(side, (source) => found.get(sources.resolve(file, source) ?? '')).names();
      const more = names.filter((name) => !known.has(name));
      if (more.length === 0) continue;
      found.set(file, new Set([...known, ...more]));
      next.add(file);
    }
    moved = next;
  }
  return found;
}

/** Null where the text asks for none of the files, or says none of what they give. */
async function sideThatNames(file: string, found: ChangedNames, moved: ReadonlySet<string>, sources: Sources): Promise<Side | null> {
  const text = await sources.text(file);
  if (text === null) return null;
  const targets = specifiersIn(text).flatMap((specifier) => sources.resolve(file, specifier) ?? []);
  const names = targets.flatMap((target) => (target !== file && moved.has(target) ? [...found.get(target)!] : []));
  const isSaid = (name: string): boolean => name === '' || name === 'default' || text.includes(lastNameOf(name));
  return names.length > 0 && (GIVES_WHOLE.test(text) || names.some(isSaid)) ? sources.side(file, text) : null;
}

/** One module. */
class Leading {
  private readonly side: Side;
  private readonly imports: ReturnType<typeof importsOf>;
  private readonly changedIn: (source: string) => ReadonlySet<string> | undefined;
  private readonly answers = new Map<FunctionInfo, boolean>();

  constructor(side: Side, changedIn: (source: string) => ReadonlySet<string> | undefined) {
    this.side = side;
    this.imports = importsOf(side);
    this.changedIn = changedIn;
  }

  /** The names by which it gives away what leads to functions that have changed. */
  names(): string[] {
    const { side } = this;
    const items = itemsOf(side, side.model.root);
    const found: string[] = [];
    const look = (name: string, value: AnyNode): void => {
      found.push(...this.passed(value).map((own) => [name, own].filter(Boolean).join('.')));
      const owners = standingFor(side).definitions(value);
      if (owners.some((owner) => owner instanceof FunctionInfo && this.leads(owner))) found.push(name);
    };
    for (const [name, value] of eachGiven(side, items)) {
      look(name, value);
      for (const property of value.type === 'ObjectExpression' ? value.properties : [])
        if (property.type === 'Property') look([name, keyName(property.key, property.computed)].filter(Boolean).join('.'), property.value);
    }
    for (const [name, { local, source }] of items.exported) {
      const binding = source === null && local !== '' ? side.model.root.body.bindings.get(local) : undefined;
      const known = binding && this.imports.get(binding);
      if (known) found.push(...this.under(known).map((own) => [name, own].filter(Boolean).join('.')));
    }
    return found;
  }

  /** What of a module that has changed an expression is, as it is called within that; '' for a function, or a module, itself. */
  private passed(value: AnyNode): string[] {
    const binding = value.type === 'Identifier' ? this.side.refAt(value)?.binding : undefined;
    const known = (binding && this.imports.get(binding)) ?? requireOf(value);
    return known ? this.under(known) : [];
  }

  private under({ source, imported }: { readonly source: string; readonly imported: string }): string[] {
    const names = [...(this.changedIn(source) ?? [])];
    if (imported === '*' || imported === 'default') return names;
    return names.flatMap((name) => (name === imported ? '' : name.startsWith(`${imported}.`) ? name.slice(imported.length + 1) : []));
  }

  /** Whether a function gives what one that has changed has computed. */
  private leads(fn: FunctionInfo): boolean {
    const known = this.answers.get(fn);
    if (known !== undefined) return known;
    // One that calls itself gives no more by that.
    this.answers.set(fn, false);
    const leads = givenBy(fn).some(
      (value) => !this.isFunction(value) && sourcesOf(this.side, fn.node as AnyNode, value).some((node) => this.isComputed(node)),
    );
    this.answers.set(fn, leads);
    return leads;
  }

  /** What it computes it computes when it is called. */
  private isFunction(value: AnyNode): boolean {
    if (value.type !== 'Identifier') return isFunctionNode(value);
    return functionOf(this.side, this.side.refAt(value)?.binding ?? null) !== null;
  }

  private isComputed(value: AnyNode): boolean {
    let found = false;
    walk(value, (node, parents) => {
      // One that a call is given may compute for that.
      if (isFunctionNode(node) && parents.at(-1)?.type !== 'CallExpression') return false;
      if (node.type === 'CallExpression' || node.type === 'NewExpression') found ||= this.isCalled(node.callee);
      return !found;
    });
    return found;
  }

  private isCalled(callee: AnyNode): boolean {
    const called = calledOfOther(this.side, this.imports, callee);
    if (called) return this.isChanged(called);
    const own = callee.type === 'Identifier' ? functionOf(this.side, this.side.refAt(callee)?.binding ?? null) : null;
    return own !== null && this.leads(own);
  }

  private isChanged({ source, names }: Pick<ImportCall, 'source' | 'names'>): boolean {
    const changed = this.changedIn(source);
    return names.some((name) => changed?.has(name) === true);
  }
}

/** What a function returns. */
function givenBy({ node, returns }: FunctionInfo): AnyNode[] {
  const { body } = node as FunctionNode;
  if (body.type !== 'BlockStatement') return [body as AnyNode];
  return returns.flatMap(({ node: { argument } }) => (argument ? [argument as AnyNode] : []));
}
