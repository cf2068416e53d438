/** The walk into functions and classes: each is listed with the scopes that its code stands in. */
import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  AssignmentProperty,
  Class,
  Function as FunctionNode,
  FunctionDeclaration,
  FunctionExpression,
  MethodDefinition,
  Property,
  PropertyDefinition,
  StaticBlock,
} from 'acorn';
import { ExpressionWalk } from './expression-walk.ts';
import { hasConstructor, implicitConstructor } from './implicit.ts';
import { ClassInfo, FunctionInfo, Scope } from './model.ts';
import type { FunctionKind } from './model.ts';
import { hasExpression } from './parameters.ts';

export abstract class FunctionWalk extends ExpressionWalk {
  readonly functions: FunctionInfo[] = [];
  readonly classes: ClassInfo[] = [];
  readonly items: (FunctionInfo | ClassInfo)[] = [];

  protected add(fn: FunctionInfo): void {
    this.functions.push(fn);
    this.items.push(fn);
    fn.parent?.children.push(fn);
    fn.insideWith = this.scope?.insideWith === true;
  }

  protected functionDeclaration(node: FunctionDeclaration | AnonymousFunctionDeclaration): void {
    if (node.id) {
      const atTop = this.scope === this.varScope;
      this.declareName(node.id.name, 'function', this.scope, node.id);
      // Annex B.3.3: in sloppy code a function in a block is also a `var` of the function around it.
      if (!atTop && !this.fn.strict && !node.async && !node.generator && !this.blocksVar(node.id.name))
        this.declareName(node.id.name, 'var', this.varScope).reassigned = true;
    }
    this.visitFunction(node, 'function', null);
  }

  protected override method({ kind, value }: Property | AssignmentProperty): void {
    this.visitFunction(value as AnyNode as FunctionExpression, kind === 'get' ? 'getter' : kind === 'set' ? 'setter' : 'method', null);
  }

  protected visitFunction(node: FunctionNode & AnyNode, kind: FunctionKind, owner: ClassInfo | null): void {
    const outerFn = this.fn;
    const outerScope = this.scope;
    const strict = outerFn.strict || owner !== null || (node.body.type === 'BlockStatement' && startsStrict(node.body.body));
    const fn = new FunctionInfo(node, kind, outerFn, owner, strict, this.stack.slice());
    this.add(fn);
    if (owner) owner.members.push(fn);
    this.stack.push(node);
    if (node.type === 'FunctionExpression' && node.id) {
      this.scope = new Scope('block', outerScope, outerFn, node);
      this.declareName(node.id.name, 'own-name', this.scope, node.id);
    }
    const scope = new Scope('function', this.scope, fn, node);
    const expressions = node.params.some(hasExpression);
    fn.scope = scope;
    fn.body = expressions ? new Scope('body', scope, fn, node) : scope;
    this.fn = fn;
    this.scope = scope;
    for (const parameter of node.params) this.declarePattern(parameter, 'param', scope, true);
    this.scope = fn.body;
    if (node.body.type === 'BlockStatement') {
      this.stack.push(node.body);
      this.each(node.body.body);
      this.stack.pop();
    } else this.visit(node.body);
    this.stack.pop();
    this.fn = outerFn;
    this.scope = outerScope;
  }

  protected visitClass(node: Class & AnyNode): void {
    const outerScope = this.scope;
    const outerFn = this.fn;
    const outerStrict = outerFn.strict;
    const info = new ClassInfo(node, outerFn, this.stack.slice());
    this.classes.push(info);
    this.items.push(info);
    const scope = new Scope('class', outerScope, outerFn, node);
    info.scope = scope;
    this.stack.push(node);
    this.scope = scope;
    if (node.id) this.declareName(node.id.name, 'class', scope, node.id);
    // Everything in a class, heritage and computed keys included, is strict code.
    outerFn.strict = true;
    if (node.superClass) this.visit(node.superClass);
    this.stack.push(node.body);
    for (const member of node.body.body)
      if (member.type !== 'StaticBlock' && member.key.type === 'PrivateIdentifier') info.privateNames.add(member.key.name);
    if (!hasConstructor(node)) {
      const member = implicitConstructor(node);
      this.stack.push(member);
      this.visitFunction(member.value, info.derived ? 'derived-constructor' : 'constructor', info);
      this.stack.pop();
      // Whatever takes its place may ask.
      info.members.at(-1)!.usesNewTarget = true;
    }
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') {
        this.visitInitialiser(member, 'static', info);
        continue;
      }
      if (member.computed) this.below(member, member.key);
      if (member.type === 'PropertyDefinition') {
        if (member.value) this.visitInitialiser(member, member.static ? 'static' : 'field', info);
      } else {
        this.stack.push(member);
        this.visitFunction(member.value, kindOf(member, info), info);
        this.stack.pop();
      }
    }
    this.stack.pop();
    outerFn.strict = outerStrict;
    this.stack.pop();
    this.scope = outerScope;
  }

  private visitInitialiser(node: PropertyDefinition | StaticBlock, kind: FunctionKind, owner: ClassInfo): void {
    const outerFn = this.fn;
    const outerScope = this.scope;
    const fn = new FunctionInfo(node, kind, outerFn, owner, true, this.stack.slice());
    this.add(fn);
    owner.members.push(fn);
    fn.scope = fn.body = this.scope = new Scope('function', outerScope, fn, node);
    this.fn = fn;
    if (node.type === 'StaticBlock') this.otherwise(node);
    else this.below(node, node.value!);
    this.fn = outerFn;
    this.scope = outerScope;
  }
}

function kindOf({ kind }: MethodDefinition, { derived }: ClassInfo): FunctionKind {
  switch (kind) {
    case 'constructor':
      return derived ? 'derived-constructor' : 'constructor';
    case 'get':
      return 'getter';
    case 'set':
      return 'setter';
    default:
      return 'method';
  }
}

export function startsStrict(body: readonly AnyNode[]): boolean {
  for (const statement of body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) return false;
    if (statement.directive === 'use strict') return true;
  }
  return false;
}
