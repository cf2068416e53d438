/** One version of a module as the builder looks at it: its plan, its references by owner, and what it does not compare. */
import type { AnyNode, Class, Function as FunctionNode, MemberExpression, PropertyDefinition } from 'acorn';
import { planModule, runsOnce } from '../../instrument/plan.ts';
import type { ModulePlan } from '../../instrument/plan.ts';
import { ClassInfo, FunctionInfo } from '../../source/model.ts';
import type { Binding, FunctionSource, ModuleModel, Reference } from '../../source/model.ts';
import { functionAround } from './program/function-around.ts';
import { askedFor } from './program/asked.ts';
import type { Asked } from './program/asked.ts';
import { InBundle } from './modules/in-bundle.ts';
import { canonicalText } from './forms/canonical.ts';
import { enumerationOf } from './forms/enums.ts';
import type { Enumeration } from './forms/enums.ts';
import type { OwnNames } from './forms/own-names.ts';
import { pathOf } from './modules/own-paths.ts';
import { Environment, loadedOnly } from './program/ran.ts';
import type { Loaded } from './program/ran.ts';
import { Lines } from '../../source/text.ts';
import { memberText } from '../../source/paths.ts';
import { nodesOf } from './program/nodes.ts';
import { symbolText } from './forms/symbols.ts';
import { noteThisNames } from './forms/this-names.ts';
import { rootOf, walk } from './program/walk.ts';

export type Owner = FunctionInfo | ClassInfo;

/** What has been made of a model, for reports on it. */
const made = new WeakMap<ModuleModel, Side>();

export function sideFor(model: ModuleModel): Side {
  return made.get(model) ?? new Side(model);
}

export class Side {
  readonly model: ModuleModel;
  readonly plan: ModulePlan;
  readonly lines: Lines;
  readonly fnAt = new Map<AnyNode, FunctionInfo>();
  readonly classAt = new Map<AnyNode, ClassInfo>();
  /** Classes by the names that stand in them. */
  private readonly classNamed = new Map<AnyNode, ClassInfo>();
  /** All references, by position. */
  readonly refs: readonly Reference[];
  /** Where each of them begins: a search through these alone stays in the processor's cache. */
  private readonly starts: Int32Array;
  readonly environment: Environment;
  /** Modules that are asked for and only loaded: no difference of what the code around them does. */
  readonly loads: readonly Loaded[];
  /** What headers require for their factories, which the parameters of those tell. */
  readonly asked: ReadonlyMap<FunctionInfo, Asked>;
  /** What the old version calls the names of this one that go by another there. */
  readonly names = new Map<AnyNode, string>();
  /** What bundlers give the modules in a bundle. */
  readonly roles = new Map<Binding, 'exports' | 'module' | 'module.exports'>();
  /** Variables that a module of a bundle sets, and that are declared around it, with the module. */
  readonly hoisted = new Map<Binding, FunctionInfo>();
  readonly inBundle: InBundle;
  private enumerationsFound: readonly Enumeration[] | null = null;
  private readonly opaque = new Map<AnyNode, Owner>();
  private readonly ignored: ReadonlySet<AnyNode>;
  private readonly ownCache = new Map<Owner, string>();
  private readonly owned = new Map<Owner, Reference[]>();

  constructor(model: ModuleModel) {
    made.set(model, this);
    this.model = model;
    this.plan = planModule(model);
    this.lines = new Lines(model.text);
    for (const fn of model.functions) {
      this.fnAt.set(fn.node as AnyNode, fn);
      const wrapper = this.isWrapper(fn);
      if (!wrapper && !this.plan.siteOf.has(fn)) continue;
      if (fn.kind === 'field') this.opaque.set((fn.node as PropertyDefinition).value as AnyNode, fn);
      else this.opaque.set(fn.node as AnyNode, fn);
    }
    for (const cls of model.classes) {
      this.classAt.set(cls.node as AnyNode, cls);
      if (cls.node.id) this.classNamed.set(cls.node.id, cls);
      if (this.plan.handleOf.has(cls)) this.opaque.set(cls.node as AnyNode, cls);
    }
    this.refs = model.references.toSorted((a, b) => a.node.start - b.node.start);
    this.starts = new Int32Array(this.refs.length);
    this.refs.forEach(({ node }, i) => (this.starts[i] = node.start));
    this.inBundle = new InBundle(this);
    noteThisNames(this);
    for (const [fn, given] of this.plan.bundled)
      for (const role of ['exports', 'module'] as const) {
        const binding = given[role] === null ? undefined : fn.scope.bindings.get(given[role]);
        if (binding) this.roles.set(binding, role);
      }
    for (const { around } of this.plan.bundled.values()) if (around) this.roles.set(around.binding, around.is);
    this.environment = new Environment(model, this);
    const once = new Set(model.functions.filter((fn) => this.isInPieces(fn)));
    this.loads = loadedOnly(model, once);
    this.asked = askedFor(model, once, this.environment);
    // What an enumeration is put on is told by its name.
    const given = this.enumerations.flatMap((own) => nodesIn(own.given));
    this.ignored = new Set([...this.loads.map((load) => load.node), ...given, ...[...this.asked.values()].flatMap(({ nodes }) => nodes)]);
    let before: Reference | null = null;
    let list: Reference[] = [];
    for (const ref of this.refs) {
      // Most stand in the scope of the one before.
      if (before?.scope !== ref.scope || before.fn !== ref.fn) {
        const owner = this.ownerOf(ref);
        const known = this.owned.get(owner);
        list = known ?? [];
        if (!known) this.owned.set(owner, list);
      }
      list.push(ref);
      before = ref;
    }
  }

  /** The placeholder's function or class when `node` is one that is compared by itself. */
  opaqueAt(node: AnyNode): Owner | undefined {
    return this.opaque.get(node);
  }

  /** From here on `binding` is a variable that `fn`, a module of a bundle, declares with `value`. */
  hoist(binding: Binding, fn: FunctionInfo, value: AnyNode): void {
    const [id] = binding.declarations;
    this.hoisted.set(binding, fn);
    binding.reassigned = binding.references.filter(({ write }) => write).length > 1;
    this.inText.values.set(id!, value);
    const made = this.fnAt.get(value);
    // Asking for it makes the table.
    if (!binding.reassigned && this.functionDeclaredBy(id!) === null && made) this.declaring!.set(id!, made);
  }

  /** The function in whose text a variable is declared, or the module of a bundle that it is declared around for. */
  declarer(binding: Binding): FunctionInfo {
    return this.hoisted.get(binding) ?? binding.scope.fn;
  }

  get enumerations(): readonly Enumeration[] {
    return (this.enumerationsFound ??= this.findEnumerations());
  }

  private findEnumerations(): Enumeration[] {
    const bodies = this.model.functions.filter((fn) => this.isInPieces(fn)).map((fn) => fn.node as { body?: AnyNode | AnyNode[] });
    return bodies.flatMap(({ body }) => {
      const statements = Array.isArray(body) ? body : body?.type === 'BlockStatement' ? body.body : [];
      return statements.flatMap((statement) => enumerationOf(statement) ?? []);
    });
  }

  /** The module, or a function called in place as it loads: what it declares is declared once. */
  runsOnce(fn: FunctionInfo): boolean {
    return fn.kind === 'module' || runsOnce(this.plan.handleOf.get(fn)?.kind);
  }

  private isInPieces(fn: FunctionInfo): boolean {
    return fn.kind === 'module' || this.isWrapper(fn);
  }

  /** A function called in place as the module loaded, whose scope others keep: its content is compared piece by piece. */
  private isWrapper(fn: FunctionInfo): boolean {
    const kind = this.plan.handleOf.get(fn)?.kind;
    return kind === 'bundled' || (kind === 'wrapper' && !this.isComputation(fn));
  }

  /** A function called in place to compute a value, of which nothing but the value is left: it is part of the value. */
  isComputation(fn: FunctionInfo): boolean {
    const [holder, call] = fn.ancestors.slice(-2);
    if (call?.type !== 'CallExpression' || call.callee !== (fn.node as AnyNode) || call.arguments.length > 0) return false;
    const isValue =
      (holder?.type === 'VariableDeclarator' && holder.init === call) || (holder?.type === 'AssignmentExpression' && holder.right === call);
    return isValue && fn.children.length === 0 && fn.returns.length > 0 && !this.model.classes.some((c) => c.parent === fn);
  }

  /** What is assigned to, as text; undefined where that cannot be told. */
  targetText(node: AnyNode): string | undefined {
    const symbol = this.symbolKey(node);
    const text = symbol === null ? memberText(node) : `${memberText((node as MemberExpression).object)}.${symbol}`;
    return text === undefined ? undefined : this.rooted(node, text);
  }

  /** `[Symbol.iterator]`, `[Symbol.for("name")]`: the key of a member, where it is a symbol that is the same everywhere. */
  symbolKey(node: AnyNode): string | null {
    if (node.type !== 'MemberExpression' || !node.computed || memberText(node.object) === undefined) return null;
    const text = symbolText(node.property as AnyNode, this);
    return text === null ? null : `[${text}]`;
  }

  /** The same with what a bundler calls the exports of a module, and the module, as in a file. */
  rooted(target: AnyNode, text: string): string {
    if (this.roles.size === 0) return text;
    const root = rootOf(target);
    const binding = root.type === 'Identifier' ? this.refAt(root)?.binding : undefined;
    const role = binding && this.roles.get(binding);
    return role === undefined ? text : role + text.slice((root as { name: string }).name.length);
  }

  /** The path of a property for all of the file: the exports of each module in a bundle are others, whatever they are called. */
  pathIn(target: AnyNode, text: string): string {
    const path = pathOf(this.rooted(target, text), this.model.program as AnyNode);
    const root = this.roles.size > 0 ? rootOf(target) : null;
    const binding = root?.type === 'Identifier' ? this.refAt(root)?.binding : undefined;
    return binding && this.roles.has(binding) ? `${binding.scope.fn.index} ${binding.kind === 'param' ? '' : binding.name} ${path}` : path;
  }

  /** Whether a name is a parameter by which a bundler gives a module what is its own. */
  isGiven(node: AnyNode): boolean {
    const binding = node.type === 'Identifier' ? this.refAt(node)?.binding : undefined;
    return binding?.kind === 'param' && this.roles.has(binding);
  }

  /** The expression for all that a module gives away. */
  wholeText(fn: FunctionInfo): string {
    const bundled = this.plan.bundled.get(fn);
    const around = bundled?.around;
    if (around?.is === 'module.exports') return around.binding.name;
    return `${around?.binding.name ?? bundled?.module ?? 'module'}.exports`;
  }

  isIgnored(node: AnyNode): boolean {
    return this.ignored.has(node);
  }

  isOpaque(owner: Owner): boolean {
    if (owner instanceof ClassInfo) return this.plan.handleOf.has(owner);
    return owner.kind === 'module' || this.plan.siteOf.has(owner) || this.isWrapper(owner);
  }

  /** The function that `id` declares, as a declaration or as the only name of a function expression. */
  functionDeclaredBy(id: AnyNode): FunctionInfo | null {
    if (!this.declaring) {
      this.declaring = new Map();
      for (const fn of this.model.functions) {
        if (fn.node.type === 'FunctionDeclaration' && fn.node.id) this.declaring.set(fn.node.id, fn);
        const parent = fn.ancestors.at(-1);
        if (parent?.type === 'VariableDeclarator' && parent.init === (fn.node as AnyNode)) this.declaring.set(parent.id, fn);
      }
    }
    return this.declaring.get(id) ?? null;
  }

  /** The initialiser that `id`, alone on the left of a declaration, is given there; null for none, undefined for what is no such declaration. */
  valueOf(id: AnyNode): AnyNode | null | undefined {
    return this.inText.values.get(id);
  }

  /** The function or class that a value is: itself, or what its name always stands for. */
  definitionOf(value: AnyNode, ref?: Reference): Owner | null {
    const own = this.fnAt.get(value) ?? this.classAt.get(value);
    if (own) return own;
    const binding = value.type === 'Identifier' ? (ref ?? this.refAt(value))?.binding : null;
    return binding ? this.definitionNamed(binding) : null;
  }

  /** The same of a variable that stands for another name, as Babel writes `var _default = Box; exports.default = _default`. */
  definitionMeant(value: AnyNode): Owner | null {
    const binding = value.type === 'Identifier' ? this.refAt(value)?.binding : null;
    const id = binding?.declarations[0];
    const meant = id && id.start < value.start && !binding.reassigned ? this.valueOf(id) : null;
    return this.definitionOf(meant?.type === 'Identifier' ? meant : value);
  }

  definitionNamed(binding: Binding): Owner | null {
    const id = binding.declarations[0];
    if (!id || binding.reassigned || binding.declarations.length !== 1) return null;
    const fn = this.functionDeclaredBy(id);
    if (fn) return fn;
    const value = this.valueOf(id);
    return (value && this.classAt.get(value)) ?? this.classNamed.get(id) ?? null;
  }

  private declaring: Map<AnyNode, FunctionInfo> | null = null;
  private found: { readonly values: Map<AnyNode, AnyNode | null>; readonly imports: [AnyNode, string][] } | null = null;

  /** What stands anywhere in the text. */
  private get inText(): NonNullable<Side['found']> {
    if (this.found) return this.found;
    const found: NonNullable<Side['found']> = { values: new Map(), imports: [] };
    const { program } = this.model;
    for (const { id, init } of nodesOf(program, 'VariableDeclarator')) if (id.type === 'Identifier') found.values.set(id, init ?? null);
    for (const node of nodesOf(program, 'ImportExpression')) {
      const specifier = stringOf(node.source);
      if (specifier !== null) found.imports.push([node, specifier]);
    }
    return (this.found = found);
  }

  /** The innermost function or class with a placeholder that `ref` belongs to. */
  ownerOf(ref: Reference): Owner {
    let fn: FunctionInfo = ref.fn;
    let scope = ref.scope;
    for (;;) {
      for (; scope.fn === fn; scope = scope.parent) {
        const cls = scope.kind === 'class' ? this.classAt.get(scope.node) : undefined;
        if (cls && this.isOpaque(cls)) return cls;
        if (!scope.parent) break;
      }
      if (this.isOpaque(fn) || !fn.parent) return fn;
      fn = fn.parent;
    }
  }

  /** References in the code of `owner` itself, by position. */
  ownRefs(owner: Owner): readonly Reference[] {
    return this.owned.get(owner) ?? [];
  }

  /** What a function asks for by `import()` as it runs, in its own code. */
  importedBy(owner: Owner): readonly string[] {
    if (!this.imported) {
      this.imported = new Map();
      for (const [node, specifier] of this.inText.imports) {
        let fn = functionAround(this, node);
        while (fn.parent && !this.isOpaque(fn)) fn = fn.parent;
        this.imported.set(fn, [...(this.imported.get(fn) ?? []), specifier]);
      }
    }
    return this.imported.get(owner) ?? [];
  }

  private imported: Map<Owner, readonly string[]> | null = null;

  /** References in [start, end), nested functions included. */
  refsIn(start: number, end: number): readonly Reference[] {
    return this.refs.slice(this.firstFrom(start), this.firstFrom(end));
  }

  /** The first reference in a node's text: that of an identifier. */
  refAt({ start, end }: { readonly start: number; readonly end: number }): Reference | undefined {
    const at = this.firstFrom(start);
    return at < this.starts.length && this.starts[at]! < end ? this.refs[at] : undefined;
  }

  /** How many references begin before a position. */
  private firstFrom(position: number): number {
    // Asked for each name of a program, and more than once: a function for each step would take a tenth of a build.
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** From now on the variable counts as the one of that name of the old version. */
  rename(binding: Binding, name: string): void {
    for (const ref of binding.references) {
      this.names.set(ref.node, name);
      this.ownCache.delete(this.ownerOf(ref));
      // What has no placeholder is part of what is around it too.
      for (let fn: FunctionInfo | null = ref.fn; fn; fn = fn.parent) this.ownCache.delete(fn);
    }
  }

  /** Canonical text of a function's or class's own code. */
  own(owner: Owner): string {
    let text = this.ownCache.get(owner);
    if (text === undefined) {
      const isField = owner instanceof FunctionInfo && owner.kind === 'field';
      text = canonicalText((isField ? (owner.node as PropertyDefinition).value : owner.node) as AnyNode, this, true);
      this.ownCache.set(owner, text);
    }
    return text;
  }

  /** A function or class, or any code, as it is written: a method with its `async` and `*`, which stand ahead of where its node begins. */
  written({ node }: { readonly node: { readonly start: number; readonly end: number } }): string {
    const text = this.model.text.slice(node.start, node.end);
    const { type, async, generator } = node as Partial<FunctionNode>;
    return type === 'FunctionExpression' && text.startsWith('(') ? `${async ? 'async ' : ''}${generator ? '*' : ''}${text}` : text;
  }

  /** Canonical text of any node, with placeholders. */
  text(node: AnyNode): string {
    return canonicalText(node, this);
  }

  /** The same of a statement, whatever it calls the variables that it has for itself, and however it declares them. */
  textBut(node: AnyNode, own: OwnNames): string {
    return canonicalText(node, this, false, own);
  }

  /** Canonical text with nothing left out. */
  full(node: AnyNode | FunctionSource | Class): string {
    return canonicalText(node as AnyNode, null);
  }

  line(node: { readonly start: number }): number {
    return this.lines.line(node.start);
  }
}

/** What a string says, in quotes or in backticks. */
export function stringOf(node: AnyNode): string | null {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : null;
  return node.type === 'TemplateLiteral' && node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? null) : null;
}

function nodesIn(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = [];
  walk(node, (inner) => void found.push(inner));
  return found;
}
