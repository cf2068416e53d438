/** What a function's code uses besides names: `this`, `super`, `new.target`, private names, `import.meta`. */
import type { AnyNode, CallExpression, MemberExpression } from 'acorn';
import { childrenOf } from '../../../source/children.ts';
import { isClassNode } from './walk.ts';

export interface Special<T extends AnyNode = AnyNode> {
  readonly node: T;
  readonly parent: AnyNode;
  /** In an arrow function within, not in the function itself. */
  readonly nested: boolean;
}

export interface Specials {
  readonly thisUses: Special[];
  readonly superCalls: Special<CallExpression>[];
  readonly superMembers: Special<MemberExpression>[];
  readonly newTargets: Special[];
  readonly returns: AnyNode[];
  /** Private names that no class within declares. */
  readonly privateNames: Set<string>;
  readonly metas: AnyNode[];
}

/** Collects over `root`; its own function boundary does not count, those of nested functions do. */
export function specialsOf(root: AnyNode): Specials {
  const found: Specials = {
    thisUses: [],
    superCalls: [],
    superMembers: [],
    newTargets: [],
    returns: [],
    privateNames: new Set(),
    metas: [],
  };
  /** `own`: `this` and its kind are still the root's. */
  const visit = (node: AnyNode, parent: AnyNode, own: boolean, nested: boolean, declared: ReadonlySet<string>): void => {
    switch (node.type) {
      case 'ThisExpression':
        if (own) found.thisUses.push({ node, parent, nested });
        return;
      case 'PrivateIdentifier':
        if (!declared.has(node.name)) found.privateNames.add(node.name);
        return;
      case 'MetaProperty':
        if (node.meta.name === 'import') found.metas.push(node);
        else if (own) found.newTargets.push({ node, parent, nested });
        return;
      case 'CallExpression':
        if (own && node.callee.type === 'Super') found.superCalls.push({ node, parent, nested });
        break;
      case 'MemberExpression':
        if (own && node.object.type === 'Super') found.superMembers.push({ node, parent, nested });
        break;
      case 'ReturnStatement':
        if (own && !nested) found.returns.push(node);
        break;
      default:
        break;
    }
    let inOwn = own;
    let inNested = nested;
    let names = declared;
    if (node !== root) {
      if (
        node.type === 'FunctionExpression' ||
        node.type === 'FunctionDeclaration' ||
        node.type === 'PropertyDefinition' ||
        node.type === 'StaticBlock'
      )
        inOwn = false;
      else if (node.type === 'ArrowFunctionExpression') inNested = true;
    }
    if (isClassNode(node)) {
      const members = (node as { body: { body: AnyNode[] } }).body.body;
      names = new Set(declared);
      for (const member of members)
        if ('key' in member && member.key?.type === 'PrivateIdentifier') (names as Set<string>).add(member.key.name);
    }
    for (const child of childrenOf(node)) visit(child, node, inOwn, inNested, names);
  };
  for (const child of childrenOf(root)) visit(child, root, true, false, new Set());
  return found;
}
