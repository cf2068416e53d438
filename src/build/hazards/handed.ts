/**
 * Functions that have changed, where code of a module gives them to a function of another module: what that computes with them
 * it may remember, though nothing in it has changed.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { functionOf } from '../version/values/effects.ts';
import { sourcesOf } from '../version/values/flow.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import { requireOf } from '../version/forms/items.ts';
import { nodesOf } from '../version/program/nodes.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode, rootOf, walk } from '../version/program/walk.ts';
import { givenAway } from './at-load.ts';
import { calledOfOther } from './through-variables.ts';
import { importsOf } from '../version/modules/imports.ts';
import { Outside } from './outside.ts';
import { computedBy } from './computed-by.ts';

export interface Handed {
  /** How the module asks for the other one, and the names under which that may give away what is called. */
  readonly source: string;
  readonly names: readonly string[];
  /** Which of the arguments it is. */
  readonly index: number;
  /** The call, in the old version. */
  readonly at: AnyNode;
  /** It is an entry of an object that is written out there: `create({ limit: () => 5 })`. */
  readonly isTable?: true;
  /** The path of the function that has changed: the one that is given, or one that it calls. */
  readonly path: string;
}

/** What is given as argument `index` to what a module gives away as `name`. */
export const handedAs = (name: string, index: number): string => `${index} ${name}`;

export function handedIn(ctx: ModuleContext, changed: ReadonlySet<FunctionInfo>): readonly Handed[] {
  const { base } = ctx;
  const outside = new Outside(ctx);
  if (changed.size === 0 && !outside.hasChanged) return [];
  const imports = importsOf(base);
  // In a bundle there are hundreds of thousands of calls, and hardly an import.
  const mayBeImported = (root: AnyNode): boolean => (root.type === 'Identifier' ? imports.size > 0 : requireOf(root) !== null);
  const { program } = base.model;
  return [nodesOf(program, 'CallExpression'), nodesOf(program, 'NewExpression')].flat().flatMap((call): Handed[] => {
    const { callee, arguments: given } = call;
    const direct = (callee.type === 'SequenceExpression' ? callee.expressions.at(-1) : callee) as AnyNode;
    if (given.length === 0 || !mayBeImported(rootOf(direct))) return [];
    const functions = given.map((argument) => functionsGiven(ctx, argument as AnyNode));
    const called = functions.some((own) => own.length > 0) ? calledOfOther(base, imports, callee as AnyNode) : null;
    if (!called) return [];
    return functions.flatMap((own, index) => {
      const path = own.map((fn) => computedBy(base, [fn.node as AnyNode], changed, outside, fn)).find((one) => one !== null);
      const isTable = given[index]!.type === 'ObjectExpression' ? { isTable: true as const } : {};
      return path ? [{ source: called.source, names: called.names, index, path, at: call, ...isTable }] : [];
    });
  });
}

function functionsGiven(ctx: ModuleContext, argument: AnyNode): readonly FunctionInfo[] {
  const values =
    argument.type === 'ObjectExpression' ? argument.properties.flatMap((own) => (own.type === 'Property' ? own.value : [])) : [argument];
  return (values as AnyNode[]).flatMap((value) => functionGiven(ctx, value) ?? []);
}

export function functionGiven({ base }: Pick<ModuleContext, 'base'>, argument: AnyNode): FunctionInfo | null {
  if (isFunctionNode(argument)) return base.fnAt.get(argument) ?? null;
  return argument.type === 'Identifier' ? functionOf(base, base.refAt(argument)?.binding ?? null) : null;
}

/** Parameters by which a function is given what computes for it, as those name it who call it from other modules. */
export class Given {
  private readonly side: Side;

  constructor(side: Side) {
    this.side = side;
  }

  /** As which arguments `fn` was given the functions that `values` are computed by. */
  to(fn: FunctionInfo, values: readonly AnyNode[]): string[] {
    const { side } = this;
    const called = new Set<number>();
    for (const root of values.flatMap((value) => sourcesOf(side, fn.node as AnyNode, value)))
      walk(root, (node) => {
        if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return;
        const binding = side.refAt(node.callee)?.binding;
        if (binding?.kind === 'param' && binding.scope.fn === fn)
          called.add((fn.node as FunctionNode).params.indexOf(binding.declarations[0] as never));
      });
    if (called.size === 0) return [];
    const names = [...givenAway(side, itemsOf(side, side.model.root), (owner) => owner === fn).keys()];
    return names.flatMap((name) => [...called].map((index) => handedAs(name, index)));
  }
}
