/**
 * What code has taken out of tables that change in place, or has made of all that they had: `this.limit = DEFAULTS.limit`,
 * `{ ...DEFAULTS }`, `ROUTES.map(compile)`. The table is the same for all who hold it; what was taken out of it stays as it was.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, Identifier, MemberExpression, NewExpression, ObjectPattern } from 'acorn';
import { FunctionInfo } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import { COMPLETES, COPIES } from '../version/forms/entries.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { importsOf } from '../version/modules/imports.ts';
import { isFunctionNode, nodesAbove, rootOf } from '../version/program/walk.ts';
import type { VerdictLog } from '../verdicts/verdicts.ts';
import { nameOf } from '../version/objects/member-names.ts';
import { keptByNames, keptFrom, namesIn } from './kept-in.ts';
import { isMadeOf } from './kept-literals.ts';
import type { Kept } from './kept-in.ts';

export const ANY = '*';
/** What a function gives when it is called. */
export const CALL = '()';

/** What differs in a table. */
export interface TablePath {
  /** The names that lead to it from the table, none where that is another value itself; the last is `ANY` where only the program that runs tells. */
  readonly keys: readonly string[];
  /** Only the new source has it. */
  readonly isNew: boolean;
  /** A property that a statement sets on what may be no table, as a function. */
  readonly isProperty?: true;
}

/** An expression that gives a table which changes in place. */
export interface TableRead {
  readonly node: AnyNode;
  readonly fn: FunctionInfo;
  readonly paths: readonly TablePath[];
}

/** What a verdict calls it. */
export interface Changed {
  readonly table: string;
  readonly how: 'changes in place' | 'is another value now';
  /** The patch computes anew what was computed of it as the module loaded, but before it has changed. */
  readonly isAnew?: boolean;
}

interface Taken {
  readonly fn: FunctionInfo;
  readonly value: AnyNode;
  /** The variables that it becomes. */
  readonly names: readonly AnyNode[] | null;
}

/** What gives a new object or list with what was in the other: what is further inside is the same for both. */
const SHALLOW = /^(?:Object\.(?:assign|keys)|Array\.from|slice|concat|keys)$/;
/** What makes something of all that a list, a map or an object has. */
const OF_ALL =
  /^(?:Object\.(?:keys|values|entries|assign|fromEntries)|Array\.from|JSON\.stringify|structuredClone|Reflect\.ownKeys|Object\.getOwnPropertyNames)$/;
const COLLECTS = /^(?:Weak)?(?:Map|Set)$/;
const METHODS =
  /^(?:map|filter|slice|concat|flat|flatMap|reduce|reduceRight|join|entries|keys|values|toSorted|toReversed|toSpliced|with|forEach|length|size)$/;
/** What looks for one of them. */
const FINDS = /^(?:get|has|at|includes|indexOf|find|findIndex|findLast|some|every|test|exec)$/;
/** What gives the object that it is given. */
const GIVES = /^Object\.(?:freeze|seal|preventExtensions|create|setPrototypeOf)$/;
const CLONES = /clone|copy/i;
/** Through variables, and into functions that are given the table. */
const MOST_STEPS = 2;

/** Where what code takes out of a table, or makes of it, is there after the call. */
export function keptOfTable(side: Side, read: TableRead): Kept | null {
  for (const { fn, value, names } of takenOf(side, read, MOST_STEPS)) {
    const kept = names && !side.runsOnce(fn) ? keptByNames(side, fn, names, value, true) : keptFrom(side, fn, value, true);
    if (kept) return kept;
  }
  return null;
}

/** Where a function makes an object for who calls it of all that the table has: `return new Client(merge(TABLE, given))`. */
export function madeOfTable(side: Side, { node, fn, paths }: TableRead): Kept | null {
  if (side.runsOnce(fn)) return null;
  const above = nodesAbove(node, fn.node as AnyNode).toReversed();
  let [at, left] = [node, paths];
  while (above[0]?.type === 'MemberExpression' && above[0].object === at) {
    at = above.shift()!;
    const key = memberName(at as MemberExpression);
    left = left.flatMap((one) => (one.keys[0] === key ? [{ ...one, keys: one.keys.slice(1) }] : []));
  }
  const all = left.some(({ keys }) => keys.length === 1) ? allOf(at, above) : null;
  const made = all && above.find(({ type }) => type === 'NewExpression');
  if (made?.type !== 'NewExpression') return null;
  const name = memberText(made.callee) ?? '';
  // `new Parser(options).parse(text)` is over with the call.
  const isUsedUp = above[above.indexOf(made) + 1]?.type === 'MemberExpression';
  if (name === '' || isUsedUp || /(?:Error|Exception|Warning)$/.test(name) || !isMadeOf(side, fn, all!)) return null;
  return { kind: 'of the module', name: `objects of ${name}`, at: made, fn };
}

/** What gives an object with all that a table has, as the text or its name tells; `above`: from the innermost on. */
function allOf(table: AnyNode, above: readonly AnyNode[]): AnyNode | null {
  const [parent, around] = above;
  if (parent?.type === 'SpreadElement') return around?.type === 'ObjectExpression' ? around : null;
  if (parent?.type !== 'CallExpression' || !parent.arguments.includes(table as never)) return null;
  return COMPLETES.test(memberText(parent.callee)?.split('.').at(-1) ?? '') ? parent : null;
}

/** `path`: of the function that keeps it; `told`: of what something has been said. */
export function logTaken(
  log: VerdictLog,
  side: Side,
  { kind, name, at }: Kept,
  path: string,
  { table, how, isAnew }: Changed,
  told: ReadonlySet<string>,
): void {
  const own = `${path} ${name}`;
  if (told.has(path) || told.has(own)) return;
  switch (kind) {
    case 'at load':
      log.add(
        'computed-at-load',
        side,
        at,
        '',
        isAnew
          ? `it is computed from ${table} as the patch is linked, before that has changed: the modules ask for each other`
          : `it was computed from ${table} as the module loaded, and stays as it is`,
      );
      return;
    case 'of objects':
      log.add('instances-hold', side, at, own, `objects that exist keep in ${name} what they have of ${table}, which ${how}`);
      return;
    case 'of closures':
      log.add('capture-kept', side, at, own, `closures that exist keep in ${name} what they have of ${table}, which ${how}`);
      return;
    default:
      log.add('value-copied', side, at, path, `what it has taken out of ${table}, which ${how}, stays in ${name} as it was`);
  }
}

function takenOf(side: Side, { node, fn, paths }: TableRead, steps: number): Taken[] {
  const above = nodesAbove(node, fn.node as AnyNode);
  let [at, left] = [node, paths];
  const taken = (value: AnyNode, names: readonly AnyNode[] | null = null): Taken[] => [{ fn, value, names }];
  const isOld = left.some(({ isNew, isProperty }) => !isNew && !isProperty);
  if (left.some(({ keys }) => keys.length === 0)) return taken(node);
  for (let i = above.length - 1; i >= 0; i--) {
    const parent = above[i]!;
    const around = above[i - 1];
    switch (parent.type) {
      case 'MemberExpression': {
        if (parent.object !== at || (around?.type === 'AssignmentExpression' && around.left === parent)) return [];
        const key = memberName(parent);
        const isCalled = around?.type === 'CallExpression' && around.callee === parent;
        const inner = left.filter(({ keys }) => keys[0] === key);
        if (key === null) return isOld ? taken(parent) : [];
        if (inner.length === 0 || isCalled) {
          const isUnknown = left.some(({ keys }) => keys[0] === ANY);
          if (FINDS.test(key) && isCalled && isUnknown) return isOld ? taken(around) : [];
          if (METHODS.test(key)) return madeOfAll(isCalled ? around : parent, key);
          return isUnknown && isOld && !isCalled ? taken(parent) : [];
        }
        left = inner.map((one) => ({ ...one, keys: one.keys.slice(1) }));
        const entry = left.find(({ keys }) => keys.length === 0);
        if (entry) return entry.isNew ? [] : taken(parent);
        break;
      }
      case 'ChainExpression':
      case 'ParenthesizedExpression':
      case 'AwaitExpression':
        break;
      // `(0, TABLE)`, as compilers write what is imported
      case 'SequenceExpression':
        if (parent.expressions.at(-1) !== at) return [];
        break;
      case 'SpreadElement':
        return around ? madeOfAll(around, 'slice') : [];
      case 'CallExpression':
        if (parent.callee !== at) return given(parent);
        left = left.flatMap((one) => (one.keys[0] === CALL ? [{ ...one, keys: one.keys.slice(1) }] : []));
        if (left.length === 0) return [];
        if (left.some(({ keys }) => keys.length === 0)) return taken(parent);
        break;
      case 'NewExpression':
        return given(parent);
      case 'VariableDeclarator':
        return parent.init === at ? declared(parent.id as AnyNode) : [];
      case 'ReturnStatement':
        return returned();
      case 'ArrowFunctionExpression':
        return parent.body === at ? returned() : [];
      case 'ForOfStatement':
      case 'ForInStatement':
        return parent.right === at ? taken(parent, namesIn(parent.left as AnyNode)) : [];
      default:
        return [];
    }
    at = parent;
  }
  return [];

  function madeOfAll(value: AnyNode, by: string): Taken[] {
    return SHALLOW.test(by) && left.every(({ keys }) => keys.length > 1) ? [] : taken(value);
  }

  function given(call: (CallExpression | NewExpression) & AnyNode): Taken[] {
    const index = call.arguments.indexOf(at as never);
    if (index < 0) return [];
    const name = memberText(call.callee) ?? '';
    if (call.type === 'NewExpression' && COLLECTS.test(name)) return taken(call);
    if (call.type === 'CallExpression' && OF_ALL.test(name)) return name === 'Object.assign' && index === 0 ? [] : madeOfAll(call, name);
    if (COPIES.test(name.split('.').at(-1)!) && index > 0) return taken(call);
    const callee = steps > 0 ? calledBy(side, call, fn) : null;
    const param = callee && (callee.node as Partial<FunctionNode>).params?.[index];
    const id = param?.type === 'AssignmentPattern' ? param.left : param;
    // What code that is not in sight makes of a table is not the table.
    if (!callee) return (isOld && (side.runsOnce(fn) || isForeign(side, call.callee as AnyNode))) || completes(call) ? taken(call) : [];
    if (!id) return [];
    if (id.type !== 'Identifier') return [{ fn: callee, value: id as AnyNode, names: changedNames(id as AnyNode, left) }];
    const binding = callee.scope.bindings.get(id.name);
    return (binding?.references ?? []).flatMap((ref) =>
      ref.read && ref.fn === callee ? takenOf(side, { node: ref.node, fn: callee, paths: left }, steps - 1) : [],
    );
  }

  /** `const config = () => TABLE` */
  function returned(): Taken[] {
    if (steps === 0 || fn.async || fn.generator) return [];
    return (nameOf(fn)?.references ?? []).flatMap((ref) => {
      const isCall = ref.read && ref.parent.type === 'CallExpression' && ref.parent.callee === ref.node && ref.fn !== fn;
      return isCall ? takenOf(side, { node: ref.parent, fn: ref.fn, paths: left }, steps - 1) : [];
    });
  }

  /** `const OTHER = TABLE`, beside the functions that read it. */
  function otherName({ name }: Identifier): Taken[] {
    const binding = fn.body.bindings.get(name);
    if (!binding || binding.reassigned || binding.declarations.length > 1) return [];
    const reads = binding.references.filter((ref) => ref.read && !side.runsOnce(ref.fn));
    return reads.flatMap((ref) => takenOf(side, { node: ref.node, fn: ref.fn, paths: left }, steps - 1));
  }

  function declared(id: AnyNode): Taken[] {
    if (id.type === 'Identifier') {
      if (steps === 0) return [];
      if (side.runsOnce(fn)) return otherName(id);
      const refs = side
        .refsIn(fn.node.start, fn.node.end)
        .filter((ref) => ref.read && ref.fn === fn && ref.binding?.declarations[0] === id);
      return refs.flatMap((ref) => takenOf(side, { node: ref.node, fn, paths: left }, steps - 1));
    }
    const names = changedNames(id, left);
    return names.length > 0 ? taken(id, names) : [];
  }
}

/** Whether code that is not in sight makes an object of all that the table has, as its name tells: `_.defaults({}, options, TABLE)`. */
function completes({ type, callee, arguments: given }: CallExpression | NewExpression): boolean {
  const name = memberText(callee)?.split('.').at(-1) ?? '';
  return type === 'CallExpression' && COMPLETES.test(name) && (given.length > 1 || CLONES.test(name));
}

/** Whether what is called is of another module or of the platform, as far as its name tells. */
function isForeign(side: Side, callee: AnyNode): boolean {
  const root = rootOf(callee);
  const binding = root.type === 'Identifier' ? side.refAt(root)?.binding : undefined;
  if (binding === undefined || GIVES.test(memberText(callee) ?? '')) return false;
  return binding === null || importsOf(side).has(binding);
}

/** The function that a call of the module runs with what it is given. */
function calledBy(side: Side, { callee }: CallExpression | NewExpression, fn: FunctionInfo): FunctionInfo | null {
  const above = callee.type === 'Super' ? (fn.owner?.node.superClass as AnyNode | null | undefined) : (callee as AnyNode);
  const owner = above ? side.definitionOf(above) : null;
  if (!owner) return null;
  if (owner instanceof FunctionInfo) return isFunctionNode(owner.node as AnyNode) ? owner : null;
  return owner.members.find(({ kind, isImplicit }) => kind.endsWith('constructor') && !isImplicit) ?? null;
}

/** The variables that a pattern gives what differs. */
function changedNames(pattern: AnyNode, paths: readonly TablePath[]): readonly AnyNode[] {
  const known = paths.filter(({ isNew, keys }) => !isNew || keys.length > 1);
  if (pattern.type !== 'ObjectPattern') return known.some(({ isNew }) => !isNew) ? namesIn(pattern) : [];
  return (pattern as ObjectPattern).properties.flatMap((property) => {
    if (property.type === 'RestElement') return namesIn(property.argument as AnyNode);
    if (property.computed) return namesIn(property.value as AnyNode);
    const key = keyName(property.key, false);
    const inner = known.filter(({ keys }) => keys[0] === ANY || keys[0] === key);
    if (inner.some(({ keys }) => keys.length === 1)) return namesIn(property.value as AnyNode);
    const deeper = inner.map((one) => ({ ...one, keys: one.keys.slice(1) }));
    return deeper.length > 0 && property.value.type !== 'Identifier' ? changedNames(property.value as AnyNode, deeper) : [];
  });
}
