/**
 * What new code takes of a dependency and old code did not, where the package file asks for another version of it: the
 * process has the version that it started with, which may lack that.
 */
import type { AnyNode, CallExpression, NewExpression } from 'acorn';
import type { Expected } from '../../patch/format.ts';
import type { Binding, ModuleModel } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { BUILT_IN } from '../version/program/built-in.ts';
import { packageNameOf } from './dependencies.ts';
import type { Dependencies } from './dependencies.ts';
import { isCompilersHelper } from '../version/forms/interop.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import type { Exported, Named } from '../version/forms/items.ts';
import { requiredBy } from '../version/program/ran.ts';
import { specifiersIn } from './reach.ts';
import { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { walk } from '../version/program/walk.ts';

/** The dependencies that both versions have, at different versions. */
export function bumped(old: Dependencies, now: Dependencies): ReadonlySet<string> {
  return new Set(Object.keys(now).filter((name) => old[name] !== undefined && old[name] !== now[name]));
}

/** In place of a name: that there is such a module. */
const ANY = '*';
/** What a promise is asked for. */
const AWAITED = 'then';

/** How one name of a dependency is called. */
interface Calls {
  /** The fewest and the most arguments that a call passes; with one that spreads, any number. */
  fewest: number;
  most: number;
  /** By the place of the argument, the options that calls name in an object there. */
  readonly options: Map<number, Set<string>>;
  /** By the place of the argument, the classes of the language or the platform of which calls pass an object that they make. */
  readonly made: Map<number, Set<string>>;
  /** What is taken of what the calls give. */
  readonly members: Set<string>;
  /** With `new` or without. */
  readonly forms: Set<'CallExpression' | 'NewExpression'>;
}

export interface Use {
  readonly specifier: string;
  /** As in `Expected`. */
  readonly name: string;
  /** Null where it is not called. */
  readonly calls: Calls | null;
}

/** By specifier and name. */
export type Uses = ReadonlyMap<string, Use>;

/** What a module takes of the dependencies that `wanted` names; what it first looks for is none of it. */
export function usesOf(model: ModuleModel, wanted: ReadonlySet<string>): Uses {
  const found = new Map<string, { specifier: string; name: string; calls: Calls | null }>();
  const asked = specifiersIn(model.text).filter((specifier) => wanted.has(packageNameOf(specifier) ?? ''));
  if (asked.length === 0) return found;
  const tested = new Set<string>();
  const side = new Side(model);
  const names = new Names(side, wanted);
  const given = new Given(side);
  const add = (specifier: string, name: string): { calls: Calls | null } => {
    const key = keyOf(specifier, name);
    let use = found.get(key);
    if (!use) found.set(key, (use = { specifier, name, calls: null }));
    return use;
  };
  for (const specifier of asked) add(specifier, ANY);
  walk(model.program, (node, parents) => {
    const own = names.of(node);
    if (own === null || names.of(parents.at(-1)) !== null) return;
    const call = callOf(node, parents);
    if (own.name === '' && !call) {
      for (const name of takenApart(node, parents.at(-1))) add(own.specifier, name);
      return;
    }
    if (isTested(node, parents)) tested.add(keyOf(own.specifier, own.name));
    else {
      const use = add(own.specifier, own.name);
      if (!call) return;
      use.calls ??= { fewest: Infinity, most: 0, options: new Map(), made: new Map(), members: new Set(), forms: new Set() };
      note(use.calls, call.node, side);
      for (const name of given.members(call.node, parents.slice(0, call.depth))) use.calls.members.add(name);
    }
  });
  for (const { source, local, value } of names.exported)
    if (source !== null && value === null && wanted.has(packageNameOf(source) ?? '')) add(source, local === 'default' ? '' : local);
  for (const key of tested) found.delete(key);
  return found;
}

/** What of `next` is new to all of `before`. */
export function expectedOf(before: readonly Uses[], next: Uses): readonly Expected[] {
  const found: Expected[] = [];
  for (const [key, { specifier, name, calls }] of next) {
    const old = before.flatMap((uses) => uses.get(key) ?? []);
    if (old.length === 0) found.push({ specifier, name });
    else if (calls !== null && isCalledOtherwise(old, calls)) found.push({ specifier, name, otherwise: true });
  }
  return found.sort((a, b) => (keyOf(a.specifier, a.name) < keyOf(b.specifier, b.name) ? -1 : 1));
}

/**
 * Whether there is a call with more arguments than any of the old ones, or with fewer, as where a callback has given way to
 * a promise, with another option or an object of another class of the platform, with `new` where all went without or the reverse, or of which
 * another thing is taken.
 */
function isCalledOtherwise(uses: readonly Use[], now: Calls): boolean {
  const { fewest, most, members, forms } = now;
  const old = uses.flatMap(({ calls }) => calls ?? []);
  if (old.length === 0) return false;
  if (most !== Infinity && old.every((calls) => calls.most < most)) return true;
  if (old.every((calls) => calls.fewest > fewest)) return true;
  if ([...forms].some((form) => !old.some((calls) => calls.forms.has(form)))) return true;
  if ([...members].some((name) => !old.some((calls) => calls.members.has(name)))) return true;
  const isNew = (of: 'options' | 'made'): boolean => {
    const isKnown = (at: number, name: string): boolean =>
      old.some((calls) => calls.most === Infinity || calls[of].get(at)?.has(name) === true);
    return [...now[of]].some(([at, names]) => [...names].some((name) => !isKnown(at, name)));
  };
  return isNew('options') || isNew('made');
}

const keyOf = (specifier: string, name: string): string => `${specifier} ${name}`;

interface Meaning {
  readonly specifier: string;
  readonly name: string;
}

/** Which expressions stand for a dependency, or for what it has under a name. */
class Names {
  readonly exported: readonly Exported[];
  private readonly side: Side;
  private readonly wanted: ReadonlySet<string>;
  private readonly items: ReadonlyMap<object, Named>;

  constructor(side: Side, wanted: ReadonlySet<string>) {
    this.side = side;
    this.wanted = wanted;
    const { named, exported } = itemsOf(side, side.model.root);
    const { root, scope } = side.model;
    this.exported = [...exported.values()];
    this.items = new Map(
      [...named.values()].flatMap((item) => {
        const binding = root.body.bindings.get(item.name) ?? scope.bindings.get(item.name);
        return binding && !binding.reassigned ? [[binding, item] as const] : [];
      }),
    );
  }

  of(node: AnyNode | undefined): Meaning | null {
    if (node === undefined) return null;
    if (node.type === 'Identifier') return this.named(node);
    if (node.type === 'CallExpression') return this.asked(requiredBy(node), '');
    if (node.type !== 'MemberExpression') return null;
    const { object } = node;
    const name = memberName(node);
    if (name === null) return null;
    const helped = this.helped(object);
    if (helped !== null) return this.asked(helped, name === 'default' ? '' : name);
    const whole = this.of(object);
    if (whole === null || whole.name !== '') return null;
    return { ...whole, name: name === 'default' && this.side.model.format === 'module' ? '' : name };
  }

  private named(node: AnyNode): Meaning | null {
    const item = this.itemOf(node);
    if (!item || item.source === null || item.imported === '') return null;
    const whole = item.imported === '*' || (item.kind === 'import' && item.imported === 'default');
    return this.asked(item.source, whole ? '' : item.imported);
  }

  private itemOf(node: AnyNode): Named | undefined {
    const [ref] = this.side.refsIn(node.start, node.end);
    // The name in its own declaration is no use of it.
    return ref?.node === node && ref.read && ref.binding ? this.items.get(ref.binding) : undefined;
  }

  private asked(specifier: string | null, name: string): Meaning | null {
    return specifier !== null && this.wanted.has(packageNameOf(specifier) ?? '') ? { specifier, name } : null;
  }

  /** The module that a compiler's helper has made fit for imports of its names. */
  private helped(node: AnyNode): string | null {
    const value = node.type === 'Identifier' ? this.itemOf(node)?.value : node;
    if (value?.type !== 'CallExpression' || value.arguments.length !== 1) return null;
    const { callee } = value;
    return isCompilersHelper(this.side.model.text.slice(callee.start, callee.end)) ? requiredBy(value.arguments[0]!) : null;
  }
}

/** The names that `const { a, b } = node` takes; what has a value of its own for one that is missing is left out. */
function takenApart(node: AnyNode, parent: AnyNode | undefined): string[] {
  if (parent?.type !== 'VariableDeclarator' || parent.init !== node || parent.id.type !== 'ObjectPattern') return [];
  return parent.id.properties.flatMap((property) =>
    property.type === 'Property' && !property.computed && property.value.type !== 'AssignmentPattern' ? keyName(property.key, false) : [],
  );
}

/** The call of what `node` stands for, also as `(0, node)(…)`, and how many parents it has. */
function callOf(
  node: AnyNode,
  parents: readonly AnyNode[],
): { readonly node: CallExpression | NewExpression; readonly depth: number } | null {
  let depth = parents.length - 1;
  let callee = node;
  const sequence = parents[depth];
  if (sequence?.type === 'SequenceExpression' && sequence.expressions.at(-1) === node) {
    callee = sequence;
    depth--;
  }
  const call = parents[depth];
  return (call?.type === 'CallExpression' || call?.type === 'NewExpression') && call.callee === callee ? { node: call, depth } : null;
}

/** What a module takes of what calls give: at once, or through the variable or the member that it is put in. */
class Given {
  private readonly side: Side;
  private declared: Map<AnyNode, Binding> | null = null;
  /** By the name of a member of `this`. */
  private own: Map<string, Set<string>> | null = null;

  constructor(side: Side) {
    this.side = side;
  }

  members(call: AnyNode, parents: readonly AnyNode[]): Set<string> {
    const found = new Set<string>();
    let inner = call;
    let at = parents.length - 1;
    for (; parents[at]?.type === 'AwaitExpression' || parents[at]?.type === 'ParenthesizedExpression'; inner = parents[at--]!)
      if (parents[at]!.type === 'AwaitExpression') found.add(AWAITED);
    const parent = parents[at];
    const add = (name: string | null): void => {
      if (name === AWAITED || (name !== null && !BUILT_IN.has(name))) found.add(name);
    };
    if (parent?.type === 'MemberExpression' && parent.object === inner) add(memberName(parent));
    else if (parent?.type === 'VariableDeclarator' && parent.init === inner) {
      for (const name of takenApart(inner, parent)) add(name);
      for (const name of this.ofVariable(parent.id)) add(name);
    } else if (parent?.type === 'AssignmentExpression' && parent.right === inner) {
      const [ref] = this.side.refsIn(parent.left.start, parent.left.end);
      if (parent.left.type === 'Identifier') for (const name of membersOf(ref?.binding)) add(name);
      else if (parent.left.type === 'MemberExpression' && parent.left.object.type === 'ThisExpression')
        for (const name of this.ofOwn(memberName(parent.left))) add(name);
    }
    return found;
  }

  private ofVariable(id: AnyNode): readonly string[] {
    if (!this.declared) {
      this.declared = new Map();
      for (const { binding } of this.side.refs)
        for (const declaration of binding?.declarations ?? []) this.declared.set(declaration, binding!);
    }
    return membersOf(this.declared.get(id));
  }

  private ofOwn(name: string | null): Iterable<string> {
    if (!this.own) {
      const own = (this.own = new Map<string, Set<string>>());
      const add = (of: AnyNode, members: readonly (string | null)[]): void => {
        const key = of.type === 'MemberExpression' && of.object.type === 'ThisExpression' ? memberName(of) : null;
        for (const member of members) if (key !== null && member !== null) own.set(key, (own.get(key) ?? new Set()).add(member));
      };
      const { program } = this.side.model;
      for (const node of nodesOf(program, 'MemberExpression')) add(node.object as AnyNode, [memberName(node)]);
      // `const box = this.box; box.size()`
      for (const node of nodesOf(program, 'VariableDeclarator'))
        if (node.init) add(node.init, [...takenApart(node.init, node), ...this.ofVariable(node.id)]);
    }
    return (name !== null && this.own.get(name)) || [];
  }
}

function membersOf(binding: Binding | null | undefined): string[] {
  return (binding?.references ?? []).flatMap(({ node, parent }) => {
    if (parent.type === 'AwaitExpression') return AWAITED;
    return parent.type === 'MemberExpression' && parent.object === node ? (memberName(parent) ?? []) : [];
  });
}

function note(calls: Calls, { type, arguments: given }: CallExpression | NewExpression, side: Side): void {
  calls.forms.add(type);
  const isOpen = given.some((argument) => argument.type === 'SpreadElement');
  calls.most = Math.max(calls.most, isOpen ? Infinity : given.length);
  calls.fewest = Math.min(calls.fewest, isOpen ? 0 : given.length);
  given.forEach((argument, at) => {
    const made = classOf(argument as AnyNode, side);
    if (made !== null) calls.made.set(at, (calls.made.get(at) ?? new Set()).add(made));
    if (argument.type !== 'ObjectExpression') return;
    const names = calls.options.get(at) ?? new Set();
    calls.options.set(at, names);
    for (const property of argument.properties)
      if (property.type === 'Property' && !property.computed) names.add(keyName(property.key, false));
  });
}

/**
 * The class of the language or the platform of which `new` makes an object, here or where a variable is given its one value: who
 * takes such a one has to know of it. An error is passed on as whatever went wrong.
 */
function classOf(value: AnyNode, side: Side): string | null {
  const binding = value.type === 'Identifier' ? side.refAt(value)?.binding : null;
  const [id, ...more] = binding && !binding.reassigned ? binding.declarations : [];
  const given = id && more.length === 0 ? side.valueOf(id) : value;
  if (given?.type !== 'NewExpression' || given.callee.type !== 'Identifier') return null;
  const { name } = given.callee;
  return side.refAt(given.callee)?.binding === null && !name.endsWith('Error') ? name : null;
}

/** Whether code looks here for what may be missing, or puts it there itself. */
function isTested(node: AnyNode, parents: readonly AnyNode[]): boolean {
  let inner = node;
  for (let at = parents.length - 1; at >= 0; at--) {
    const parent = parents[at]!;
    switch (parent.type) {
      case 'UnaryExpression':
        return parent.operator === '!' || parent.operator === 'typeof' || parent.operator === 'delete';
      case 'BinaryExpression':
        return /^[!=]==?$/.test(parent.operator);
      case 'ConditionalExpression':
      case 'IfStatement':
      case 'WhileStatement':
        return parent.test === inner;
      case 'AssignmentExpression':
        return parent.left === inner;
      case 'MemberExpression':
        return parent.object === inner && parent.optional;
      case 'CallExpression':
        return parent.callee === inner && parent.optional === true;
      case 'LogicalExpression':
        if (parent.left === inner) return true;
        break;
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        break;
      default:
        return false;
    }
    inner = parent;
  }
  return false;
}
