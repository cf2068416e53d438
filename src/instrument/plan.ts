/**
 * What the instrumented form of a module will hold: which functions get an entry site, what each site passes, which
 * scopes leave an eval handle. A pure function of the source text, so that the builder, which has only the published
 * source, and the running process agree on it by the hash of that text alone.
 */
import type { AnyNode, Expression, Function as FunctionNode } from 'acorn';
import { insideLoop } from '../source/enclosing.ts';
import { ClassInfo, FunctionInfo } from '../source/model.ts';
import type { Binding, ModuleModel, Reference, Scope } from '../source/model.ts';
import { memberText } from '../source/paths.ts';
import { bundledModules } from './bundled-modules.ts';
import type { BundledModule } from './bundled-modules.ts';
import { forwardingOf, forwardingOfModule } from './forwarding.ts';
import type { Forwarding } from './forwarding.ts';
import { parameterForm } from './parameter-form.ts';
import type { ParameterForm } from './parameter-form.ts';
import { unpatchableReason, usesAsm } from './unpatchable.ts';

/** Raised whenever the plan of the same text changes: a patch built for another number is refused. */
export const INSTRUMENTATION = 18;

/** A function each call of which makes this many closures pays for one more, an eval handle. */
const HEAVY = 16;
const MAX_OWN_CAPTURES = 64;
const MAX_CAPTURES = 16;
const NO_CAPTURES: readonly Capture[] = [];

export type HandleKind = 'module' | 'wrapper' | 'bundled' | 'heavy' | 'class';

/** Whether what is declared there is declared once. */
export const runsOnce = (kind: HandleKind | undefined): boolean => kind === 'module' || kind === 'wrapper' || kind === 'bundled';

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
  /** Those with a handle of that kind. */
  readonly bundled: ReadonlyMap<FunctionInfo, BundledModule>;
  readonly unpatchable: readonly Unpatchable[];
  /** How many ids the module takes, handles and sites together. */
  readonly ids: number;
}

/** Whoever builds a patch plans all functions of a module, and asks this of a few. */
class PlannedSite implements SitePlan {
  readonly id: number;
  readonly fn: FunctionInfo;
  readonly handle: HandleScope;
  readonly parameters: ParameterForm;
  readonly passesThis: boolean;
  private readonly planner: Planner;
  private foundCaptures: readonly Capture[] | null = null;
  private foundForwarding: Forwarding | null = null;

  constructor(planner: Planner, id: number, fn: FunctionInfo, handle: HandleScope) {
    this.planner = planner;
    this.id = id;
    this.fn = fn;
    this.handle = handle;
    this.parameters = parameterForm(fn);
    const passesThis = fn.kind !== 'arrow' || fn.usesThis || (fn.thisOwner.kind !== 'module' && fn.thisOwner.thisCaptured);
    this.passesThis = passesThis && !(fn.kind === 'arrow' && fn.thisOwner.kind === 'derived-constructor');
  }

  get tracked(): boolean {
    return this.fn.tracked;
  }

  get captures(): readonly Capture[] {
    return (this.foundCaptures ??= this.planner.captures(this.fn, this.handle));
  }

  get forwarding(): Forwarding {
    return (this.foundForwarding ??= this.planner.forwarding(this.fn, this.parameters));
  }
}

class Planner {
  private readonly handles: HandleScope[] = [];
  private readonly sites: SitePlan[] = [];
  private readonly siteOf = new Map<FunctionInfo, SitePlan>();
  private readonly handleOf = new Map<FunctionInfo | ClassInfo, HandleScope>();
  private readonly unpatchable: Unpatchable[] = [];
  private usesFound: ReadonlyMap<FunctionInfo, ReadonlySet<Binding>> | null = null;
  private readonly model: ModuleModel;
  private readonly bundled: Map<FunctionInfo, BundledModule>;
  private readonly hasAsm: boolean;
  private readonly base: number;
  private nextId: number;

  constructor(model: ModuleModel, base: number) {
    this.model = model;
    this.bundled = bundledModules(model);
    this.hasAsm = model.text.includes('use asm');
    this.base = this.nextId = base;
  }

  run(): ModulePlan {
    const { model } = this;
    this.addHandle('module', model.root, null, model.scope);
    for (const item of model.items) {
      if (item instanceof ClassInfo) this.planClass(item);
      else if (item.kind !== 'module') this.planFunction(item);
    }
    return {
      model,
      handles: this.handles,
      sites: this.sites,
      siteOf: this.siteOf,
      handleOf: this.handleOf,
      bundled: this.bundled,
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
    if (!around || !runsOnce(around.kind) || cls.scope.insideWith) return;
    this.addHandle('class', cls, around, cls.scope);
  }

  private planFunction(fn: FunctionInfo): void {
    if (fn.kind === 'static') return;
    if (this.hasAsm && usesAsm(fn)) {
      this.unpatchable.push({ fn, reason: 'it is asm.js' });
      return;
    }
    const around = this.handleAround(fn);
    if (this.isWrapper(fn)) {
      this.addHandle('wrapper', fn, around, fn.body);
      return;
    }
    const reason = unpatchableReason(fn);
    if (reason === 'none') return;
    if (reason) this.unpatchable.push({ fn, reason });
    else this.addSite(fn, around);
    if (this.bundled.get(fn)?.atOnce && !this.standsOnce(fn)) this.bundled.delete(fn);
    if (this.bundled.has(fn)) this.addHandle('bundled', fn, around, fn.body);
    else if (fn.kind !== 'field' && isHeavy(fn) && !this.hasCodeInParameters(fn)) this.addHandle('heavy', fn, around, fn.body);
  }

  /** A function that runs once as the module loads: its names are as good as the module's own. */
  private isWrapper(fn: FunctionInfo): boolean {
    if (fn.async || fn.generator || fn.insideWith || (fn.kind !== 'function' && fn.kind !== 'arrow')) return false;
    if ((fn.node as FunctionNode).body.type !== 'BlockStatement' || fn.node.type === 'FunctionDeclaration') return false;
    return (isCalledInPlace(fn) || isGivenToCallInPlace(fn)) && this.standsOnce(fn) && !this.hasCodeInParameters(fn);
  }

  /** In code that runs once, and there no more than once. */
  private standsOnce(fn: FunctionInfo): boolean {
    const outer = fn.parent ? this.handleOf.get(fn.parent) : undefined;
    return outer !== undefined && runsOnce(outer.kind) && !insideLoop(fn.ancestors);
  }

  /** Functions and classes that stand there do not see the names of the body, where a handle would be. */
  private hasCodeInParameters(fn: FunctionInfo): boolean {
    const { body } = fn.node as FunctionNode;
    const before = ({ node }: FunctionInfo | ClassInfo): boolean => node.start < body.start;
    return fn.children.some(before) || this.model.classes.some((cls) => cls.parent === fn && before(cls));
  }

  private addSite(fn: FunctionInfo, handle: HandleScope): void {
    const site = new PlannedSite(this, this.nextId++, fn, handle);
    this.sites.push(site);
    this.siteOf.set(fn, site);
  }

  forwarding(fn: FunctionInfo, parameters: ParameterForm): Forwarding {
    return this.bundled.has(fn) ? forwardingOfModule(fn) : forwardingOf(fn, parameters);
  }

  /** What of enclosing functions each function uses, itself or in functions within it. */
  private get uses(): ReadonlyMap<FunctionInfo, ReadonlySet<Binding>> {
    return (this.usesFound ??= this.findUses());
  }

  private findUses(): Map<FunctionInfo, Set<Binding>> {
    const { model } = this;
    const uses = new Map<FunctionInfo, Set<Binding>>();
    for (const reference of model.references) {
      const binding = reference.binding;
      // The module's own names are within reach of every handle.
      if (!binding?.captured || binding.scope === model.scope) continue;
      for (let fn: FunctionInfo | null = reference.fn; fn && fn !== binding.scope.fn; fn = fn.parent) {
        let set = uses.get(fn);
        if (!set) uses.set(fn, (set = new Set()));
        if (set.has(binding)) break;
        set.add(binding);
      }
    }
    return uses;
  }

  captures(fn: FunctionInfo, handle: HandleScope): readonly Capture[] {
    const scopes: Scope[] = [];
    for (let scope = fn.scope.parent; scope && !isHandleScope(scope, handle); scope = scope.parent) scopes.push(scope);
    if (scopes.length === 0) return NO_CAPTURES;
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
    for (const binding of this.uses.get(fn) ?? []) if (found.length < MAX_OWN_CAPTURES && scopes.includes(binding.scope)) take(binding);
    for (const scope of scopes) {
      for (const binding of scope.bindings.values()) {
        if (found.length >= MAX_CAPTURES) return found;
        if (binding.captured && binding.kind !== 'arguments') take(binding);
      }
    }
    return found;
  }
}

function isHandleScope(scope: Scope, handle: HandleScope): boolean {
  if (scope === handle.scope) return true;
  // A function whose parameters hold expressions has two scopes of its own: the handle stands in the inner one.
  return handle.owner instanceof FunctionInfo && scope === handle.owner.scope;
}

function isHeavy(fn: FunctionInfo): boolean {
  if (fn.children.length < HEAVY || fn.insideWith) return false;
  const { body } = fn.node as FunctionNode;
  let made = 0;
  for (const child of fn.children) if (isMadeByEach(child, body)) made++;
  return made >= HEAVY;
}

/** Whether each call makes it: it is declared in the body, is what a variable there begins with, or is put somewhere by a statement of it. */
function isMadeByEach({ node, ancestors }: FunctionInfo, body: AnyNode): boolean {
  if (node.type === 'FunctionDeclaration') return true;
  const [around, statement, holder] = [ancestors.at(-3), ancestors.at(-2), ancestors.at(-1)!];
  if (holder.type === 'VariableDeclarator') return around === body;
  return holder.type === 'AssignmentExpression' && statement?.type === 'ExpressionStatement' && around === body;
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

/** The factory of a UMD wrapper: an argument of a function that is called in place, and that does no more than to call it. */
function isGivenToCallInPlace(fn: FunctionInfo): boolean {
  const call = fn.ancestors.at(-1);
  if (call?.type !== 'CallExpression') return false;
  const callee: AnyNode = call.callee;
  if (callee === (fn.node as AnyNode)) return false;
  const header = callee.type === 'MemberExpression' ? callee.object : callee;
  const caller = fn.parent?.children.find(({ node }) => (node as AnyNode) === header);
  if (!caller) return false;
  const isShifted = callee !== header && callee.type === 'MemberExpression' && memberText(callee.property) === 'call';
  const at = call.arguments.indexOf(fn.node as AnyNode & Expression) - (isShifted ? 1 : 0);
  const parameter = (caller.node as FunctionNode).params[at];
  const given = parameter?.type === 'Identifier' ? caller.scope.bindings.get(parameter.name) : undefined;
  return (
    !caller.usesArguments &&
    given !== undefined &&
    given.references.every((ref) => (ref.fn === caller || isCalledInPlace(ref.fn) || isDefined(ref.fn.ancestors.at(-1))) && onlyRuns(ref))
  );
}

/** Whether code that is given a factory has it run where it stands, or gives it to a loader that Node does not have. */
function onlyRuns({ node, parent }: Reference): boolean {
  if (parent.type === 'UnaryExpression') return true;
  if (parent.type === 'MemberExpression') return /\.(?:call|apply)$/.test(memberText(parent) ?? '');
  return ((parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent.callee === node) || isDefined(parent);
}

/** `define(…)`, of a loader. */
function isDefined(call: AnyNode | undefined): boolean {
  return call?.type === 'CallExpression' && /(?:^|\.)define$/.test(memberText(call.callee as AnyNode) ?? '');
}

/** Numbers its ids from `base`. */
export function planModule(model: ModuleModel, base = 0): ModulePlan {
  return new Planner(model, base).run();
}
