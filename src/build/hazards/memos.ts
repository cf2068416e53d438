/**
 * Properties in which objects of a class keep the code that they have generated, and the text that it was made of: each is
 * filled only where it holds nothing. An object that is made to hold nothing there again makes it anew.
 */
import type { AnyNode, AssignmentExpression, CallExpression } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { functionAround } from '../version/program/function-around.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { classNamed, classPathOf } from '../version/objects/create.ts';
import type { InScope } from '../version/objects/create.ts';
import { nodesOf, nodesOfAny, nodesWithin } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { nodesAbove } from '../version/program/walk.ts';
import { generatorsIn, mayGenerate } from './generated.ts';
import { callsNamed } from '../version/program/calls-by-name.ts';
import { booleanOf, isNull, isUndefined, nothingTest } from '../version/forms/nothing.ts';

/** One generator, and all that its class keeps of what it makes. */
export interface Memos {
  readonly generator: AnyNode;
  /** The method that holds it. */
  readonly fn: FunctionInfo;
  readonly type: InScope;
  readonly path: string;
  readonly properties: ReadonlySet<string>;
  /** What the code and its text are computed by. */
  readonly made: readonly AnyNode[];
}

export const memosIn = askedOnce((side: Side): readonly Memos[] => {
  const generators = mayGenerate(side.model.text) ? generatorsIn(side) : [];
  return generators.flatMap((generator) => new Reading(side, generator).memos ?? []);
});

class Reading {
  private readonly side: Side;
  private readonly generator: AnyNode;
  private readonly properties = new Set<string>();
  private readonly made: AnyNode[] = [];

  constructor(side: Side, generator: AnyNode) {
    this.side = side;
    this.generator = generator;
  }

  get memos(): Memos | null {
    const { side, generator, properties, made } = this;
    const fn = methodAround(side, generator);
    const type = fn && classNamed(side, fn);
    if (!fn || !type || !this.isKept(fn)) return null;
    this.readText(fn);
    return { generator, fn, type, path: classPathOf(fn), properties, made };
  }

  /** Whether what `fn` makes goes nowhere but into properties that are filled once, by itself or by methods that call it. */
  private isKept(fn: FunctionInfo): boolean {
    this.made.push(fn.node as AnyNode);
    const own = fillAround(this.side, this.generator, fn);
    if (own !== null) return this.keep(own);
    const name = nameOf(fn);
    const calls = name === null ? [] : callsNamed(this.side.model.program, name).filter((call) => calledOnThis(call) === name);
    const isFilled = (call: AnyNode): boolean => {
      const caller = methodAround(this.side, call);
      const fill = caller && classPathOf(caller) === classPathOf(fn) ? fillAround(this.side, call, caller) : null;
      return fill !== null && this.keep(fill);
    };
    return calls.length > 0 && calls.every(isFilled);
  }

  /** The methods that give the text, and what they keep of it. */
  private readText(fn: FunctionInfo): void {
    const { start, end } = this.generator;
    for (const call of nodesWithin(this.side.model.program, 'CallExpression', start, end)) {
      const name = calledOnThis(call);
      const giver = name === null ? undefined : this.side.model.functions.find((f) => nameOf(f) === name && f.owner === fn.owner);
      if (!giver) continue;
      this.made.push(giver.node as AnyNode);
      for (const assignment of nodesOf(this.side.model.program, 'AssignmentExpression')) {
        if (assignment.start < giver.node.start || assignment.end > giver.node.end) continue;
        const property = ownProperty(assignment.left);
        if (property !== null && isGuarded(this.side, assignment, giver, property)) this.keep(property);
      }
    }
  }

  /** False where something else is done with the property than to fill it where it holds nothing, and to empty it. */
  private keep(property: string): boolean {
    if (!isMemo(this.side, property)) return false;
    this.properties.add(property);
    return true;
  }
}

/** The property of `this` that `value`, in `fn`, is put into where it holds nothing. */
function fillAround(side: Side, value: AnyNode, fn: FunctionInfo): string | null {
  const above = nodesAbove(value, fn.node as AnyNode);
  for (let i = above.length - 1; i >= 0; i--) {
    const node = above[i]!;
    if (node.type !== 'AssignmentExpression') return null;
    const property = ownProperty(node.left);
    if (property !== null) return isGuarded(side, node, fn, property) ? property : null;
  }
  return null;
}

/** Whether all that the module does to properties of that name is to fill them where they hold nothing, and to empty them. */
export function isMemo(side: Side, property: string): boolean {
  const { program } = side.model;
  const isOf = (node: AnyNode): boolean =>
    node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && node.property.name === property;
  if (nodesOf(program, 'UpdateExpression').some(({ argument }) => isOf(argument))) return false;
  for (const entry of nodesOfAny(program, 'Property', 'PropertyDefinition')) {
    if (entry.computed || keyName(entry.key, false) !== property) continue;
    const value = entry.value as AnyNode | null;
    if (!isBlank(value) && !isBlankDescriptor(value)) return false;
  }
  return nodesOf(program, 'AssignmentExpression').every((assignment) => {
    if (!isOf(assignment.left) || isBlank(assignment.right)) return true;
    const fn = methodAround(side, assignment);
    return fn !== null && ownProperty(assignment.left) === property && isGuarded(side, assignment, fn, property);
  });
}

/** `if (!this.p) … this.p = value`, with `this.p` in a variable or not; `this.p ||= value`; `this.p ?? (this.p = value)`. */
function isGuarded(side: Side, assignment: AssignmentExpression & AnyNode, fn: FunctionInfo, property: string): boolean {
  if (assignment.operator !== '=') return assignment.operator === '||=' || assignment.operator === '??=';
  const held = new Set<AnyNode>();
  for (const { id, init } of nodesOf(side.model.program, 'VariableDeclarator'))
    if (init && id.type === 'Identifier' && id.start > fn.node.start && id.end < fn.node.end && ownProperty(init) === property)
      held.add(id);
  const isIt = (node: AnyNode): boolean =>
    ownProperty(node) === property ||
    (node.type === 'Identifier' && (side.refAt(node)?.binding?.declarations.some((id) => held.has(id)) ?? false));
  const above = nodesAbove(assignment, fn.node as AnyNode);
  return above.some((node, i) => {
    const inner = above[i + 1] ?? assignment;
    if (node.type === 'IfStatement') return node.consequent === inner && isEmptyTest(node.test, isIt);
    return node.type === 'LogicalExpression' && node.operator !== '&&' && node.right === inner && isIt(node.left);
  });
}

function isEmptyTest(test: AnyNode, isIt: (node: AnyNode) => boolean): boolean {
  if (test.type === 'UnaryExpression') return test.operator === '!' && isIt(test.argument);
  const asked = nothingTest(test);
  return asked !== null && asked.holds && asked.kind !== 'undefined' && isIt(asked.of);
}

function ownProperty(node: AnyNode): string | null {
  if (node.type !== 'MemberExpression' || node.computed || node.object.type !== 'ThisExpression') return null;
  return node.property.type === 'Identifier' ? node.property.name : null;
}

function calledOnThis({ callee }: CallExpression): string | null {
  return ownProperty(callee);
}

const nameOf = ({ node, ancestors }: FunctionInfo): string | null => {
  const member = ancestors.at(-1);
  return member?.type === 'MethodDefinition' && member.value === node && !member.computed ? keyName(member.key, false) : null;
};

/** The method of a class, written as one, in whose own code `node` stands. */
function methodAround(side: Side, node: AnyNode): FunctionInfo | null {
  let found = functionAround(side, node);
  while (found.kind === 'arrow' && found.parent) found = found.parent;
  return found.owner ? found : null;
}

/** Null and undefined: what `!` and `== null` take for nothing. */
function isBlank(node: AnyNode | null): boolean {
  return node === null || isNull(node) || isUndefined(node);
}

/** `{ value: null, writable: true }`: `undefined` where no value is said. */
function isBlankDescriptor(node: AnyNode | null): boolean {
  if (node?.type !== 'ObjectExpression') return false;
  let isWritable = false;
  const isFine = node.properties.every((entry) => {
    if (entry.type !== 'Property' || entry.computed) return false;
    const name = keyName(entry.key, false);
    if (name === 'writable') isWritable = booleanOf(entry.value as AnyNode) === true;
    return name === 'value' || name === '__proto__'
      ? isBlank(entry.value as AnyNode)
      : name === 'writable' || name === 'configurable' || name === 'enumerable';
  });
  return isFine && isWritable;
}
