/**
 * Functions that run as the module loads: what code at the top level calls by a name or through a member, and what those
 * call in turn. Where a function comes from elsewhere, or is only given away, it is not followed.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression, NewExpression } from 'acorn';
import { runsOnce } from '../../instrument/plan.ts';
import { keyName } from '../../source/paths.ts';
import { ClassInfo, FunctionInfo } from '../../source/model.ts';
import type { Binding } from '../../source/model.ts';
import { BUILT_IN } from '../version/program/built-in.ts';
import { readsChanged } from '../code/context.ts';
import type { ModuleContext } from '../code/context.ts';
import { isCompilersHelper } from '../version/forms/interop.ts';
import { callsAtOnce } from '../version/program/escape.ts';
import { escapes } from '../version/program/escape.ts';
import { importsOf } from '../version/modules/imports.ts';
import type { Import } from '../version/modules/imports.ts';
import { requireOf } from '../version/forms/items.ts';
import type { Items } from '../version/forms/items.ts';
import type { Owner, Side } from '../version/side.ts';
import type { StandingFor } from '../version/values/standing-for.ts';
import { memberName } from '../version/program/member-name.ts';
import { memberNameOf, standingFor } from '../version/values/standing-for.ts';
import { isFunctionNode, rootOf, walk } from '../version/program/walk.ts';

/** The functions of a module that have changed, and which of them its top level leads to. */
export class AtLoad {
  readonly changed: readonly FunctionInfo[];
  private readonly side: Side;
  /** Those that are members, by their names. */
  private readonly members = new Map<string, FunctionInfo[]>();

  /** Only once it is settled what is new. */
  constructor(ctx: ModuleContext) {
    const { base, next, match, resolver } = ctx;
    this.side = next;
    this.changed = next.model.functions.filter((fn) => {
      const old = match.baseOf.get(fn);
      if (!old || !base.plan.siteOf.has(old) || endsInThrow(fn)) return false;
      // What a module in a bundle did is looked at by itself.
      if (base.plan.bundled.has(old)) return false;
      if (match.differs(fn) || next.ownRefs(fn).some((r) => r.binding && resolver.fresh.has(r.binding))) return true;
      return readsChanged(ctx, fn.node as AnyNode, fn) || next.ownRefs(fn).some((ref) => next.inBundle.readsValue(ref));
    });
    for (const fn of this.changed) {
      const name = memberNameOf(fn);
      if (name !== null && !BUILT_IN.has(name)) this.members.set(name, [...(this.members.get(name) ?? []), fn]);
    }
  }

  /**
   * The names by which the module gives away functions that have changed, '' for all that it exports, `name.key` for a
   * function in an object that it exports.
   */
  changedGiven(items: Items): string[] {
    const changed = new Set(this.changed.flatMap((fn) => [fn, ...computingWith(fn)]));
    const leads = (fn: FunctionInfo): boolean =>
      changed.has(fn) || [...this.from([(fn.node as FunctionNode).body as AnyNode]).keys()].some((one) => changed.has(one));
    const isChanged = (owner: Owner): boolean =>
      owner instanceof FunctionInfo ? leads(owner) : owner.members.some((fn) => fn.kind.endsWith('constructor') && leads(fn));
    const names = [...this.given(items, isChanged).keys()];
    // A method of the class itself, which is called by the name of that.
    const isOwn = (owner: Owner): boolean => owner instanceof ClassInfo && owner.members.some((fn) => isStatic(fn) && leads(fn));
    for (const [name, owners] of this.given(items, isOwn))
      for (const owner of owners)
        for (const fn of owner instanceof ClassInfo ? owner.members : [])
          if (isStatic(fn) && leads(fn)) names.push(`${name}${name && '.'}${memberNameOf(fn) ?? ''}`);
    return names;
  }

  /** As `givenAway`. */
  given(items: Items, isWanted: (owner: Owner) => boolean): Map<string, Owner[]> {
    return givenAway(this.side, items, isWanted);
  }

  /** The functions and classes that an expression may be. */
  definitions(node: AnyNode): Owner[] {
    return standingFor(this.side).definitions(node);
  }

  /** All that `roots` may lead to, each function with the first that does. */
  from(roots: Iterable<AnyNode>): ReadonlyMap<FunctionInfo, AnyNode> {
    return this.changed.length === 0 ? new Map() : new Run(this.side, this.members).of(roots);
  }
}

/**
 * The functions around `fn` which compute what they give with its help: it is called before they return, or given to what they
 * call, as it is or in an object that is written out there.
 */
function computingWith(fn: FunctionInfo): FunctionInfo[] {
  const found: FunctionInfo[] = [];
  for (let inner = fn; inner.parent && inner.parent.kind !== 'module'; inner = inner.parent) {
    const holder = inner.ancestors.findLast(({ type }) => type !== 'Property' && type !== 'ObjectExpression');
    if (holder?.type !== 'CallExpression' && escapes(inner)) break;
    found.push(inner.parent);
  }
  return found;
}

function isStatic({ ancestors, kind }: FunctionInfo): boolean {
  const member = ancestors.at(-1);
  return kind === 'method' && member?.type === 'MethodDefinition' && member.static;
}

/** The names by which a module gives away functions and classes that `isWanted` holds of, each with what it may stand for. */
export function givenAway(side: Side, items: Items, isWanted: (owner: Owner) => boolean): Map<string, Owner[]> {
  const found = new Map<string, Owner[]>();
  const look = (name: string, value: AnyNode): void => {
    const owners = standingFor(side).definitions(value);
    if (owners.some(isWanted)) found.set(name, owners);
  };
  for (const [name, value] of eachGiven(side, items)) {
    look(name, value);
    if (value.type !== 'ObjectExpression') continue;
    for (const property of value.properties)
      if (property.type === 'Property') look(`${name}${name && '.'}${keyName(property.key, property.computed)}`, property.value);
  }
  return found;
}

/** What a module gives away, by name. */
export function* eachGiven(side: Side, { assigned, named, exported }: Items): Iterable<readonly [name: string, value: AnyNode]> {
  const nameOf = (target: string): string | null => {
    const [, , name] = /^(module\.)?exports(?:\.([^.]+))?$/.exec(target) ?? ['', '', null];
    return name === null ? null : (name ?? '');
  };
  for (const { key, value } of assigned) {
    const name = nameOf(key);
    if (name !== null && value) yield [name, value];
  }
  for (const { targets, value } of named.values())
    for (const target of targets) {
      const name = nameOf(side.model.text.slice(target.start, target.end));
      if (name !== null && value) yield [name, value];
    }
  for (const [name, { local, source, value }] of exported) {
    const id = local === '' ? undefined : side.model.root.body.bindings.get(local)?.declarations[0];
    const own = id && (side.functionDeclaredBy(id)?.node ?? named.get(local)?.value);
    const given = value ?? (own as AnyNode | undefined);
    if (source === null && given) yield [name, given];
  }
}

/** A call of what a module imports; of several names any may be the one under which that is given away. */
export interface ImportCall {
  readonly source: string;
  readonly names: readonly string[];
  /** As in `from`. */
  readonly root: AnyNode;
}

/** A call of what is none of the module, or not known to be, which gives something to that. */
export interface GivingCall {
  readonly call: (CallExpression | NewExpression) & AnyNode;
  /** As in `from`. */
  readonly root: AnyNode;
}

/** What `roots` may call by the names of imports, in functions of the module too, and what they may give to others. */
export function callsOfImports(
  side: Side,
  roots: readonly AnyNode[],
): { readonly calls: readonly ImportCall[]; readonly giving: readonly GivingCall[] } {
  const run = new Run(side, new Map(), importsOf(side));
  run.of(roots);
  return { calls: run.outside, giving: run.giving };
}

/** What of another module a call calls. */
export function importCalled(
  side: Side,
  imports: ReadonlyMap<Binding, Import>,
  callee: AnyNode,
): Pick<ImportCall, 'source' | 'names'> | null {
  if (callee.type === 'SequenceExpression') return importCalled(side, imports, callee.expressions.at(-1)!);
  const base = rootOf(callee);
  const binding = base.type === 'Identifier' ? side.refAt(base)?.binding : undefined;
  const known = binding ? imports.get(binding) : requireOf(base);
  if (!known) return null;
  const { source, imported } = known;
  const keys = keysFrom(base, callee);
  if (keys === null || keys.length > 2) return null;
  const key = keys.length > 0 ? keys.join('.') : null;
  const whole = imported === '*' || imported === 'default';
  // A module that is passed through a compiler's helper is its own `default`.
  if (key !== null) return { source, names: whole ? [key, `default.${key}`, ...(key === 'default' ? [''] : [])] : [`${imported}.${key}`] };
  return { source, names: whole ? ['', 'default'] : [imported] };
}

/** The names of members by which `node` is taken of `base`; null where one of them is not told. */
function keysFrom(base: AnyNode, node: AnyNode): string[] | null {
  const keys: string[] = [];
  for (let at = node; at !== base;) {
    const key = at.type === 'MemberExpression' ? memberName(at) : null;
    if (at.type !== 'MemberExpression' || key === null) return null;
    keys.unshift(key);
    at = at.object as AnyNode;
  }
  return keys;
}

/** The functions that code leads to. */
export const functionsReached = (side: Side, code: AnyNode): Iterable<FunctionInfo> => new Run(side, new Map()).of([code]).keys();

class Run {
  readonly outside: ImportCall[] = [];
  readonly giving: GivingCall[] = [];
  private readonly side: Side;
  private readonly standing: StandingFor;
  private readonly members: ReadonlyMap<string, readonly FunctionInfo[]>;
  private readonly imports: ReadonlyMap<Binding, Import>;
  private readonly found = new Map<FunctionInfo, AnyNode>();
  /** What the parameters of functions that ran were given, and those that were called. */
  private readonly given = new Map<Binding, AnyNode[]>();
  private readonly called = new Set<Binding>();
  private readonly left: FunctionInfo[] = [];
  private root: AnyNode | null = null;

  constructor(side: Side, members: ReadonlyMap<string, readonly FunctionInfo[]>, imports: ReadonlyMap<Binding, Import> = new Map()) {
    this.side = side;
    this.standing = standingFor(side);
    this.members = members;
    this.imports = imports;
  }

  of(roots: Iterable<AnyNode>): ReadonlyMap<FunctionInfo, AnyNode> {
    for (const root of roots) {
      this.root = root;
      if (!isFunctionNode(root)) this.scan(root);
      for (let fn = this.left.pop(); fn; fn = this.left.pop()) this.scan(fn.node as AnyNode);
    }
    return this.found;
  }

  private scan(own: AnyNode): void {
    walk(own, (node) => {
      if (node !== own && isFunctionNode(node)) return false;
      // Fields of instances are part of what `new` runs.
      if (node.type === 'PropertyDefinition' && !node.static && node !== own) return false;
      if (node.type === 'CallExpression' || node.type === 'NewExpression') this.call(node);
      else if (node.type === 'TaggedTemplateExpression') this.runAll(node.tag);
      return true;
    });
  }

  private call(node: CallExpression | NewExpression): void {
    const { callee } = node;
    if (isCompilersHelper(this.side.model.text.slice(callee.start, callee.end))) return;
    const binding = callee.type === 'Identifier' ? this.side.refAt(callee)?.binding : null;
    if (binding?.kind === 'param') {
      if (!this.called.has(binding)) for (const value of this.given.get(binding) ?? []) this.runAll(value);
      this.called.add(binding);
      return;
    }
    this.leave(callee);
    const owners = this.standing.definitions(callee);
    for (const owner of owners) {
      if (node.type === 'NewExpression') this.make(owner);
      else if (owner instanceof FunctionInfo) this.run(owner);
      if (owner instanceof FunctionInfo) this.give(owner, node.arguments);
    }
    if (owners.length === 0 && node.arguments.length > 0 && this.imports.size > 0) this.giving.push({ call: node, root: this.root! });
    if (callee.type !== 'MemberExpression') return;
    const name = memberName(callee);
    if (name === 'call' || name === 'apply') this.runAll(callee.object);
    else if (name !== null && callsAtOnce(name)) for (const argument of node.arguments) this.runAll(argument);
    else if (owners.length === 0 && name !== null) this.guess(name, callee);
  }

  /** Notes what of another module is called. */
  private leave(callee: AnyNode): void {
    const found = importCalled(this.side, this.imports, callee);
    if (found) this.outside.push({ ...found, root: this.root! });
  }

  /** By its name alone, unless what it is called on is from elsewhere. */
  private guess(name: string, callee: MemberExpression): void {
    const candidates = this.members.get(name);
    if (!candidates || this.standing.isKnown(callee.object)) return;
    const base = rootOf(callee);
    const binding = base.type === 'Identifier' ? this.side.refAt(base)?.binding : undefined;
    if (base.type === 'Identifier' && (!binding || binding.kind === 'import' || binding.kind === 'implicit')) return;
    for (const fn of candidates) this.run(fn);
  }

  private runAll(value: AnyNode): void {
    this.leave(value);
    for (const owner of this.standing.definitions(value)) if (owner instanceof FunctionInfo) this.run(owner);
  }

  private make(owner: Owner): void {
    if (owner instanceof FunctionInfo) this.run(owner);
    else {
      for (const member of owner.members) if (/constructor$|^field$/.test(member.kind)) this.run(member);
      if (owner.node.superClass) for (const above of this.standing.definitions(owner.node.superClass)) this.make(above);
    }
  }

  private run(fn: FunctionInfo): void {
    // What a wrapper does is looked at by itself.
    if (runsOnce(this.side.plan.handleOf.get(fn)?.kind) && !this.side.isComputation(fn)) return;
    if (this.found.has(fn)) return;
    this.found.set(fn, this.root!);
    this.left.push(fn);
  }

  private give(fn: FunctionInfo, values: readonly AnyNode[]): void {
    const { params } = fn.node as Partial<FunctionNode>;
    params?.forEach((parameter, i) => {
      const binding = parameter.type === 'Identifier' ? fn.scope.bindings.get(parameter.name) : undefined;
      const value = values[i];
      if (!binding || !value) return;
      const known = this.given.get(binding);
      if (known) known.push(value);
      else this.given.set(binding, [value]);
      if (this.called.has(binding)) this.runAll(value);
    });
  }
}

/** What only throws has computed nothing. */
function endsInThrow({ node }: FunctionInfo): boolean {
  let last = isFunctionNode(node as AnyNode) ? ((node as FunctionNode).body as AnyNode | undefined) : undefined;
  while (last?.type === 'BlockStatement') last = last.body.at(-1);
  return last?.type === 'ThrowStatement';
}
