/** Where a value within one function may come from, as far as its text shows. Variables count as one where they share a name. */
import type { AnyNode, Function as FunctionNode, Pattern } from 'acorn';
import { isFunctionNode, rootOf, walk } from './walk.ts';

/** All nodes that `value`, an expression within `fn`, may be computed from: its own, and those of what its variables are given there. */
export function sourcesOf(fn: AnyNode, value: AnyNode): AnyNode[] {
  const given = givenIn(fn);
  const sources: AnyNode[] = [value];
  const followed = new Set<string>();
  for (const source of sources) {
    for (const name of namesIn(source)) {
      if (followed.has(name)) continue;
      followed.add(name);
      sources.push(...(given.get(name) ?? []));
    }
  }
  return sources;
}

/** For each name, the expressions within `fn` whose values a variable of that name, or what it holds, may be given. */
function givenIn(fn: AnyNode): Map<string, AnyNode[]> {
  const given = new Map<string, AnyNode[]>();
  const give = (target: AnyNode, values: readonly AnyNode[]): void => {
    for (const name of namesIn(target)) given.set(name, [...(given.get(name) ?? []), ...values]);
  };
  const giveAll = (callback: AnyNode, values: readonly AnyNode[]): void => {
    for (const parameter of (callback as FunctionNode).params as Pattern[]) give(parameter, values);
  };
  walk(fn, (node) => {
    switch (node.type) {
      case 'VariableDeclarator':
        if (node.init) give(node.id, [node.init]);
        break;
      case 'AssignmentExpression':
        give(node.left.type === 'MemberExpression' ? rootOf(node.left) : node.left, [node.right]);
        break;
      case 'ForOfStatement':
      case 'ForInStatement':
        give(node.left, [node.right]);
        break;
      case 'CallExpression': {
        // What a method is given may end up in its object; a function that is given is called with what stands beside it.
        if (node.callee.type === 'MemberExpression') give(rootOf(node.callee), node.arguments);
        const beside = node.arguments.filter((argument) => !isFunctionNode(argument));
        for (const argument of node.arguments) if (isFunctionNode(argument)) giveAll(argument, [node.callee, ...beside]);
        break;
      }
      default:
        break;
    }
  });
  return given;
}

function namesIn(node: AnyNode): Set<string> {
  const names = new Set<string>();
  walk(node, (inner) => {
    if (inner.type === 'Identifier') names.add(inner.name);
  });
  return names;
}
