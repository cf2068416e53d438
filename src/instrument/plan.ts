/**
 * What the instrumented form of a module will hold: which functions get an entry site, what each site passes, which
 * scopes leave an eval handle. A pure function of the source text, so that the builder, which has only the published
 * source, and the running process agree on it by the hash of that text alone.
 */
import type { AnyNode, Function as FunctionNode, Identifier } from 'acorn';
import { ClassInfo, FunctionInfo } from '../source/model.ts';
import type { Binding, ModuleModel, Reference, Scope } from '../source/model.ts';

/** Raised whenever the plan of the same text changes: a patch built for another number is refused. */
export const INSTRUMENTATION = 2;

/** A function with this many function declarations directly in it pays for one more closure, an eval handle. */
const HEAVY_DECLARATIONS = 16;
const MAX_OWN_CAPTURES = 64;
const MAX_CAPTURES = 16;

export type HandleKind = 'module' | 'wrapper' | 'heavy' | 'class';

/** A scope in which new code can be evaluated. */
export interface HandleScope {
  readonly id: number;
  readonly kind: HandleKind;
  readonly owner: FunctionInfo | ClassInfo;
  readonly parent: HandleScope | null;
  /** The names of this scope are found here. */
  readonly scope: Scope;
  /** The wrapper or heavy handle whose local names the instance of this scope; null where there is one instance only. */
  readonly instance: HandleScope | null;
}

/** A variable of an enclosing function that a site hands to its version. */
export interface Capture {
  readonly name: string;
  readonly binding: Binding;
  readonly writable: boolean;
}

/**
 * How the arguments reach the version. `known`: the declared parameters, as all calls are known, and pass no more.
 * `declared`: the same, though a caller may pass more. `rest` and `arguments`: all of them, at the price of one object for
 * each call that V8 has not optimised.
 */
export type Forwarding = 'known' | 'declared' | 'rest' | 'arguments';

/** Where parameters with patterns or defaults are evaluated: by the body, after the entry site, wherever that is the same. */
export type ParameterForm = 'simple' | 'moved' | 'kept';

export interface SitePlan {
  readonly id: number;
  readonly fn: FunctionInfo;
  readonly handle: HandleScope;
  readonly captures: readonly Capture[];
  readonly forwarding: Forwarding;
  readonly parameters: ParameterForm;
  /** The version is called with this site's `this`. */
  readonly passesThis: boolean;
  readonly tracked: boolean;
}

export interface Unpatchable {
  readonly fn: FunctionInfo;
  readonly reason: string;
}

export interface ModulePlan {
  readonly model: ModuleModel;
  readonly handles: readonly HandleScope[];
  readonly sites: readonly SitePlan[];
  readonly siteOf: ReadonlyMap<FunctionInfo, SitePlan>;
  readonly handleOf: ReadonlyMap<FunctionInfo | ClassInfo, HandleScope>;
  readonly unpatchable: readonly Unpatchable[];
  /** How many ids the module takes, handles and sites together. */
  readonly ids: number;
}

class Planner {
  private readonly handles: HandleScope[] = [];
  private readonly sites: SitePlan[] = [];
  private readonly siteOf = new Map<FunctionInfo, SitePlan>();
  private readonly handleOf = new Map<FunctionInfo | ClassInfo, HandleScope>();
  private readonly unpatchable: Unpatchable[] = [];
  private readonly uses = new Map<FunctionInfo, Set<Binding>>();
  private readonly model: ModuleModel;
  private readonly base: number;
  private nextId: number;

  constructor(model: ModuleModel, base: number) {
    this.model = model;
    this.base = this.nextId = base;
  }

  run(): ModulePlan {
    const { model } = this;
    for (const reference of model.references) {
      const binding = reference.binding;
      if (!binding?.captured) continue;
      for (let fn: FunctionInfo | null = reference.fn; fn && fn !== binding.scope.fn; fn = fn.parent) {
        let set = this.uses.get(fn);
        if (!set) this.uses.set(fn, (set = new Set()));
        if (set.has(binding)) break;
        set.add(binding);
      }
    }
    this.addHandle('module', model.root, null, model.scope);
    const items: (FunctionInfo | ClassInfo)[] = [...model.functions.slice(1), ...model.classes];
    items.sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end);
    for (const item of items) {
      if (item instanceof ClassInfo) this.planClass(item);
      else this.planFunction(item);
    }
    return {
      model,
      handles: this.handles,
      sites: this.sites,
      siteOf: this.siteOf,
      handleOf: this.handleOf,
      unpatchable: this.unpatchable,
      ids: this.nextId - this.base,
    };
  }

  private addHandle(kind: HandleKind, owner: FunctionInfo | ClassInfo, parent: HandleScope | null, scope: Scope): HandleScope {
    const id = this.nextId++;
    const handle: { -readonly [K in keyof HandleScope]: HandleScope[K] } = { id, kind, owner, parent, scope, instance: null };
    handle.instance = kind === 'wrapper' || kind === 'heavy' ? handle : (parent?.instance ?? null);
    this.handles.push(handle);
    this.handleOf.set(owner, handle);
    return handle;
  }

  /** The nearest scope around `item` that has a handle. */
  private handleAround(item: FunctionInfo | ClassInfo): HandleScope {
    if (item instanceof FunctionInfo && item.owner) {
      const handle = this.handleOf.get(item.owner);
      if (handle) return handle;
    }
    for (let fn = item.parent; fn; fn = fn.parent) {
      const own = this.handleOf.get(fn);
      if (own) return own;
      if (fn.owner) {
        const cls = this.handleOf.get(fn.owner);
        if (cls) return cls;
      }
    }
    return this.handles[0]!;
  }

  private planClass(cls: ClassInfo): void {
    const around = this.handleOf.get(cls.parent);
    if (!around || (around.kind !== 'module' && around.kind !== 'wrapper') || insideWith(cls.scope)) return;
    this.addHandle('class', cls, around, cls.scope);
  }

  private planFunction(fn: FunctionInfo): void {
    if (fn.kind === 'static') return;
    const around = this.handleAround(fn);
    if (this.isWrapper(fn)) {
      this.addHandle('wrapper', fn, around, fn.body);
      return;
    }
    const reason = unpatchableReason(fn);
    if (reason === 'none') return;
    if (reason) this.unpatchable.push({ fn, reason });
    else this.addSite(fn, around);
    if (fn.kind !== 'field' && isHeavy(fn)) this.addHandle('heavy', fn, around, fn.body);
  }

  /** A function that runs once as the module loads: its names are as good as the module's own. */
  private isWrapper(fn: FunctionInfo): boolean {
    const outer = fn.parent ? this.handleOf.get(fn.parent) : undefined;
    if (!outer || (outer.kind !== 'module' && outer.kind !== 'wrapper')) return false;
    if (fn.async || fn.generator || fn.insideWith || (fn.kind !== 'function' && fn.kind !== 'arrow')) return false;
    if ((fn.node as FunctionNode).body.type !== 'BlockStatement' || fn.node.type === 'FunctionDeclaration' || insideLoop(fn)) return false;
    return isCalledInPlace(fn) || isGivenToCallInPlace(fn);
  }

  private addSite(fn: FunctionInfo, handle: HandleScope): void {
    const passesThis = fn.kind !== 'arrow' || fn.usesThis || (fn.thisOwner.kind !== 'module' && fn.thisOwner.thisCaptured);
    const parameters = parameterForm(fn);
    const site: SitePlan = {
      id: this.nextId++,
      fn,
      handle,
      captures: this.captures(fn, handle),
      forwarding: this.forwarding(fn, parameters),
      parameters,
      passesThis: passesThis && !(fn.kind === 'arrow' && fn.thisOwner.kind === 'derived-constructor'),
      tracked: fn.tracked,
    };
    this.sites.push(site);
    this.siteOf.set(fn, site);
  }

  private captures(fn: FunctionInfo, handle: HandleScope): Capture[] {
    const found: Capture[] = [];
    const taken = new Set<string>();
    const take = (binding: Binding): void => {
      if (taken.has(binding.name) || fn.body.lookup(binding.name) !== binding) return;
      taken.add(binding.name);
      const constant =
        binding.kind === 'const' ||
        binding.kind === 'class' ||
        binding.kind === 'own-name' ||
        binding.kind === 'import' ||
        binding.kind === 'arguments';
      found.push({ name: binding.name, binding, writable: !constant && (binding.reassigned || binding.scope.evalVisible) });
    };
    const scopes: Scope[] = [];
    for (let scope = fn.scope.parent; scope && !isHandleScope(scope, handle); scope = scope.parent) scopes.push(scope);
    if (scopes.length === 0) return found;
    const between = new Set(scopes);
    for (const binding of this.uses.get(fn) ?? []) if (between.has(binding.scope) && found.length < MAX_OWN_CAPTURES) take(binding);
    for (const scope of scopes) {
      for (const binding of scope.bindings.values()) {
        if (found.length >= MAX_CAPTURES) return found;
        if (binding.captured && binding.kind !== 'arguments') take(binding);
      }
    }
    return found;
  }

  private forwarding(fn: FunctionInfo, parameters: ParameterForm): Forwarding {
    if (fn.kind === 'getter' || fn.kind === 'setter' || fn.kind === 'field') return 'declared';
    const node = fn.node as FunctionNode;
    if (fn.kind !== 'arrow' && (fn.usesArguments || parameters === 'kept' || hasDuplicates(node))) return 'arguments';
    if (node.params.at(-1)?.type === 'RestElement') return 'rest';
    const binding = ownBinding(fn);
    if (binding !== null && isOnlyCalled(binding)) return 'known';
    // A generator is entered when it is first advanced, long after whoever called it has gone on.
    if (!fn.generator && !isGivenAway(fn) && binding?.references.some(givesAway) !== true) return 'declared';
    // A list with a rest parameter forbids the directive.
    if (hasOwnDirective(node)) return fn.kind === 'arrow' ? 'declared' : 'arguments';
    return fn.hasDirectEval || startsStatement(fn) ? 'declared' : 'rest';
  }
}

function isHandleScope(scope: Scope, handle: HandleScope): boolean {
  if (scope === handle.scope) return true;
  // A function whose parameters hold expressions has two scopes of its own: the handle stands in the inner one.
  return handle.owner instanceof FunctionInfo && scope === handle.owner.scope;
}

function insideWith(scope: Scope): boolean {
  for (let s: Scope | null = scope; s; s = s.parent) if (s.kind === 'with') return true;
  return false;
}

function isHeavy(fn: FunctionInfo): boolean {
  let declarations = 0;
  for (const child of fn.children) if (child.node.type === 'FunctionDeclaration') declarations++;
  return declarations >= HEAVY_DECLARATIONS && !fn.insideWith;
}

function insideLoop(fn: FunctionInfo): boolean {
  for (let i = fn.ancestors.length - 1; i >= 0; i--) {
    const type = fn.ancestors[i]!.type;
    if (
      type === 'ForStatement' ||
      type === 'ForInStatement' ||
      type === 'ForOfStatement' ||
      type === 'WhileStatement' ||
      type === 'DoWhileStatement'
    )
      return true;
    if (type === 'FunctionExpression' || type === 'ArrowFunctionExpression' || type === 'FunctionDeclaration') return false;
  }
  return false;
}

/** `(function () {…})()`, `(function () {…}).call(this)`, `new function () {…}`. */
function isCalledInPlace(fn: FunctionInfo): boolean {
  const parent = fn.ancestors.at(-1);
  if (!parent) return false;
  if ((parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee === fn.node) return true;
  if (parent.type !== 'MemberExpression' || parent.object !== fn.node || parent.computed || parent.property.type !== 'Identifier')
    return false;
  const call = fn.ancestors.at(-2);
  return (parent.property.name === 'call' || parent.property.name === 'apply') && call?.type === 'CallExpression' && call.callee === parent;
}

/** The factory of a UMD wrapper: an argument of a function that is called in place. */
function isGivenToCallInPlace(fn: FunctionInfo): boolean {
  const call = fn.ancestors.at(-1);
  if (call?.type !== 'CallExpression') return false;
  const callee: AnyNode = call.callee;
  if (callee === (fn.node as AnyNode)) return false;
  if (callee.type === 'FunctionExpression' || callee.type === 'ArrowFunctionExpression') return true;
  return (
    callee.type === 'MemberExpression' && (callee.object.type === 'FunctionExpression' || callee.object.type === 'ArrowFunctionExpression')
  );
}

/** Why a function gets no site; 'none' where it needs none; null where it gets one. */
function unpatchableReason(fn: FunctionInfo): string | 'none' | null {
  if (fn.insideWith) return 'it stands inside a `with` statement';
  if (fn.kind === 'field') {
    const value = (fn.node as { value?: AnyNode | null }).value;
    return !value || isFunctionOrClass(value) ? 'none' : null;
  }
  const node = fn.node as FunctionNode;
  if (isReexport(fn)) return 'its text is read by the loader to find the names a CommonJS module exports';
  if (usesAsm(fn)) return 'it is asm.js';
  if (node.body.type === 'BlockStatement') {
    const declared = new Set<string>();
    let twice = false;
    for (const statement of node.body.body) {
      if (statement.type !== 'FunctionDeclaration') continue;
      if (declared.has(statement.id.name)) twice = true;
      declared.add(statement.id.name);
    }
    if (declared.size > 0) {
      for (const [name, binding] of fn.scope.bindings)
        if (binding.kind === 'param' && declared.has(name)) return `its parameter ${name} is replaced by a function declared in it`;
      if (fn.tracked && twice) return 'it declares a function twice, so its body cannot be followed';
      if (fn.tracked)
        for (const name of declared)
          if (fn.body.bindings.get(name)?.reassigned && declaresVar(node.body, name))
            return `it declares ${name} as a variable and as a function, so its body cannot be followed`;
    }
  }
  if (fn.kind === 'arrow' && !node.params.every(isPlain) && parameterForm(fn) === 'kept')
    return 'its parameters cannot be evaluated after its entry';
  if (fn.kind === 'setter' && parameterForm(fn) === 'kept') return 'its parameter cannot be evaluated after its entry';
  return null;
}

/** Whether a `var name` stands anywhere in a function body, nested functions apart. */
function declaresVar(node: AnyNode, name: string): boolean {
  if (node.type === 'VariableDeclaration' && node.kind === 'var')
    return node.declarations.some((d) => d.id.type !== 'Identifier' || d.id.name === name);
  if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression') return false;
  for (const key in node) {
    const value = (node as unknown as Record<string, unknown>)[key];
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && typeof item === 'object' && typeof (item as AnyNode).type === 'string' && declaresVar(item as AnyNode, name))
        return true;
    }
  }
  return false;
}

/**
 * Getters and callbacks that cjs-module-lexer matches token by token to learn a CommonJS module's exports
 * (https://github.com/nodejs/cjs-module-lexer#grammar).
 */
function isReexport(fn: FunctionInfo): boolean {
  const node = fn.node as FunctionNode;
  if (node.body.type !== 'BlockStatement') return false;
  const ancestors = fn.ancestors;
  const parent = ancestors.at(-1);
  const only = node.body.body[0];
  if (parent?.type === 'Property' && parent.key.type === 'Identifier' && parent.key.name === 'get' && node.body.body.length === 1) {
    const call = ancestors.at(-3);
    return (
      only?.type === 'ReturnStatement' &&
      only.argument?.type === 'MemberExpression' &&
      call?.type === 'CallExpression' &&
      call.arguments.length === 3 &&
      isExports(call.arguments[0]!)
    );
  }
  if (
    parent?.type === 'CallExpression' &&
    parent.callee.type === 'MemberExpression' &&
    parent.callee.property.type === 'Identifier' &&
    parent.callee.property.name === 'forEach'
  ) {
    const object = parent.callee.object;
    return (
      fn.parent?.kind === 'module' &&
      object.type === 'CallExpression' &&
      object.callee.type === 'MemberExpression' &&
      object.callee.object.type === 'Identifier' &&
      object.callee.object.name === 'Object'
    );
  }
  return false;
}

function isExports(node: AnyNode): boolean {
  if (node.type === 'Identifier') return node.name === 'exports';
  return node.type === 'MemberExpression' && node.object.type === 'Identifier' && node.object.name === 'module';
}

function usesAsm(fn: FunctionInfo): boolean {
  for (let f: FunctionInfo | null = fn; f; f = f.parent) {
    const body = (f.node as Partial<FunctionNode>).body;
    if (!body || Array.isArray(body) || body.type !== 'BlockStatement') continue;
    for (const statement of body.body) {
      if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) break;
      if (statement.directive === 'use asm') return true;
    }
  }
  return false;
}

function hasOwnDirective(node: FunctionNode): boolean {
  return (
    node.body.type === 'BlockStatement' && node.body.body.some((s) => s.type === 'ExpressionStatement' && s.directive === 'use strict')
  );
}

function hasDuplicates(node: FunctionNode): boolean {
  const names = node.params.filter((p): p is Identifier => p.type === 'Identifier').map((p) => p.name);
  return new Set(names).size !== names.length;
}

function isPlain(parameter: AnyNode): boolean {
  return parameter.type === 'Identifier' || (parameter.type === 'RestElement' && parameter.argument.type === 'Identifier');
}

/** Only ever called by name in its own module: no caller can pass more than the module's text shows. */
function isOnlyCalled(binding: Binding): boolean {
  if (binding.scope.evalVisible || binding.declarations.length !== 1 || binding.reassigned) return false;
  return binding.references.every((r) => r.parent.type === 'CallExpression' && r.parent.callee === r.node);
}

/** A name that is given to a call, or out of the module. */
function givesAway({ parent, node }: Reference): boolean {
  switch (parent.type) {
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee !== node;
    case 'AssignmentExpression':
      return parent.right === node && isExport(parent.left);
    case 'ExportSpecifier':
    case 'ExportDefaultDeclaration':
    case 'Property':
      return true;
    default:
      return false;
  }
}

/**
 * Given to a call or exported, as it is or in an object. What calls a function back passes what it always passes, and who
 * uses the module may pass what a later version takes. Methods are called as the module's own code knows them.
 */
function isGivenAway(fn: FunctionInfo): boolean {
  let node: AnyNode = fn.node as AnyNode;
  for (let i = fn.ancestors.length - 1; i >= 0; i--) {
    const parent = fn.ancestors[i]!;
    switch (parent.type) {
      case 'CallExpression':
      case 'NewExpression':
        return parent.callee !== node;
      case 'AssignmentExpression':
        if (isExport(parent.left)) return true;
        break;
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        return true;
      case 'Property':
      case 'ObjectExpression':
      case 'ArrayExpression':
      case 'ConditionalExpression':
      case 'VariableDeclarator':
      case 'VariableDeclaration':
        break;
      default:
        return false;
    }
    node = parent;
  }
  return false;
}

/** `exports`, `module.exports`, or a property of them. */
function isExport(target: AnyNode): boolean {
  let node = target;
  while (node.type === 'MemberExpression' && node.object.type === 'MemberExpression') node = node.object;
  if (node.type === 'MemberExpression') return isExports(node.object as AnyNode) || isExports(node);
  return isExports(node);
}

/** An arrow function that begins a statement: a parenthesis there could turn the line before into a call. */
function startsStatement(fn: FunctionInfo): boolean {
  const parent = fn.ancestors.at(-1);
  return fn.kind === 'arrow' && parent?.type === 'ExpressionStatement' && parent.start === fn.node.start;
}

/** The binding that names a declared function, or an arrow or function expression bound to a const. */
export function ownBinding(fn: FunctionInfo): Binding | null {
  const node = fn.node;
  const parent = fn.ancestors.at(-1);
  if (node.type === 'FunctionDeclaration') {
    if (!node.id || parent?.type === 'ExportNamedDeclaration' || parent?.type === 'ExportDefaultDeclaration') return null;
    return (fn.scope.parent as Scope).lookup(node.id.name);
  }
  if (parent?.type === 'VariableDeclarator' && parent.init === (node as AnyNode) && parent.id.type === 'Identifier') {
    if (fn.ancestors.at(-3)?.type === 'ExportNamedDeclaration') return null;
    const scope = node.type === 'FunctionExpression' && node.id ? fn.scope.parent!.parent! : fn.scope.parent!;
    const binding = scope.lookup(parent.id.name);
    return binding?.kind === 'const' ? binding : null;
  }
  return null;
}

/** Whether parameters with patterns or defaults can be evaluated by the body instead, with nothing to tell the difference. */
export function parameterForm(fn: FunctionInfo): ParameterForm {
  if (fn.kind === 'field') return 'simple';
  const node = fn.node as FunctionNode;
  if (node.params.every(isPlain)) return 'simple';
  // A generator evaluates its parameters when it is called and its body when it is first advanced.
  if (fn.generator || fn.hasDirectEval) return 'kept';
  // The default of a pattern is nobody's name; moved, it would be assigned to a variable that names it.
  if (node.params.some((p) => p.type === 'AssignmentPattern' && p.left.type !== 'Identifier' && isFunctionOrClass(p.right))) return 'kept';
  const names = new Map<string, number>();
  node.params.forEach((parameter, index) => {
    for (const [name, binding] of fn.scope.bindings) {
      if (binding.kind === 'param' && binding.declarations.some((d) => d.start >= parameter.start && d.end <= parameter.end))
        names.set(name, index);
    }
  });
  const first = node.params[0]!.start;
  const last = node.params.at(-1)!.end;
  const separate = fn.body !== fn.scope;
  const nestedFunctions = fn.children.some((c) => c.node.start >= first && c.node.end <= last);
  for (const name of fn.body.bindings.keys()) {
    if (!separate) break;
    if (names.has(name) && nestedFunctions) return 'kept';
    if (names.has(name) && fn.body.bindings.get(name)!.kind !== 'var') return 'kept';
  }
  const stack: FunctionInfo[] = [fn, ...fn.children.filter((c) => c.node.start >= first && c.node.end <= last)];
  for (let i = 1; i < stack.length; i++) stack.push(...stack[i]!.children);
  for (const reference of referencesIn(fn, first, last)) {
    const at = node.params.findIndex((p) => reference.start >= p.start && reference.end <= p.end);
    const declaredAt = names.get(reference.name);
    if (declaredAt !== undefined && declaredAt > at) return 'kept';
    if (
      declaredAt === at &&
      node.params[at]!.type === 'AssignmentPattern' &&
      (node.params[at] as { left: AnyNode }).left.type === 'Identifier'
    )
      return 'kept';
    if (separate && declaredAt === undefined && fn.body.bindings.has(reference.name)) return 'kept';
  }
  return 'moved';
}

function isFunctionOrClass(node: AnyNode): boolean {
  return node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression' || node.type === 'ClassExpression';
}

function referencesIn(fn: FunctionInfo, start: number, end: number): Identifier[] {
  const found: Identifier[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) visit(item);
      return;
    }
    if (node === null || typeof node !== 'object' || typeof (node as AnyNode).type !== 'string') return;
    const n = node as AnyNode;
    if (n.type === 'Identifier' && n.start >= start && n.end <= end) found.push(n);
    for (const key in n) {
      if (key === 'type' || (key === 'key' && n.type === 'Property' && !n.computed)) continue;
      visit((n as unknown as Record<string, unknown>)[key]);
    }
  };
  const declared = new Set<AnyNode>();
  for (const binding of fn.scope.bindings.values()) for (const d of binding.declarations) declared.add(d);
  for (const parameter of (fn.node as FunctionNode).params) visit(parameter);
  return found.filter((node) => !declared.has(node));
}

/** Numbers its ids from `base`. */
export function planModule(model: ModuleModel, base = 0): ModulePlan {
  return new Planner(model, base).run();
}
