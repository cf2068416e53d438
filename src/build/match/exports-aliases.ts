/**
 * Names that a CommonJS module has for its exports: `const lib = module.exports`. Where one version has such a name and the other says
 * `module.exports` in its place, the new version is written as the old one is: what all of its statements do is the same.
 */
import type { AnyNode, BlockStatement, Function as FunctionNode, Program } from 'acorn';
import { planModule } from '../../instrument/plan.ts';
import { analyzeModule } from '../../source/analyze.ts';
import type { Binding, FunctionInfo, ModuleModel, Reference } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { walk } from '../version/program/walk.ts';

/** A module, the file or one of a bundle, and what it is given. */
interface Home {
  readonly fn: FunctionInfo;
  readonly module: Binding | null;
  readonly exports: Binding | null;
}

/** What stands for the exports, in order: `module.exports` whole, and names. */
interface Uses {
  readonly whole: readonly AnyNode[];
  readonly named: readonly AnyNode[];
}

interface Alias {
  readonly binding: Binding;
  /** It declares nothing else. */
  readonly statement: AnyNode;
}

interface Cut {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const MAY = /\b(?:var|let|const)\s+[\w$]+\s*=\s*(?:module\d*\.)?exports\d*\s*[;\n]/;

/** The new version with the name of the old one for its exports, or without one of its own; itself where both have it, or neither. */
export function underOldAliases(base: ModuleModel, next: ModuleModel): ModuleModel {
  if (!MAY.test(base.text) && !MAY.test(next.text)) return next;
  const now = homesOf(next);
  const cuts = [...homesOf(base)].flatMap(([path, home]) => {
    const other = now.get(path);
    return other ? rewritten(home, other, next) : [];
  });
  if (cuts.length === 0) return next;
  let text = '';
  let at = 0;
  for (const cut of cuts.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    text += next.text.slice(at, cut.start) + cut.text;
    at = cut.end;
  }
  return analyzeModule(text + next.text.slice(at), next.format, next.file);
}

function homesOf(model: ModuleModel): ReadonlyMap<string, Home> {
  const homes = new Map<string, Home>();
  const { root } = model;
  const own = (name: string): Binding | null => root.scope.lookup(name) ?? root.body.lookup(name);
  if (model.format === 'commonjs') homes.set(root.path, { fn: root, module: own('module'), exports: own('exports') });
  for (const [fn, { module, exports }] of planModule(model).bundled) {
    const given = (name: string | null): Binding | null => (name === null ? null : (fn.scope.bindings.get(name) ?? null));
    homes.set(fn.path, { fn, module: given(module), exports: given(exports) });
  }
  return homes;
}

function rewritten(base: Home, next: Home, { text }: ModuleModel): Cut[] {
  const [old, now] = [usesOf(base), usesOf(next)];
  if (!old || !now) return [];
  const [alias, own] = [aliasIn(base, old), aliasIn(next, now)];
  if (alias && !own) {
    const { name } = alias.binding;
    // Of the old version the name is all that stands for the exports.
    if (old.whole.length + old.named.length !== 1 || mentions(next, name)) return [];
    const nodes = [...now.whole, ...now.named];
    const [first] = bodyOf(next.fn).filter((statement) => !('directive' in statement && statement.directive));
    if (nodes.length === 0 || !first) return [];
    const [said] = old.whole.length > 0 ? now.whole : now.named;
    const isFile = next.fn.kind === 'module';
    const whole = said ? text.slice(said.start, said.end) : old.whole.length > 0 ? 'module.exports' : 'exports';
    if (!said && !isFile) return [];
    const declared: Cut = { start: first.start, end: first.start, text: `var ${name} = ${whole}; ` };
    return [declared, ...nodes.map((node) => ({ start: node.start, end: node.end, text: name }))];
  }
  if (own && !alias) {
    const whole = old.whole.length > 0 ? 'whole' : 'named';
    if (old.whole.length > 0 === old.named.length > 0 || mentions(base, own.binding.name)) return [];
    const said = whole === 'named' ? next.exports?.name : next.module && `${next.module.name}.exports`;
    const root = whole === 'named' ? next.exports : next.module;
    const uses = own.binding.references.filter(({ node }) => !own.binding.declarations.includes(node as never));
    if (!said || uses.some((use) => use.scope.lookup(root!.name) !== root || isShorthand(use))) return [];
    const { start, end } = own.statement;
    return [{ start, end, text: '' }, ...uses.map(({ node }) => ({ start: node.start, end: node.end, text: said }))];
  }
  return [];
}

/** Null where another object may be given away. */
function usesOf({ fn, module, exports }: Home): Uses | null {
  if (fn.body.evalVisible || module?.reassigned || exports?.reassigned) return null;
  const whole: AnyNode[] = [];
  const text = module && `${module.name}.exports`;
  let isSame = true;
  walk(fn.node as AnyNode, (node, parents) => {
    if (node.type === 'MemberExpression' && text !== null && memberText(node) === text) isSame &&= !isPutThere(node, parents);
    return isSame;
  });
  if (!isSame) return null;
  for (const { parent, node } of module?.references ?? []) {
    const isWhole = parent.type === 'MemberExpression' && parent.object === node && memberText(parent) === text;
    if (isWhole) whole.push(parent);
  }
  const named = (exports?.references ?? []).filter((ref) => !isShorthand(ref)).map(({ node }) => node as AnyNode);
  return { whole, named };
}

/** Whether an object is put where `target` stands. */
function isPutThere(target: AnyNode, parents: readonly AnyNode[]): boolean {
  const [around, parent] = [parents.at(-2), parents.at(-1)];
  switch (parent?.type) {
    case 'AssignmentExpression':
    case 'AssignmentPattern':
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.left === target;
    case 'UnaryExpression':
      return parent.operator === 'delete';
    case 'Property':
      return around?.type === 'ObjectPattern';
    default:
      return parent?.type === 'ArrayPattern' || parent?.type === 'RestElement' || parent?.type === 'UpdateExpression';
  }
}

const isShorthand = ({ parent }: Reference): boolean => parent.type === 'Property' && parent.shorthand;

function aliasIn({ fn }: Home, { whole, named }: Uses): Alias | null {
  const stands = new Set([...whole, ...named]);
  const found = bodyOf(fn).flatMap((statement): Alias[] => {
    const [declarator, ...more] = statement.type === 'VariableDeclaration' ? statement.declarations : [];
    if (!declarator?.init || more.length > 0 || declarator.id.type !== 'Identifier' || !stands.has(declarator.init as AnyNode)) return [];
    const binding = fn.body.bindings.get(declarator.id.name);
    return binding && !binding.reassigned && binding.declarations.length === 1 ? [{ binding, statement }] : [];
  });
  return found.length === 1 ? found[0]! : null;
}

/** Whether the name stands for anything in the module. */
function mentions({ fn }: Home, name: string): boolean {
  let found = false;
  walk(fn.node as AnyNode, (node, parents) => {
    const parent = parents.at(-1);
    const isKey =
      (parent?.type === 'MemberExpression' && parent.property === node && !parent.computed) ||
      (parent?.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand);
    found ||= node.type === 'Identifier' && node.name === name && !isKey;
    return !found;
  });
  return found;
}

function bodyOf({ node }: FunctionInfo): readonly AnyNode[] {
  const own = node as AnyNode;
  if (own.type === 'Program') return (own as Program).body as AnyNode[];
  const { body } = node as FunctionNode;
  return body.type === 'BlockStatement' ? ((body as BlockStatement).body as AnyNode[]) : [];
}
