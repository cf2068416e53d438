/** What code at the top level changes as it runs, as far as its text shows. */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression, NewExpression } from 'acorn';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import { callsPurelyNode } from '../program/node-calls.ts';
import { EXPORT_STAR, isInterop } from '../forms/interop.ts';
import { makesObject } from './object-kinds.ts';
import { isQuiet } from './quiet.ts';
import type { Side } from '../side.ts';
import { possibleFunctions, runsWith } from '../program/once.ts';
import { isClassNode, isFunctionNode, rootOf, walk } from '../program/walk.ts';

/** What a call is taken to run. */
export interface TakenFor {
  readonly callee: MemberExpression;
  readonly fn: FunctionInfo;
}

/** The methods that the module has, by their names. */
export interface KnownMethods {
  has(name: string): boolean;
  /** The one function that a call runs, where it runs as it did. */
  find(callee: MemberExpression): FunctionInfo | null;
}

/** Methods that change the object they are called on. */
const MUTATORS = new Set([
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'set',
  'add',
  'delete',
  'clear',
  'append',
]);
/** Methods of the language that read the object they are called on. */
const READERS =
  /^(concat|slice|join|split|trim|toString|toLowerCase|toUpperCase|test|exec|match|indexOf|includes|charCodeAt|charAt|substring|keys|values|entries|get|has|bind|repeat|padStart|padEnd|source|flags)$/;
/** Those that call a function they are given at once, and read besides. */
const ITERATORS = /^(map|filter|forEach|reduce|replace)$/;
/** Functions of the language that give a value and change nothing. */
const PURE =
  /^(Object\.(freeze|keys|values|entries|create|fromEntries|getPrototypeOf|getOwnPropertyNames)|Array\.(from|of|isArray)|String\.(raw|fromCharCode)|Math\.\w+|JSON\.\w+|RegExp|String|Number|Boolean|BigInt|Symbol(\.for)?|parseInt|parseFloat|Buffer\.(from|alloc)|encodeURIComponent|require|Date\.now|console\.\w+)$/;
/** The same, called on something that is given: `[].slice.call(arguments)`. */
const APPLIED =
  /^((Array|String|Object|RegExp)\.prototype|\[\]|console)\.(slice|concat|join|hasOwnProperty|toString|log|error|warn|info)\.(call|apply)$/;

/** Those that change what they are given first. */
const CHANGES_FIRST = /^Object\.(assign|defineProperty|defineProperties|setPrototypeOf|freeze)$/;
const PURE_NEW = /^(Map|Set|WeakMap|WeakSet|RegExp|Date|URL|Error|TextEncoder|TextDecoder|\w+Array)$/;

export interface Effects {
  /** Bindings of the scope whose value it changes. */
  readonly bindings: ReadonlySet<Binding>;
  /** It calls functions of other modules, which may do anything. */
  readonly external: boolean;
  /** It changes something that its text does not name. */
  readonly unknown: boolean;
  /** It says how properties behave, by such a name as `__defProp`: that is no table that it fills. */
  readonly defines: boolean;
  /** Functions of this module that it runs. */
  readonly called: ReadonlySet<FunctionInfo>;
  /** Calls of methods among them. */
  readonly taken: readonly TakenFor[];
}

/** A variable that functions assign: state of the running program. */
export function isState(owner: FunctionInfo, binding: Binding | undefined): boolean {
  return binding !== undefined && binding.references.some((r) => r.write && !runsWith(r.fn, owner));
}

/** A container that functions put things into. */
export function isMutatedByFunctions(owner: FunctionInfo, binding: Binding | undefined): boolean {
  return binding !== undefined && binding.references.some((r) => isMutation(r) && !runsWith(r.fn, owner));
}

/** Whether any code of the module puts something into what a variable holds. */
export function isMutated(binding: Binding): boolean {
  return binding.references.some(isMutation);
}

/** Ancestors are not kept by node, so a reference's use is read off its parents through the function's text. */
function isMutation(ref: Reference): boolean {
  const chain = mutationsOf(ref.fn);
  return chain.has(ref.node);
}

const cache = new WeakMap<FunctionInfo, Set<AnyNode>>();

/** The identifiers of a function's own code whose object it changes. */
function mutationsOf(fn: FunctionInfo): Set<AnyNode> {
  let found = cache.get(fn);
  if (found) return found;
  cache.set(fn, (found = new Set()));
  const roots = found;
  const root = fn.node as AnyNode;
  walk(root, (node) => {
    if (node !== root && isFunctionNode(node)) return false;
    const target = changedBy(node);
    const base = target?.type === 'MemberExpression' ? rootOf(target) : null;
    if (base?.type === 'Identifier') roots.add(base);
    return true;
  });
  return found;
}

/** The target that a node itself changes. */
function changedBy(node: AnyNode): AnyNode | null {
  switch (node.type) {
    case 'AssignmentExpression':
      return node.left;
    case 'UpdateExpression':
      return node.argument;
    case 'UnaryExpression':
      return node.operator === 'delete' ? node.argument : null;
    case 'CallExpression':
      return node.callee.type === 'MemberExpression' &&
        !node.callee.computed &&
        node.callee.property.type === 'Identifier' &&
        MUTATORS.has(node.callee.property.name)
        ? node.callee
        : null;
    default:
      return null;
  }
}

/** Whether evaluating an initialiser a second time does nothing but give the value. */
export function isEffectFree(value: AnyNode, side: Side, owner: FunctionInfo): boolean {
  const effects = effectsOf(value, side, owner);
  return !effects.unknown && !effects.external && effects.bindings.size === 0;
}

/** The effects of running `node`, a statement or expression of the scope that `owner` runs; with `methods`, of methods it calls too. */
export function effectsOf(node: AnyNode, side: Side, owner: FunctionInfo, methods: KnownMethods | null = null): Effects {
  const run = new Run(side, owner, methods);
  // A function that is only made runs nothing.
  if (!isFunctionNode(node)) run.scan(node, node);
  return run;
}

class Run implements Effects {
  readonly bindings = new Set<Binding>();
  readonly called = new Set<FunctionInfo>();
  readonly taken: TakenFor[] = [];
  external = false;
  unknown = false;
  defines = false;
  private readonly side: Side;
  private readonly owner: FunctionInfo;
  private readonly methods: KnownMethods | null;
  /** What is being run, outermost first. */
  private readonly running: AnyNode[] = [];
  /** Parameters whose value a function of the language changes: `__defProp(target, …)`. */
  private readonly filled = new Set<Binding>();

  constructor(side: Side, owner: FunctionInfo, methods: KnownMethods | null) {
    this.side = side;
    this.owner = owner;
    this.methods = methods;
  }

  /** `own`: the function whose code `root` is of, or the code that is run. */
  scan(root: AnyNode, own: AnyNode): void {
    this.running.push(own);
    walk(root, (node) => {
      if (node !== own && isFunctionNode(node)) return false;
      const target = changedBy(node);
      if (target?.type === 'Identifier' || target?.type === 'MemberExpression') this.change(target, own);
      if (node.type === 'CallExpression' || node.type === 'NewExpression') this.call(node, own);
      else if (node.type === 'AwaitExpression' || node.type === 'YieldExpression') this.unknown = true;
      else if (node.type === 'TaggedTemplateExpression' && this.text(node.tag) !== 'String.raw') this.external = true;
      return true;
    });
    this.running.pop();
  }

  private change(target: AnyNode, own: AnyNode): void {
    const base = rootOf(target);
    const isMade = base.type === 'CallExpression' || base.type === 'NewExpression';
    if (base.type === 'Identifier') this.touch(base, own);
    else if (base.type !== 'ThisExpression' && !isFunctionNode(base) && (!isMade || this.methods)) this.unknown = true;
  }

  /** A local of the code that is run is its own affair. */
  private touch(id: AnyNode, within: AnyNode): void {
    const { owner } = this;
    const inner = this.bindingOf(id);
    const binding = inner && (outerName(this.side, inner) ?? inner);
    if (!binding) {
      this.unknown = true;
      return;
    }
    const scope = binding.scope.node;
    const isWithin = ({ start, end }: AnyNode): boolean => scope.start >= start && scope.end <= end;
    if (scope.type !== 'Program' && scope !== owner.node && (isWithin(within) || this.running.some(isWithin))) {
      if (this.methods) this.touchAlias(binding, within);
      return;
    }
    if (binding.scope.fn === owner && (binding.scope === owner.body || binding.scope === owner.scope)) {
      if (binding.kind === 'implicit' && binding.name !== 'exports') this.unknown = true;
      else this.bindings.add(binding);
    } else if (binding.kind !== 'param') this.unknown = true;
  }

  /** What a local of a method stands for may be another's: only of a parameter the caller tells. */
  private touchAlias(binding: Binding, within: AnyNode): void {
    if (binding.kind === 'param') return;
    const value = this.valueOf(binding);
    if (value && makesObject(value)) return;
    const root = value && rootOf(value);
    if (root?.type === 'Identifier') this.touch(root, within);
    else if (root?.type !== 'ThisExpression') this.unknown = true;
  }

  private call(node: CallExpression | NewExpression, own: AnyNode): void {
    const { callee } = node;
    const text = this.text(callee);
    if (isInterop(text)) return;
    if (EXPORT_STAR.test(text) && node.arguments[1]?.type === 'Identifier') {
      this.touch(node.arguments[1], own);
      return;
    }
    // A frozen object stays so: what has been put into it could not be taken back.
    if (this.methods && text === 'Object.freeze' && node.arguments[0]?.type !== 'ObjectExpression') this.unknown = true;
    if (this.isGlobal(callee) && (node.type === 'NewExpression' ? PURE_NEW : PURE).test(text)) return;
    if (callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier') {
      if (this.isOfLanguage(callee, callee.property.name, node)) return;
      if (CHANGES_FIRST.test(text)) {
        const [target] = node.arguments;
        const base = target ? rootOf(target) : null;
        if (base?.type === 'Identifier') this.touch(base, own);
        else if (target?.type !== 'ObjectExpression') this.unknown = true;
        return;
      }
    }
    if (callee.type === 'MemberExpression' && APPLIED.test(text)) return;
    if (callee.type === 'Identifier' && CHANGES_FIRST.test(this.standsFor(callee) ?? '')) {
      this.fill(node.arguments[0] as AnyNode | undefined, own);
      return;
    }
    if (!callsPurelyNode(this.side, callee)) this.runCalled(node, own);
  }

  /** What a call of such a function changes. */
  private fill(target: AnyNode | undefined, own: AnyNode): void {
    const base = target ? rootOf(target) : null;
    this.defines = true;
    if (base?.type !== 'Identifier') {
      this.unknown ||= !target || !isMadeHere(target);
      return;
    }
    const binding = this.bindingOf(base);
    if (binding?.kind === 'param') this.filled.add(binding);
    this.touch(base, own);
  }

  /** `Object.defineProperty` of `var __defProp = Object.defineProperty`, as bundlers write. */
  private standsFor(callee: AnyNode): string | null {
    const binding = this.bindingOf(callee);
    const value = binding && this.valueOf(binding);
    return value?.type === 'MemberExpression' && this.isGlobal(value.object as AnyNode) ? this.text(value) : null;
  }

  /** Whether the call is of a method of the language that changes no more than what it is called on, which `change` has seen to. */
  private isOfLanguage({ object }: MemberExpression, name: string, { arguments: given }: CallExpression | NewExpression): boolean {
    if (MUTATORS.has(name) && (!this.methods?.has(name) || this.isCollection(object))) return true;
    if (READERS.test(name)) {
      // With a function it registers that: `app.get('/', handler)`.
      if (given.some(isFunctionNode)) this.external = true;
      return true;
    }
    if (!ITERATORS.test(name)) return false;
    for (const argument of given) if (isFunctionNode(argument)) this.scan(argument, argument);
    return true;
  }

  private runCalled(node: CallExpression | NewExpression, own: AnyNode): void {
    const called = this.functionsOf(node.callee, own);
    if (!called) {
      this.external = true;
      return;
    }
    for (const fn of called) {
      if (this.called.has(fn)) continue;
      this.called.add(fn);
      this.scan(fn.node as AnyNode, fn.node as AnyNode);
    }
    for (const [i, argument] of node.arguments.entries()) {
      const base = rootOf(argument);
      const fills = called.some((fn) => this.fillsParameter(fn, i));
      // The function may change what it is given: count it where it writes the parameter.
      if (base.type === 'Identifier' && (fills || called.some((fn) => writesParameter(fn, i, node.arguments)))) this.touch(base, own);
      else if (fills) this.unknown ||= !isMadeHere(argument);
    }
  }

  private fillsParameter({ node, scope }: FunctionInfo, i: number): boolean {
    const parameter = (node as FunctionNode).params[i];
    const binding = parameter?.type === 'Identifier' ? scope.bindings.get(parameter.name) : undefined;
    return binding !== undefined && this.filled.has(binding);
  }

  /** The functions of the module that a call may run; null where it may run others. */
  private functionsOf(callee: AnyNode, own: AnyNode): readonly FunctionInfo[] | null {
    if (callee.type === 'Identifier') return possibleFunctions(this.side, this.bindingOf(callee));
    const direct = isFunctionNode(callee) ? this.side.fnAt.get(callee) : undefined;
    const known = direct ?? (callee.type === 'MemberExpression' ? this.takenFor(callee, own) : null);
    return known ? [known] : null;
  }

  /** A method of what a variable of the scope stands for may change that. */
  private takenFor(callee: MemberExpression, own: AnyNode): FunctionInfo | null {
    const fn = this.methods?.find(callee) ?? null;
    const root = rootOf(callee);
    const binding = root.type === 'Identifier' ? this.bindingOf(root) : null;
    if (!fn || !binding || binding.scope.fn !== this.owner || binding.kind === 'implicit') return null;
    this.taken.push({ callee, fn });
    this.touch(root, own);
    return fn;
  }

  /** Whether the text shows that it is one of the language's, whose methods do what their names say. */
  private isCollection(node: AnyNode): boolean {
    const binding = node.type === 'Identifier' ? this.bindingOf(node) : null;
    const value = binding && this.valueOf(binding);
    return value?.type === 'ArrayExpression' || (value?.type === 'NewExpression' && isQuiet(value));
  }

  private isGlobal(callee: AnyNode): boolean {
    const binding = callee.type === 'Identifier' ? this.bindingOf(callee) : null;
    return binding === null || binding.kind === 'implicit';
  }

  /** What a variable always stands for. */
  private valueOf(binding: Binding): AnyNode | null | undefined {
    return binding.reassigned || binding.declarations.length !== 1 ? null : this.side.valueOf(binding.declarations[0]!);
  }

  private bindingOf(id: AnyNode): Binding | null {
    return this.side.refAt(id)?.binding ?? null;
  }

  private text({ start, end }: AnyNode): string {
    return this.side.model.text.slice(start, end);
  }
}

const isMadeHere = (value: AnyNode): boolean => value.type === 'ObjectExpression' || isFunctionNode(value) || isClassNode(value);

/** The variable around a class that stands for what its name within it does. */
function outerName(side: Side, { scope }: Binding): Binding | null {
  const cls = scope.kind === 'class' ? side.classAt.get(scope.node) : undefined;
  const parent = cls?.ancestors.at(-1);
  const id = cls?.node.type === 'ClassDeclaration' ? cls.node.id : parent?.type === 'VariableDeclarator' ? parent.id : null;
  const outer = id?.type === 'Identifier' ? scope.parent?.lookup(id.name) : null;
  return outer && !outer.reassigned && outer.declarations.some((own) => own === id) ? outer : null;
}

/** The function that a name always stands for. */
export function functionOf(side: Side, binding: Binding | null): FunctionInfo | null {
  if (!binding || binding.reassigned || binding.declarations.length !== 1) return null;
  return side.functionDeclaredBy(binding.declarations[0]!);
}

/** Whether a function changes what a parameter holds: the one that takes argument `i`, or any where the text does not tell which that is. */
function writesParameter(fn: FunctionInfo, i: number, given: readonly AnyNode[]): boolean {
  const mutated = mutationsOf(fn);
  const parameter = (fn.node as FunctionNode).params[i];
  const isSpread = given.slice(0, i + 1).some(({ type }) => type === 'SpreadElement');
  for (const binding of fn.scope.bindings.values()) {
    if (binding.kind !== 'param' || !binding.references.some((r) => mutated.has(r.node))) continue;
    const at = (fn.node as FunctionNode).params.findIndex((p) => p.type === 'Identifier' && p.name === binding.name);
    if (at < 0 || isSpread || parameter?.type !== 'Identifier' || parameter.name === binding.name) return true;
  }
  return false;
}
