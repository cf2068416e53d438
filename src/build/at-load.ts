/**
 * Functions that run as the module loads: what code at the top level calls by a name or through a member, and what those
 * call in turn. Where a function comes from elsewhere, or is only given away, it is not followed.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression, NewExpression } from 'acorn';
import { FunctionInfo } from '../source/model.ts';
import type { Binding } from '../source/model.ts';
import type { ModuleContext } from './context.ts';
import { isCompilersHelper } from './effects.ts';
import { callsAtOnce } from './escape.ts';
import type { Owner, Side } from './side.ts';
import { StandingFor, memberName } from './standing-for.ts';
import { isFunctionNode, rootOf, walk } from './walk.ts';

/** Methods of the language: one of these names says nothing of what is called. */
const BUILT_IN = new Set(
  [Object, Function, Array, String, Number, RegExp, Promise, Map, Set, WeakMap, WeakSet, Date, Error, Symbol, Buffer]
    .flatMap((type: { readonly prototype: object }) => [type, type.prototype])
    .concat([JSON, Math, Reflect, console, process])
    .flatMap((object) => Object.getOwnPropertyNames(object)),
);

/** The functions of a module that have changed, and which of them its top level leads to. */
export class AtLoad {
  readonly changed: readonly FunctionInfo[];
  private readonly side: Side;
  private readonly standing: StandingFor;
  /** Those that are members, by their names. */
  private readonly members = new Map<string, FunctionInfo[]>();

  /** Only once it is settled what is new. */
  constructor({ base, next, match, resolver }: ModuleContext) {
    this.side = next;
    this.standing = new StandingFor(next);
    this.changed = next.model.functions.filter((fn) => {
      const old = match.baseOf.get(fn);
      if (!old || !base.plan.siteOf.has(old) || endsInThrow(fn)) return false;
      return match.differs(fn) || next.ownRefs(fn).some((r) => r.binding && resolver.fresh.has(r.binding));
    });
    for (const fn of this.changed) {
      const name = memberNameOf(fn);
      if (name !== null && !BUILT_IN.has(name)) this.members.set(name, [...(this.members.get(name) ?? []), fn]);
    }
  }

  /** All that `roots` may lead to, each function with the first that does. */
  from(roots: Iterable<AnyNode>): ReadonlyMap<FunctionInfo, AnyNode> {
    return this.changed.length === 0 ? new Map() : new Run(this.side, this.standing, this.members).of(roots);
  }
}

class Run {
  private readonly side: Side;
  private readonly standing: StandingFor;
  private readonly members: ReadonlyMap<string, readonly FunctionInfo[]>;
  private readonly found = new Map<FunctionInfo, AnyNode>();
  /** What the parameters of functions that ran were given, and those that were called. */
  private readonly given = new Map<Binding, AnyNode[]>();
  private readonly called = new Set<Binding>();
  private readonly left: FunctionInfo[] = [];
  private root: AnyNode | null = null;

  constructor(side: Side, standing: StandingFor, members: ReadonlyMap<string, readonly FunctionInfo[]>) {
    this.side = side;
    this.standing = standing;
    this.members = members;
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
    const binding = callee.type === 'Identifier' ? this.side.refsIn(callee.start, callee.end)[0]?.binding : null;
    if (binding?.kind === 'param') {
      if (!this.called.has(binding)) for (const value of this.given.get(binding) ?? []) this.runAll(value);
      this.called.add(binding);
      return;
    }
    const owners = this.standing.definitions(callee);
    for (const owner of owners) {
      if (node.type === 'NewExpression') this.make(owner);
      else if (owner instanceof FunctionInfo) this.run(owner);
      if (owner instanceof FunctionInfo) this.give(owner, node.arguments);
    }
    if (callee.type !== 'MemberExpression') return;
    const name = memberName(callee);
    if (name === 'call' || name === 'apply') this.runAll(callee.object);
    else if (name !== null && callsAtOnce(name)) for (const argument of node.arguments) this.runAll(argument);
    else if (owners.length === 0 && name !== null) this.guess(name, callee);
  }

  /** By its name alone, unless what it is called on is from elsewhere. */
  private guess(name: string, callee: MemberExpression): void {
    const candidates = this.members.get(name);
    if (!candidates || this.standing.isKnown(callee.object)) return;
    const base = rootOf(callee);
    const binding = base.type === 'Identifier' ? this.side.refsIn(base.start, base.end)[0]?.binding : undefined;
    if (base.type === 'Identifier' && (!binding || binding.kind === 'import' || binding.kind === 'implicit')) return;
    for (const fn of candidates) this.run(fn);
  }

  private runAll(value: AnyNode): void {
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
    if (this.side.plan.handleOf.get(fn)?.kind === 'wrapper' && !this.side.isComputation(fn)) return;
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

/** The name of the member that a function is, as its own text gives it. */
function memberNameOf({ ancestors, node }: FunctionInfo): string | null {
  const parent = ancestors.at(-1);
  if (parent?.type === 'AssignmentExpression' && parent.right === (node as AnyNode))
    return parent.left.type === 'MemberExpression' ? memberName(parent.left) : null;
  if (parent?.type !== 'Property' && parent?.type !== 'MethodDefinition' && parent?.type !== 'PropertyDefinition') return null;
  return !parent.computed && parent.key.type === 'Identifier' ? parent.key.name : null;
}
