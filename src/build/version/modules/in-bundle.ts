/**
 * What modules in a bundle ask each other for. What one of them gives away from now on stands on its exports when the patch
 * is applied: code that runs when the patch is linked, before that, takes it from the unit of that module.
 */
import type { AnyNode, CallExpression } from 'acorn';
import type { HandleScope } from '../../../instrument/plan.ts';
import { runsOnce } from '../../../instrument/plan.ts';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { isCompilersHelper } from '../forms/interop.ts';
import type { Side } from '../side.ts';
import { nodesOf } from '../program/nodes.ts';
import { callsNamed } from '../program/calls-by-name.ts';

/** What the unit of a module in a bundle calls the object with what that gives away anew. */
export const GIVEN = '$lp_x';

export interface AskedInBundle {
  readonly module: FunctionInfo;
  /** The name that is taken; `*` the whole of it. */
  readonly imported: string;
}

/** A call that asks for a module, and the scope whose unit has what is taken of that. */
interface Taken {
  readonly asked: AnyNode;
  readonly giver: HandleScope;
}

/** A module in a bundle, and what the patch puts on its exports. */
interface Giving {
  readonly handle: HandleScope;
  readonly properties: ReadonlyMap<unknown, { readonly name: string; readonly value: AnyNode; readonly exported?: boolean }>;
}

export class InBundle {
  /** By the function of the new version. */
  readonly giving = new Map<FunctionInfo, Giving>();
  private readonly side: Side;
  private readonly byKey = new Map<string, FunctionInfo | null>();
  private readonly keys = new Map<FunctionInfo, string>();
  private readonly tables = new Set<AnyNode>();
  private readonly byName = new Map<AnyNode, FunctionInfo>();
  private members: readonly Member[] | null = null;
  private readonly whole = new Map<Binding, FunctionInfo | null>();

  constructor(side: Side) {
    this.side = side;
    for (const [fn, { table, within }] of side.plan.bundled) {
      if (table) this.tables.add(table.node);
      const { node, ancestors } = fn;
      const [holder, parent] = ancestors.slice(-2);
      const declared = within?.node ?? node;
      if (declared.type === 'FunctionDeclaration' && declared.id) this.byName.set(declared.id, fn);
      // `var require_file = __commonJS({ 'file.js'(exports) { … } })`, or the function itself given.
      const declarator = ancestors.at(parent?.type === 'Property' ? -4 : -2);
      if (declarator?.type === 'VariableDeclarator' && declarator.init?.type === 'CallExpression') this.byName.set(declarator.id, fn);
      const property = parent?.type === 'ArrayExpression' ? holder : parent;
      const key = property?.type === 'Property' ? keyName(property.key, property.computed) : String(indexIn(parent, node as AnyNode));
      this.keys.set(fn, key);
      this.byKey.set(key, this.byKey.has(key) ? null : fn);
    }
  }

  /** What a value takes of another module in the bundle: `require_file()`, `__webpack_require__(1).name`; null for any other. */
  asked(value: AnyNode): AskedInBundle | null {
    if (this.byKey.size === 0) return null;
    if (value.type === 'MemberExpression' && !value.computed && value.property.type === 'Identifier') {
      const module = this.moduleOf(value.object);
      return module && { module, imported: value.property.name };
    }
    const module = this.moduleOf(value);
    return module && { module, imported: '*' };
  }

  get hasTables(): boolean {
    return this.tables.size > 0;
  }

  /** Whether `node` is a table of modules: each is compared by itself, and one more is nothing to who asks for another. */
  isTable(node: AnyNode): boolean {
    return this.tables.has(node);
  }

  /** The key in its table, if it stands in one. */
  keyOf(fn: FunctionInfo): string | null {
    return this.side.plan.bundled.get(fn)?.table ? this.keys.get(fn)! : null;
  }

  /** The module that a call asks the loader of the bundle for by its key, as a literal. */
  loaded(call: AnyNode): { readonly module: FunctionInfo; readonly id: AnyNode } | null {
    const module = this.tables.size > 0 ? this.moduleOf(call) : null;
    const id = module && call.type === 'CallExpression' ? call.arguments[0] : undefined;
    return module && id && this.keyOf(module) !== null ? { module, id } : null;
  }

  private moduleOf(value: AnyNode): FunctionInfo | null {
    if (value.type !== 'CallExpression' || value.callee.type !== 'Identifier') return null;
    const binding = this.side.refAt(value.callee)?.binding;
    if (!binding) return null;
    const [id] = value.arguments;
    if (!id) return this.byName.get(binding.declarations[0] as AnyNode) ?? null;
    const isLoader = binding.kind === 'param' ? this.side.plan.bundled.has(binding.scope.fn) : binding.name === '__webpack_require__';
    return id.type === 'Literal' && isLoader ? (this.byKey.get(String(id.value)) ?? null) : null;
  }

  /** The scope whose unit has `name` of a module, where the patch gives that away; null where it does not. */
  giver(module: FunctionInfo, name: string): HandleScope | null {
    const giving = this.giving.get(module);
    return giving && [...giving.properties.values()].some((set) => set.exported && set.name === name) ? giving.handle : null;
  }

  /** The same for `lib.name` in code of [start, end) that runs when the patch is linked, where `lib` stands for a module. */
  changed({ binding, node, parent, fn }: Reference, start = node.start, end = node.end): HandleScope | null {
    if (this.giving.size === 0 || !binding || !runsOnce(this.side.plan.handleOf.get(fn)?.kind) || !holds(fn, start, end)) return null;
    if (parent.type !== 'MemberExpression' || parent.object !== node || parent.computed || parent.property.type !== 'Identifier')
      return null;
    const module = this.moduleOfName(binding);
    return module && this.giver(module, parent.property.name);
  }

  /** Whether code, whenever it runs, reads a value that is no function of what a module gives away anew. */
  readsValue({ binding, node, parent }: Reference): boolean {
    if (this.giving.size === 0 || !binding || parent.type !== 'MemberExpression' || parent.object !== node || parent.computed) return false;
    const module = parent.property.type === 'Identifier' ? this.moduleOfName(binding) : null;
    const giving = module && this.giving.get(module);
    const name = (parent.property as { readonly name?: string }).name;
    return (
      !!giving && [...giving.properties.values()].some((set) => set.exported && set.name === name && !this.side.definitionOf(set.value))
    );
  }

  /** What of [start, end), and not of a function in it, takes something that the patch gives away anew of what it asks for at once: `require_file().name`. */
  takenIn(start: number, end: number): readonly Taken[] {
    if (this.giving.size === 0) return [];
    this.members ??= membersOf(this.side, (value) => this.moduleOf(value));
    const within = this.members.filter(({ node, fn }) => node.start >= start && node.end <= end && holds(fn, start, end));
    return within.flatMap(({ asked, module, name }) => {
      const giver = this.giver(module, name);
      return giver ? [{ asked, giver }] : [];
    });
  }

  /** Where all of a module is given to something that may copy it. */
  usesOf(module: FunctionInfo): readonly AnyNode[] {
    const used = this.side.refs.filter(({ binding, parent, node, write }) => {
      if (!binding || write || !TAKES_WHOLE.test(parent.type) || (parent.type === 'CallExpression' && parent.callee === node)) return false;
      return this.moduleOfName(binding) === module;
    });
    return [...used.map(({ node }) => node as AnyNode), ...this.copiesOf(module)];
  }

  /** Where code that runs once copies all that a module gives: `{ ...lib }`, `Object.assign(exports, lib)`. */
  copiesOf(module: FunctionInfo): readonly AnyNode[] {
    const { program } = this.side.model;
    const copied = [
      ...nodesOf(program, 'ObjectExpression').flatMap(({ properties }) =>
        properties.flatMap((property) => (property.type === 'SpreadElement' ? property.argument : [])),
      ),
      ...callsNamed(program, 'assign').flatMap((call) => (memberText(call.callee) === 'Object.assign' ? call.arguments.slice(1) : [])),
    ] as AnyNode[];
    return copied.filter((node) => {
      const [ref] = this.side.refsIn(node.start, node.end);
      if (!ref?.binding || !runsOnce(this.side.plan.handleOf.get(ref.fn)?.kind)) return false;
      return (node.type === 'Identifier' ? this.moduleOfName(ref.binding) : this.moduleOf(bare(node, this.side.model.text))) === module;
    });
  }

  /** The module that a name stands for as a whole. */
  moduleOfName(binding: Binding): FunctionInfo | null {
    let module = this.whole.get(binding);
    if (module === undefined) this.whole.set(binding, (module = this.wholeOf(binding)));
    return module;
  }

  private wholeOf({ declarations, reassigned }: Binding): FunctionInfo | null {
    const value = reassigned || declarations.length !== 1 ? null : this.side.valueOf(declarations[0]!);
    const asked = value ? this.asked(bare(value, this.side.model.text)) : null;
    return asked?.imported === '*' ? asked.module : null;
  }
}

/** What compilers put around what a module asks for. */
function bare(value: AnyNode, text: string): AnyNode {
  if (value.type !== 'CallExpression' || !isCompilersHelper(text.slice(value.callee.start, value.callee.end))) return value;
  return value.arguments[0] ?? value;
}

const TAKES_WHOLE = /^(CallExpression|NewExpression|SpreadElement)$/;

const holds = ({ node }: FunctionInfo, start: number, end: number): boolean => node.start <= start && end <= node.end;

interface Member {
  readonly node: AnyNode;
  readonly asked: AnyNode;
  readonly module: FunctionInfo;
  readonly name: string;
  /** The scope that runs once whose own code it is. */
  readonly fn: FunctionInfo;
}

function membersOf(side: Side, moduleOf: (value: AnyNode) => FunctionInfo | null): readonly Member[] {
  const found: Member[] = [];
  for (const node of nodesOf(side.model.program, 'MemberExpression')) {
    if (node.computed || node.property.type !== 'Identifier') continue;
    const module = moduleOf(node.object);
    if (!module) continue;
    const { callee } = node.object as CallExpression;
    const fn = side.refAt(callee)?.fn;
    if (fn && runsOnce(side.plan.handleOf.get(fn)?.kind))
      found.push({ node, asked: node.object as AnyNode, module, name: node.property.name, fn });
  }
  return found;
}

function indexIn(parent: AnyNode | undefined, node: AnyNode): number {
  return parent?.type === 'ArrayExpression' ? parent.elements.indexOf(node as never) : -1;
}
