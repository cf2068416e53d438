/**
 * The file of callbacks that an author gives a patch: what it claims to take care of, whose scope it sees, the values it
 * provides to closures that lack a variable. It is read, never run, where the patch is built.
 */
import type { AnyNode, Identifier, Program } from 'acorn';
import { LivepatchError } from '../../errors/errors.ts';
import { contains } from '../../source/contains.ts';
import { analyzeModule } from '../../source/analyze.ts';
import type { ModuleModel } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import type { Mode, PatchModule, PatchRequirement, PatchState, VerdictRow } from '../../patch/format.ts';
import { Lines } from '../../source/text.ts';
import { isState } from './declared.ts';
import type { Declared } from './declared.ts';
import { isClaimed } from '../verdicts/verdicts.ts';

export interface HookSource {
  /** What the author calls the file. */
  readonly name: string;
  readonly text: string;
}

/** The text of the function that gives each variable, by the path of the function whose closures lack it. */
export type Provided = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface HookFile {
  readonly name: string;
  /** Differences that the author takes care of: `file code` or `file:line`. */
  readonly claims: readonly string[];
  /** The file in whose scope the callbacks stand; null for none. */
  readonly module: string | null;
  /** Names of the classes that it declares a migration of. */
  readonly migrates: readonly string[];
  /** Those of them whose instances may be met before they are migrated. */
  readonly accessed: readonly string[];
  /** Those of them whose instances new code reads in both shapes. */
  readonly readsBoth: readonly string[];
  /** Functions that are given such instances. By path. */
  readonly touches: readonly string[];
  readonly provide: Provided;
  /** Functions that make what old code may meet: the original runs until every task runs the patch. By path. */
  readonly create: readonly string[];
  /** What goes into the manifest as it is. */
  readonly manifest: Declared;
  /** As `PatchModule.hooks` wants it; null when the file has no callbacks. */
  readonly code: string | null;
}

const MODES: readonly string[] = ['task', 'request', 'barrier'] satisfies Mode[];
const CALLBACKS = ['prePatch', 'postPatch', 'preUnpatch', 'postUnpatch'];
const MIGRATES = ['migrate', 'transformWorld'];
const WRITTEN = 'Claims are written "lib/file.js verdict-code" or "lib/file.js:12".';

/** Throws ERR_SYNTAX or ERR_HOOKS. */
export function readHookFile({ name, text }: HookSource): HookFile {
  let model: ModuleModel;
  try {
    model = analyzeModule(text, 'module', name);
  } catch (error) {
    // A CommonJS file may hold what no ES module does.
    if (/^\s*export\b/m.test(text)) throw error;
    model = analyzeModule(text, 'commonjs', name);
  }
  return model.program.body.some(isExport) ? new Reader(name, model).read() : commonJs(name, text);
}

function isExport(node: AnyNode): boolean {
  return node.type.startsWith('Export');
}

/** A CommonJS module: its exports are the callbacks. */
function commonJs(name: string, text: string): HookFile {
  return {
    name,
    claims: [],
    module: null,
    migrates: [],
    accessed: [],
    readsBoth: [],
    touches: [],
    provide: new Map(),
    create: [],
    manifest: {},
    code: `(function($lp){const module={exports:{}};(function(exports,module,require,livepatch){${text}\n})(module.exports,module,$lp.require,$lp);return module.exports})`,
  };
}

/** Throws ERR_HOOKS when the file speaks of what is not there: a hook for another version is no hook for this one. */
export function checkUsed(hook: HookFile, modules: readonly PatchModule[], verdicts: readonly VerdictRow[]): void {
  const fail = (reason: string, hint?: string): never => {
    throw new LivepatchError('ERR_HOOKS', { file: hook.name, reason }, { where: { file: hook.name }, ...(hint ? { hint } : {}) });
  };
  const open = verdicts.filter((row) => !row.verdict.startsWith('carried'));
  for (const claim of hook.claims) {
    if (verdicts.some((row) => row.verdict === 'carried-with-hook' && isClaimed(claim, row))) continue;
    const known = [...new Set(open.map((row) => `"${row.file} ${row.code}"`))];
    fail(`no difference is "${claim}"`, known.length > 0 ? `Not claimed yet: ${known.join(', ')}.` : 'Nothing is left to claim.');
  }
  const refused = verdicts.some((row) => row.verdict === 'refused' || row.verdict === 'needs-hook');
  if (hook.module !== null && !refused && !modules.some((m) => m.file === hook.module)) fail(`there is no module ${hook.module}`);
  const functions = modules.filter((m) => hook.module === null || m.file === hook.module).flatMap((m) => m.functions);
  for (const path of hook.create)
    if (!refused && !functions.some((fn) => fn.path === path && fn.guarded))
      fail(`${path} is no function that the patch changes, or one that cannot be kept back: async, or a generator`);
  for (const path of hook.touches)
    if (!refused && !functions.some((fn) => fn.path === path)) fail(`${path} is no function that can be part of the patch`);
  for (const [path, variables] of hook.provide)
    for (const name of variables.keys())
      if (!verdicts.some((row) => row.path === path && row.verdict === 'carried-with-hook' && row.reason.includes(` ${name}:`)))
        fail(`closures of ${path} have no need of ${name}`);
}

/** What `migrate` is told, as far as the text shows; null for nothing. */
function optionOf(options: AnyNode | undefined, name: string): string | null {
  const { properties } = options?.type === 'ObjectExpression' ? options : { properties: [] };
  for (const property of properties)
    if (property.type === 'Property' && !property.computed && keyName(property.key, false) === name)
      return property.value.type === 'Literal' ? String(property.value.value) : '?';
  return null;
}

class Reader {
  private readonly name: string;
  private readonly model: ModuleModel;
  private readonly claims: string[] = [];
  private readonly provide = new Map<string, Map<string, string>>();
  private module: string | null = null;
  private readonly migrates: string[] = [];
  private readonly accessed: string[] = [];
  private readonly readsBoth: string[] = [];
  private touches: readonly string[] = [];
  private manifest: Declared = {};
  private create: readonly string[] = [];
  private readonly callbacks: string[] = [];
  /** Code of its own, which runs as the patch is linked. */
  private statements = false;
  /** Ranges that do not travel with the patch. */
  private readonly cuts: { readonly start: number; readonly end: number }[] = [];

  constructor(name: string, model: ModuleModel) {
    this.name = name;
    this.model = model;
  }

  read(): HookFile {
    for (const node of (this.model.program as Program).body) this.statement(node as AnyNode);
    if (this.provide.size > 0 && this.module === null)
      throw this.failure('it provides variables, and does not say of which module', this.model.program);
    return {
      name: this.name,
      claims: this.claims,
      module: this.module,
      migrates: this.migrates,
      accessed: this.accessed,
      readsBoth: this.readsBoth,
      touches: this.touches,
      provide: this.provide,
      create: this.create,
      manifest: this.manifest,
      code: this.code(),
    };
  }

  private statement(node: AnyNode): void {
    if (node.type === 'ImportDeclaration') throw this.failure('it imports: use require() in the callbacks', node);
    if (!isExport(node)) {
      this.statements = true;
      this.migration(node);
      return;
    }
    if (node.type !== 'ExportNamedDeclaration' || !node.declaration)
      throw this.failure('an export is written `export const` or `export function`', node);
    const { declaration } = node;
    if (declaration.type === 'VariableDeclaration') {
      const [first] = declaration.declarations;
      if (declaration.declarations.length !== 1 || first?.id.type !== 'Identifier' || !first.init)
        throw this.failure('each export is declared by itself, with a value', node);
      if (this.setting(first.id.name, first.init)) {
        this.cuts.push(node);
        return;
      }
      this.callback(first.id, first.init);
    } else this.callback(declaration.id as Identifier, declaration);
    this.cuts.push({ start: node.start, end: declaration.start });
  }

  /** `livepatch.migrate(Class, …)`: read, so that the builder does not warn of what it does. */
  private migration(node: AnyNode): void {
    if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return;
    const { callee, arguments: given } = node.expression;
    const named = callee.type === 'MemberExpression' ? callee.property : callee;
    const type = given[0];
    if (named.type !== 'Identifier' || !MIGRATES.includes(named.name)) return;
    if (type?.type === 'Literal' && typeof type.value === 'string') this.create = [...new Set([...this.create, type.value])];
    if (type?.type !== 'Identifier') return;
    this.migrates.push(type.name);
    const options = given[named.name === 'migrate' ? 1 : 2];
    const when = optionOf(options, 'when') ?? (named.name === 'migrate' ? 'access' : 'world');
    if (when !== 'world' && when !== 'create') this.accessed.push(type.name);
    if (when === 'create' || optionOf(options, 'reads') === 'both') this.readsBoth.push(type.name);
  }

  private setting(name: string, value: AnyNode): boolean {
    if (name === 'claims') for (const claim of this.strings(value)) this.claim(claim);
    else if (name === 'module') this.module = this.string(value);
    else if (name === 'provide')
      for (const [path, variables] of this.properties(value)) {
        this.provide.set(path, new Map(this.properties(variables).map(([variable, made]) => [variable, this.provider(made)])));
      }
    else if (name === 'touches') this.touches = this.strings(value).map((path) => this.string(path));
    else if (name === 'create') this.create = [...new Set([...this.create, ...this.strings(value).map((path) => this.string(path))])];
    else if (name === 'mode') this.manifest = { ...this.manifest, mode: this.mode(value) };
    else if (name === 'states') this.manifest = { ...this.manifest, states: this.states(value) };
    else if (name === 'requires') this.manifest = { ...this.manifest, requires: this.requirement(value) };
    else return false;
    return true;
  }

  private mode(node: AnyNode): Mode {
    const mode = this.string(node);
    if (!MODES.includes(mode)) throw this.failure(`"${mode}" is no mode`, node, `It is one of ${MODES.join(', ')}.`);
    return mode as Mode;
  }

  private state(node: AnyNode): PatchState {
    const given = new Map(this.properties(node));
    const [id, version] = [given.get('id'), given.get('version')];
    const written = 'a state is written {id: "…", version: 1}';
    if (given.size !== 2 || !id || version?.type !== 'Literal' || typeof version.value !== 'number') throw this.failure(written, node);
    const state = { id: this.string(id), version: version.value };
    if (!isState(state)) throw this.failure(written, node, 'The version is a number from 1 on.');
    return state;
  }

  private states(value: AnyNode): readonly PatchState[] {
    const states = this.strings(value).map((state) => this.state(state));
    const twice = states.findIndex(({ id }, i) => states.findIndex((other) => other.id === id) < i);
    if (twice >= 0) throw this.failure(`it declares the state "${states[twice]!.id}" twice`, this.strings(value)[twice]!);
    return states;
  }

  private requirement(node: AnyNode): PatchRequirement {
    const given = new Map(this.properties(node));
    const complete = given.get('complete');
    const known = [...given.keys()].every((key) => key === 'patch' || key === 'complete');
    if (!known || (complete !== undefined && (complete.type !== 'Literal' || typeof complete.value !== 'boolean')) || !given.has('patch'))
      throw this.failure('what is required is written {patch: "…", complete: true}', node);
    return { patch: this.string(given.get('patch')!), complete: complete?.type === 'Literal' && complete.value === true };
  }

  private claim(node: AnyNode): void {
    const text = this.string(node);
    if (!/^\S.*(?: [a-z][a-z-]+|:\d+)$/.test(text)) throw this.failure(`"${text}" is no claim`, node, WRITTEN);
    this.claims.push(text);
  }

  private callback(id: Identifier, value: AnyNode): void {
    if (!CALLBACKS.includes(id.name))
      throw this.failure(
        `it exports ${id.name}`,
        id,
        `It may export claims, create, module, mode, provide, requires, states, touches, ${CALLBACKS.join(', ')}.`,
      );
    const kind = value as { async?: boolean; generator?: boolean };
    if (kind.async || kind.generator) throw this.failure(`${id.name} must be synchronous`, id);
    this.callbacks.push(id.name);
  }

  private properties(node: AnyNode): [string, AnyNode][] {
    if (node.type !== 'ObjectExpression') throw this.failure('an object is wanted here', node);
    return node.properties.map((property) => {
      if (property.type !== 'Property' || property.computed || property.kind !== 'init')
        throw this.failure('a plain property is wanted here', property);
      return [keyName(property.key, false), property.value];
    });
  }

  /** The function moves to where the closures' new code is, so it may name what is declared there, and nothing of this file. */
  private provider(node: AnyNode): string {
    if (node.type !== 'ArrowFunctionExpression' || node.async) throw this.failure('a variable is provided by an arrow function', node);
    const outside = this.model.references.find((ref) => contains(node, ref.node) && ref.binding?.scope === this.model.scope);
    if (outside) throw this.failure(`${outside.node.name} is out of reach of what is provided: write its value there`, outside.node);
    return this.model.text.slice(node.start, node.end);
  }

  private strings(node: AnyNode): AnyNode[] {
    if (node.type !== 'ArrayExpression') throw this.failure('a list is wanted here', node);
    return node.elements as AnyNode[];
  }

  private string(node: AnyNode | null): string {
    if (node?.type !== 'Literal' || typeof node.value !== 'string')
      throw this.failure('a string is wanted here: the file is read, not run', node ?? this.model.program);
    return node.value;
  }

  /** Lines keep their numbers. */
  private code(): string | null {
    if (this.callbacks.length === 0 && !this.statements) return null;
    let text = '';
    let at = 0;
    for (const { start, end } of this.cuts) {
      text += this.model.text.slice(at, start) + this.model.text.slice(start, end).replace(/[^\n]/g, '');
      at = end;
    }
    text += this.model.text.slice(at);
    return `(function($lp){return(function(require,livepatch){"use strict";${text}\nreturn{${this.callbacks.join(',')}}})($lp.require,$lp)})`;
  }

  private failure(reason: string, node: { readonly start: number }, hint?: string): LivepatchError {
    const lines = new Lines(this.model.text);
    return new LivepatchError(
      'ERR_HOOKS',
      { file: this.name, reason },
      { where: { file: this.name, line: lines.line(node.start), column: lines.column(node.start) }, ...(hint ? { hint } : {}) },
    );
  }
}
