/**
 * What of a module's own code runs in Node, and what of it matters: the headers that let one file serve CommonJS, AMD
 * and browsers differ from release to release, and lead to the same call here.
 */
import { isBuiltin } from 'node:module';
import type { AnyNode, CallExpression, Expression, Function as FunctionNode, Identifier } from 'acorn';
import type { Binding, FunctionInfo, ModuleModel } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { alwaysInModule, alwaysThere } from './always-there.ts';
import { askedOnce } from './asked-once.ts';

type Known = { readonly value: unknown } | null;

/** What stands for the objects that only Node's CommonJS wrapper gives. */
const OBJECT = Symbol('object');
const CALLABLE = Symbol('function');
const TYPES = new Map<unknown, string>([
  [OBJECT, 'object'],
  [CALLABLE, 'function'],
]);
/** Of elements, which old headers look for on `exports` and `module`. */
const NEVER = /^(exports|module)\.(nodeType|nodeName)$/;

interface Names {
  refAt(id: AnyNode): { readonly binding: Binding | null } | undefined;
  /** What the loader of a bundle gives a parameter. */
  readonly roles: ReadonlyMap<Binding, string>;
  /** What a declared name begins with. */
  valueOf(id: Identifier): AnyNode | null | undefined;
}

/** How a module's conditions on where it runs come out. */
export class Environment {
  private readonly commonjs: boolean;
  private readonly names: Names;

  constructor(model: ModuleModel, names: Names) {
    this.commonjs = model.format === 'commonjs';
    this.names = names;
  }

  /** The statement or expression that `node` comes down to, if where it runs decides that; `undefined` for none at all. */
  taken(node: AnyNode): AnyNode | undefined {
    if (node.type === 'IfStatement' || node.type === 'ConditionalExpression') {
      const test = this.known(node.test);
      if (!test) return node;
      const branch = test.value ? node.consequent : node.alternate;
      return branch ? this.taken(branch) : undefined;
    }
    if (node.type === 'LogicalExpression' && node.operator !== '??') {
      const left = this.known(node.left);
      if (!left) return node;
      return Boolean(left.value) === (node.operator === '&&') ? this.taken(node.right) : node.left;
    }
    return node;
  }

  private known(node: AnyNode): Known {
    switch (node.type) {
      case 'Literal':
        return node.regex ? null : { value: node.value };
      case 'Identifier':
      case 'MemberExpression':
        return this.named(node);
      case 'UnaryExpression': {
        const inner = this.known(node.argument);
        if (!inner) return null;
        if (node.operator === '!') return { value: !inner.value };
        if (node.operator === 'typeof') return { value: TYPES.get(inner.value) ?? typeof inner.value };
        return node.operator === 'void' ? { value: undefined } : null;
      }
      case 'LogicalExpression': {
        const left = this.known(node.left);
        if (!left || node.operator === '??') return null;
        return Boolean(left.value) === (node.operator === '&&') ? this.known(node.right) : left;
      }
      case 'BinaryExpression': {
        const left = this.known(node.left as Expression);
        const right = this.known(node.right);
        if (!left || !right) return null;
        // The stand-ins for objects are equal to nothing that a literal can be, and may be one object or two.
        if (TYPES.has(left.value) && TYPES.has(right.value)) return null;
        if (node.operator === '===' || node.operator === '==') return { value: left.value === right.value };
        return node.operator === '!==' || node.operator === '!=' ? { value: left.value !== right.value } : null;
      }
      default:
        return null;
    }
  }

  private named(node: AnyNode): Known {
    const text = memberText(node);
    const root = node.type === 'Identifier' ? node : rootName(node);
    if (text === undefined || !root) return null;
    const binding = this.names.refAt(root)?.binding;
    if (!binding) {
      // Node has no loader of this kind, and a program that brings one loads other files with it.
      if (text === 'define') return { value: undefined };
      if (text === 'undefined') return { value: undefined };
      return standIn(alwaysThere(text));
    }
    const role = this.names.roles.get(binding);
    const module = role === undefined ? this.moduleOf(binding) : null;
    if (module !== null) return standIn(alwaysInModule(module, text.split('.').slice(1)));
    if (role === undefined && (binding.kind !== 'implicit' || !this.commonjs)) return null;
    // `exports` may be assigned where the condition leads to, but not before.
    if (binding.references.some((r) => r.write && r.node.start < node.start)) return null;
    if (text === 'require') return { value: CALLABLE };
    const own = role === undefined ? text : `${role}${text.slice(root.name.length)}`;
    if (NEVER.test(own)) return { value: undefined };
    return own === 'exports' || own === 'module' || own === 'module.exports' ? { value: OBJECT } : null;
  }

  /** The module of Node that a name always stands for, however often it is declared. */
  private moduleOf({ declarations, references }: Binding): string | null {
    const given = declarations.map((id) => this.names.valueOf(id));
    const [asked, ...more] = new Set(given.map((value) => (value ? requiredBy(value) : null)));
    const isWritten = references.some(({ node, write }) => write && !(declarations as readonly AnyNode[]).includes(node));
    return asked != null && more.length === 0 && !isWritten && isBuiltin(asked) ? asked : null;
  }
}

function standIn(value: unknown): Known {
  if (typeof value === 'symbol') return { value };
  if (typeof value === 'function') return { value: CALLABLE };
  return typeof value === 'object' && value !== null ? { value: OBJECT } : null;
}

function rootName(node: AnyNode): Identifier | null {
  let current = node;
  while (current.type === 'MemberExpression') current = current.object;
  return current.type === 'Identifier' ? current : null;
}

/** A module that is asked for where nothing takes it: it is loaded for what it does. */
export interface Loaded {
  readonly node: CallExpression;
  readonly source: string;
}

/**
 * Calls of `require` that stand as arguments which the function called does not take, in code that runs once.
 * `factory(require('./core'), require('./md5'))`: the factory takes one, the other is only loaded.
 */
export function loadedOnly(model: ModuleModel, once: ReadonlySet<FunctionInfo>): Loaded[] {
  const found: Loaded[] = [];
  for (const { call, fn, called } of callsOfGiven(model)) {
    if (!once.has(fn)) continue;
    const { params } = called.node as FunctionNode;
    if (called.usesArguments || called.hasDirectEval || params.some((p) => p.type === 'RestElement')) continue;
    if (call.arguments.some((a) => a.type === 'SpreadElement')) continue;
    for (const argument of call.arguments.slice(params.length)) {
      const source = requiredBy(argument);
      if (source !== null) found.push({ node: argument as CallExpression, source });
    }
  }
  return found;
}

/** The module that a call of `require` with a literal asks for. */
export function requiredBy(node: AnyNode): string | null {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'require') return null;
  const [argument] = node.arguments;
  return argument?.type === 'Literal' && typeof argument.value === 'string' ? moduleAsked(argument.value) : null;
}

/** The one name for a module of Node that goes by two, with `node:` and without. */
export function moduleAsked(specifier: string): string {
  const bare = specifier.replace(/^node:/, '');
  return isBuiltin(bare) ? bare : specifier;
}

/** A call of a parameter of a function that is called in place, and the function that this gives it. */
export interface CallOfGiven {
  readonly call: CallExpression & AnyNode;
  /** The function in which it stands. */
  readonly fn: FunctionInfo;
  readonly called: FunctionInfo;
}

/** All of a module, in source order. */
export const callsOfGiven = askedOnce((model: ModuleModel): readonly CallOfGiven[] => {
  const functions = new Map(model.functions.map((fn) => [fn.node as AnyNode, fn]));
  const found = model.functions.flatMap((around) => {
    const call = around.ancestors.at(-1);
    if (call?.type !== 'CallExpression' || call.callee !== (around.node as AnyNode)) return [];
    return call.arguments.flatMap((argument, index) => {
      const called = functions.get(argument as AnyNode);
      const param = (around.node as FunctionNode).params[index];
      const binding = called && param?.type === 'Identifier' ? around.scope.bindings.get(param.name) : undefined;
      if (!called || binding?.kind !== 'param' || binding.reassigned) return [];
      return binding.references.flatMap(({ parent, node, fn }) =>
        parent.type === 'CallExpression' && parent.callee === node ? { call: parent, fn, called } : [],
      );
    });
  });
  return found.toSorted((a, b) => a.call.start - b.call.start);
});
