/**
 * The verdicts on values that other modules computed by functions that have changed: as they loaded, where the top level of
 * a module calls what it imports, and as they made objects and closures that hold them.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, Property } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import { callsOfImports, functionsReached, importCalled } from './at-load.ts';
import type { ImportCall } from './at-load.ts';
import { calledInTurn } from './called-in-turn.ts';
import { keptByCallback, verdictOn } from './collected-results.ts';
import { keptFrom, pathOfKeeper } from './kept-in.ts';
import { withLeading } from './led-to.ts';
import type { ChangedNames } from './led-to.ts';
import { calledOfOther, lastNameOf } from './through-variables.ts';
import type { FromOther } from './through-variables.ts';
import { membersUsed, usesOfOwn } from './members-of-others.ts';
import type { Override } from './members-of-others.ts';
import { standingFor } from '../version/values/standing-for.ts';
import { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { functionAround } from '../version/program/function-around.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import type { NewTree } from './new-tree.ts';
import { withPassedOn } from './passed-on.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { rootOf } from '../version/program/walk.ts';
import { importsOf } from '../version/modules/imports.ts';
import type { Handed } from './handed.ts';
import { heldIn, reasonFor } from './held-results.ts';
import { setResults } from './set-results.ts';
import { callsOfGiven, runningGiven } from './registered.ts';
import { runsGiven } from './runs-given.ts';
import { specifiersIn } from '../input/reach.ts';
import type { Side } from '../version/side.ts';
import type { VerdictLog } from '../verdicts/verdicts.ts';

/** Members that have changed of classes which extend one of a file, with the files that those stand in. */
export type Overrides = ReadonlyMap<string, readonly (Override & { readonly file: string })[]>;

/** `object[name](…)`, `call(object[name])` and `call(require('./all'))`, of which the text does not say the name. */
const COMPUTED = /\]\s*[(),]|\brequire\([^()]*\)\s*[),]/;

interface Sources extends NewTree {
  /** By the file that their superclasses stand in. */
  readonly overrides: Overrides;
  /** Functions that have changed and that other modules have given to those of a file. */
  readonly handed: ReadonlyMap<string, readonly Handed[]>;
  /** Whether new code gets another value from a file by that name, and not the function that runs. */
  givesAnother(file: string, name: string): boolean;
  /** Whether the patch converts what objects hold under `path`. */
  converts(file: string, path: string): boolean;
}

/** `changed`: by file, the names by which it gives away functions that have changed; see `changedGiven`. */
export async function reportLoaded(files: readonly string[], known: ChangedNames, sources: Sources): Promise<void> {
  const passedOn = (names: ChangedNames): Promise<ChangedNames> =>
    withPassedOn(files, names, sources, {
      join: (a, b) => new Set([...a, ...b]),
      renamed: (one, others) => new Set([...one, ...[...one].flatMap((name) => renamed(name, others) ?? [])]),
      under: (one, as) => new Set([...one].map((name) => `${as}.${name}`)),
      size: (one) => one.size,
    });
  const changed = await passedOn(await withLeading(files, await passedOn(await withRegistries(known, sources)), sources));
  for (const file of files) {
    const text = await sources.text(file);
    if (text === null) continue;
    const names = new Set<string>();
    for (const specifier of specifiersIn(text))
      for (const name of changed.get(sources.resolve(file, specifier) ?? '') ?? []) names.add(lastNameOf(name));
    // Most modules call what they import in functions of their own, and most of those do not name what has changed.
    const isOverridden = sources.overrides.has(file) || sources.handed.has(file);
    const isNamed =
      isOverridden ||
      changedFunctions(sources, file).size > 0 ||
      [...names].some((name) => name === '' || name === 'default' || text.includes(name)) ||
      (names.size > 0 && COMPUTED.test(text));
    const side = isNamed ? await sources.side(file, text) : null;
    if (!side) continue;
    await new LoadReport(file, side, changed, sources).write();
  }
}

/** The paths of the functions of a file that run new code. */
const changedFunctions = (sources: NewTree, file: string): ReadonlySet<string> =>
  new Set(sources.rows(file).flatMap(({ code, path }) => (code === 'function-changed' || code === 'function-relinked' ? path : [])));

/** With what runs functions that have changed and that its module was given. */
async function withRegistries(known: ChangedNames, sources: Sources): Promise<ChangedNames> {
  const found = new Map(known);
  for (const [file, handed] of sources.handed) {
    const text = await sources.text(file);
    const side = text === null ? null : await sources.side(file, text);
    const names = side ? runningGiven(side, handed) : new Set<string>();
    if (names.size > 0) found.set(file, new Set([...(known.get(file) ?? []), ...names]));
  }
  return found;
}

/** `B#method` where a module gives `A` away as `B`. */
function renamed(name: string, names: ReadonlyMap<string, string>): string | null {
  const [, head = '', rest = ''] = /^([\w$]*)(.*)$/.exec(name) ?? [];
  const other = names.get(head);
  return other === undefined ? null : other + rest;
}

/** On one file. */
class LoadReport {
  private readonly file: string;
  private readonly side: Side;
  private readonly changed: ChangedNames;
  private readonly sources: Sources;
  private readonly imports: ReturnType<typeof importsOf>;

  constructor(file: string, side: Side, changed: ChangedNames, sources: Sources) {
    this.file = file;
    this.side = side;
    this.changed = changed;
    this.sources = sources;
    this.imports = importsOf(side);
  }

  async write(): Promise<void> {
    const log = await this.sources.log(this.file);
    await this.computed(log);
    const told = new Set(
      this.sources.rows(this.file).flatMap(({ code, path }) => {
        // What is emptied is the table, by its name.
        if (code === 'cache-emptied') return [path, path.replace(/.* /, '')];
        return /^(?:results|cache|instances|capture|field)-/.test(code) ? path : [];
      }),
    );
    this.held(log, told);
    this.collected(log, told);
  }

  /** What the module computed as it loaded. */
  private async computed(log: VerdictLog): Promise<void> {
    const { file, side, sources } = this;
    const told = new Set<string>();
    /** Most of what one line calls, or gives to one function, is of one kind: a row each would say one thing over and over. */
    const lines = new Map<string, { readonly root: AnyNode; readonly isAnew: boolean; readonly what: string[] }>();
    const add = (what: string, root: AnyNode, isAnew: boolean, by: string): void => {
      if (told.has(what)) return;
      told.add(what);
      const row = lines.get(`${by} ${isAnew}`) ?? { root, isAnew, what: [] };
      lines.set(`${by} ${isAnew}`, row);
      row.what.push(what);
    };
    const { calls, giving } = callsOfImports(side, statementsOf(side));
    for (const { root, ...called } of calls) {
      const isAnew = sources.runsAnew(file, side.line(root));
      const what = this.changedCalled(called, isAnew);
      if (what !== null) add(what, root, isAnew, String(side.line(root)));
    }
    for (const { call, root } of giving) {
      const called = calledOfOther(side, this.imports, call.callee as AnyNode);
      const isAnew = sources.runsAnew(file, side.line(root));
      for (const what of called ? await this.runOf(called, call.arguments as AnyNode[], isAnew) : [])
        add(what, root, isAnew, `${called!.source} ${called!.names[0]}`);
    }
    for (const { root, isAnew, what } of lines.values()) {
      const isOne = what.length === 1;
      const who = isOne ? what[0]! : `${what[0]!} and ${what.length - 1} more`;
      const [ran, left] = isAnew
        ? [
            'may run as the patch is linked, in',
            isOne ? 'its old version: what it computes then' : 'their old versions: what they compute then',
          ]
        : [
            'may have run as the module loaded, and',
            isOne ? 'has changed since: what it computed' : 'have changed since: what they computed',
          ];
      log.add('computed-at-load', side, root, '', `${who} ${ran} ${left} stays`);
    }
  }

  /** What of another module it is, where that has changed and new code has no other one. */
  private changedCalled(called: FromOther, isAnew: boolean): string | null {
    const { file, sources } = this;
    const name = this.changedOf(called, 'a function');
    const isOther = name !== undefined && isAnew && sources.givesAnother(sources.resolve(file, called.source)!, name);
    return name === undefined || isOther ? null : whatOf(called.source, name);
  }

  /** What has changed and was given to a function of another module that runs it before it returns. */
  private async runOf({ source, names }: FromOther, given: readonly AnyNode[], isAnew: boolean): Promise<string[]> {
    const { file, sources } = this;
    const changed = given.flatMap((one, index) => this.partsGiven(one, isAnew).map((part) => ({ ...part, index })));
    const target = changed.length > 0 ? sources.resolve(file, source) : null;
    const text = target === null ? null : await sources.text(target);
    const side = text === null ? null : await sources.side(target!, text);
    return side === null ? [] : changed.flatMap(({ what, key, index }) => (runsGiven(side, names, index, key) ? what : []));
  }

  /** What has changed of an argument: itself, or what it has under a key, as a module or an object that is written out there. */
  private partsGiven(argument: AnyNode, isAnew: boolean): { readonly what: string; readonly key: string | null }[] {
    const itself = this.changedGiven(argument, isAnew);
    if (itself !== null) return [{ what: itself, key: null }];
    if (argument.type === 'ObjectExpression')
      return argument.properties.flatMap((own) => {
        const what = own.type === 'Property' && !own.computed ? this.changedGiven(own.value as AnyNode, isAnew) : null;
        return what === null ? [] : { what, key: keyName((own as Property).key, false) };
      });
    const whole = importCalled(this.side, this.imports, argument);
    const given = whole?.names[0] === '' ? this.changed.get(this.sources.resolve(this.file, whole.source) ?? '') : undefined;
    return [...(given ?? [])].flatMap((key) => {
      const what = this.changedCalled({ source: whole!.source, names: [key] }, isAnew);
      return what === null ? [] : { what, key };
    });
  }

  /** What an argument is, where that is a function that has changed, of this module or of another. */
  private changedGiven(argument: AnyNode, isAnew: boolean): string | null {
    const { file, side, sources } = this;
    const other = importCalled(side, this.imports, argument) ?? elementCalled(side, this.imports, argument);
    if (other) return this.changedCalled(other, isAnew);
    const changed = changedFunctions(sources, file);
    if (changed.size === 0) return null;
    const leads = (fn: FunctionInfo): boolean =>
      changed.has(fn.path) || [...functionsReached(side, (fn.node as FunctionNode).body as AnyNode)].some(({ path }) => changed.has(path));
    const own = standingFor(side).definitions(argument);
    return own.find((owner) => owner instanceof FunctionInfo && leads(owner))?.path ?? null;
  }

  /** What objects and closures hold of another module's results. */
  private held(log: VerdictLog, told: Set<string>): void {
    for (const held of [...heldIn(this.side), ...setResults(this.side)]) {
      const by = this.changedBy(held.call);
      const path = `${held.fn.path} ${held.name}`;
      if (by === null || this.sources.converts(this.file, path)) continue;
      told.add(path);
      log.add(held.code, this.side, held.call, path, reasonFor(held, by));
    }
  }

  /** What has changed of another module that a call calls, or that a function of this one calls in turn for what it gives. */
  private changedBy(call: CallExpression): string | null {
    for (const { callee } of [call, ...calledInTurn(this.side, call)]) {
      const called = importCalled(this.side, this.imports, callee as AnyNode);
      const name = called && this.changedOf(called);
      if (typeof name === 'string') return whatOf(called!.source, name);
    }
    return null;
  }

  /** What code puts where it outlives the call, as `results.set(key, parse(text))`. */
  private collected(log: VerdictLog, told: Set<string>): void {
    const { side, imports } = this;
    for (const call of nodesOf(side.model.program, 'CallExpression')) {
      const callee = call.callee as AnyNode;
      const root = rootOf(callee);
      if (root.type !== 'Identifier' && root.type !== 'CallExpression') continue;
      const called = calledOfOther(side, imports, callee) ?? elementCalled(side, imports, callee);
      const name = called && this.changedOf(called, 'a function');
      if (called && typeof name === 'string') this.collect(call, whatOf(called.source, name), log, told);
    }
    const wanted = new Set<string>();
    for (const { source } of imports.values())
      for (const name of this.changed.get(this.sources.resolve(this.file, source) ?? '') ?? []) wanted.add(lastNameOf(name));
    for (const { value, ...used } of wanted.size > 0 ? membersUsed(side, wanted) : []) {
      const name = this.changedOf(used);
      if (name !== undefined) this.collect(value, whatOf(used.source, name.replace(/get (?=[\w$]+$)/, '')), log, told);
    }
    for (const one of this.sources.handed.get(this.file) ?? [])
      for (const value of callsOfGiven(side, one)) this.collect(value, one.path, log, told);
    for (const override of this.sources.overrides.get(this.file) ?? [])
      for (const value of usesOfOwn(side, itemsOf(side, side.model.root), override))
        this.collect(value, `${override.path} of ${override.file}`, log, told);
  }

  private collect(value: AnyNode, by: string, log: VerdictLog, told: Set<string>): void {
    const { file, side, sources } = this;
    const fn = functionAround(side, value);
    if (side.runsOnce(fn)) return;
    const called = value.type === 'CallExpression' ? value.arguments.map((_, i) => keptByCallback(side, value, i)) : [];
    const kept = keptFrom(side, fn, value) ?? called.find((one) => one !== null) ?? null;
    if (!kept || kept.kind === 'at load' || !sources.had(file, kept.fn.path)) return;
    const own = pathOfKeeper(kept.fn);
    const { code, path, where } = verdictOn(kept, own);
    if (told.has(path) || told.has(own) || told.has(kept.name)) return;
    told.add(path);
    log.add(code, side, kept.at, path, `results that the old version of ${by} computed are kept in ${where}`);
  }

  /** The name by which what is called has changed; `any` where it is one of those of the module. */
  private changedOf({ source, names }: Pick<ImportCall, 'source' | 'names'>, any?: string): string | undefined {
    const given = this.changed.get(this.sources.resolve(this.file, source) ?? '');
    if (given && names.length === 0) return any;
    return names.find((each) => given?.has(each) === true);
  }
}

const whatOf = (source: string, name: string): string => (name === '' ? source : `${name} of ${source}`);

/** `factories[name]()`, of which any may be the one that is called. */
function elementCalled(side: Side, imports: ReturnType<typeof importsOf>, callee: AnyNode): Pick<ImportCall, 'source' | 'names'> | null {
  if (callee.type !== 'MemberExpression' || !callee.computed || callee.object.type !== 'Identifier') return null;
  const binding = side.refAt(callee.object)?.binding;
  const known = binding && imports.get(binding);
  return known?.imported === '*' ? { source: known.source, names: [] } : null;
}

/** What runs once: the statements of the module, and those of functions around all of it. */
function statementsOf(side: Side): AnyNode[] {
  const once = side.model.functions.filter((fn) => runsOnce(side.plan.handleOf.get(fn)?.kind));
  return once.flatMap((fn) => {
    const { body } = fn.node as FunctionNode | { readonly body: AnyNode[] };
    return Array.isArray(body) ? body : body.type === 'BlockStatement' ? body.body : [body];
  }) as AnyNode[];
}
