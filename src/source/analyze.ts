/**
 * One walk over a module: its functions, classes, scopes and every reference resolved to its binding.
 * The instrumenter and the builder both rest on it, so that they agree on what a function can reach.
 */
import type {
  AnonymousFunctionDeclaration,
  AnyNode,
  BinaryExpression,
  BlockStatement,
  CatchClause,
  Class,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  Function as FunctionNode,
  FunctionDeclaration,
  LogicalExpression,
  MethodDefinition,
  Program,
  PropertyDefinition,
  StaticBlock,
  SwitchStatement,
  VariableDeclaration,
} from 'acorn';
import { holdersIn, isNode } from './children.ts';
import { hasConstructor, implicitConstructor } from './implicit.ts';
import { Binding, ClassInfo, FunctionInfo, Scope } from './model.ts';
import type { BindingKind, FunctionKind, ModuleModel } from './model.ts';
import { NameWalk } from './name-walk.ts';
import { parseModule } from './parse.ts';
import type { ModuleFormat } from './parse.ts';
import { hasExpression } from './parameters.ts';
import { assignPaths } from './paths.ts';
import { resolveReference } from './resolve.ts';
import { noteForAwait, noteLoop, noteReturn, noteSuspension } from './suspensions.ts';

/** The names that Node's CommonJS wrapper puts around a module. */
const COMMONJS_NAMES = ['exports', 'require', 'module', '__filename', '__dirname'];

class Analyzer extends NameWalk {
  readonly functions: FunctionInfo[] = [];
  readonly classes: ClassInfo[] = [];
  readonly items: (FunctionInfo | ClassInfo)[] = [];
  run(program: Program, format: ModuleFormat): { root: FunctionInfo; scope: Scope } {
    const root = new FunctionInfo(program, 'module', null, null, format === 'module' || startsStrict(program.body), []);
    this.add(root);
    this.fn = root;
    const scope = new Scope('module', null, root, program);
    root.scope = root.body = this.scope = scope;
    if (format === 'commonjs') for (const name of COMMONJS_NAMES) scope.add(new Binding(name, 'implicit', scope));
    this.stack.push(program);
    this.each(program.body);
    this.stack.pop();
    for (let i = 0; i < this.references.length; i++) resolveReference(this.references[i]!);
    for (let i = 0; i < this.functions.length; i++) this.functions[i]!.index = i;
    for (let i = 0; i < this.classes.length; i++) this.classes[i]!.index = i;
    // They are met in that order, but for what stands where the constructor would that a class does not write.
    this.items.sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end);
    assignPaths(this.items);
    return { root, scope };
  }

  private add(fn: FunctionInfo): void {
    this.functions.push(fn);
    this.items.push(fn);
    fn.parent?.children.push(fn);
    fn.insideWith = this.scope?.insideWith === true;
  }

  /** What is met most often stands first: the cases are compared one by one. */
  protected override visit(node: AnyNode): void {
    switch (node.type) {
      case 'Identifier':
        this.reference(node, true, false);
        return;
      case 'MemberExpression':
        this.stack.push(node);
        this.visit(node.object);
        if (node.object.type === 'Super') this.fn.thisOwner.usesSuperProperty = true;
        if (node.computed) this.visit(node.property);
        this.stack.pop();
        return;
      case 'Literal':
        return;
      case 'CallExpression':
        this.stack.push(node);
        if (node.callee.type === 'Super') {
          this.fn.thisOwner.usesSuperCall = true;
          this.fn.usesSuperCall = true;
        }
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval' && !node.optional) this.markEval();
        this.visit(node.callee);
        this.each(node.arguments);
        this.stack.pop();
        return;
      case 'BinaryExpression':
      case 'LogicalExpression':
        this.stack.push(node);
        this.operands(node);
        this.stack.pop();
        return;
      case 'Property':
        this.stack.push(node);
        if (node.computed) this.visit(node.key);
        if (node.value.type === 'FunctionExpression' && (node.method || node.kind !== 'init')) {
          this.visitFunction(node.value, node.kind === 'get' ? 'getter' : node.kind === 'set' ? 'setter' : 'method', null);
        } else this.visit(node.value);
        this.stack.pop();
        return;
      case 'ExpressionStatement':
        this.stack.push(node);
        this.visit(node.expression);
        this.stack.pop();
        return;
      case 'VariableDeclaration':
        this.variables(node);
        return;
      case 'BlockStatement':
        this.block(node);
        return;
      case 'ThisExpression':
        this.markThis(this.fn.thisOwner);
        return;
      case 'IfStatement':
      case 'ConditionalExpression':
        this.stack.push(node);
        this.visit(node.test);
        this.visit(node.consequent);
        if (node.alternate) this.visit(node.alternate);
        this.stack.pop();
        return;
      case 'ObjectExpression':
        this.stack.push(node);
        this.each(node.properties);
        this.stack.pop();
        return;
      case 'ReturnStatement':
        noteReturn(this, node);
        if (node.argument) this.below(node, node.argument);
        return;
      case 'AssignmentExpression':
        this.stack.push(node);
        this.assignTargets(node.left, node.operator !== '=');
        this.visit(node.right);
        this.stack.pop();
        return;
      case 'UnaryExpression':
      case 'SpreadElement':
      case 'ThrowStatement':
        this.below(node, node.argument);
        return;
      case 'NewExpression':
        this.stack.push(node);
        this.visit(node.callee);
        this.each(node.arguments);
        this.stack.pop();
        return;
      case 'ArrayExpression':
        this.stack.push(node);
        for (let i = 0; i < node.elements.length; i++) if (node.elements[i]) this.visit(node.elements[i]!);
        this.stack.pop();
        return;
      case 'TemplateLiteral':
        this.stack.push(node);
        this.each(node.expressions);
        this.stack.pop();
        return;
      case 'FunctionExpression':
        this.visitFunction(node, 'function', null);
        return;
      case 'ArrowFunctionExpression':
        this.visitFunction(node, 'arrow', null);
        return;
      case 'FunctionDeclaration':
        this.functionDeclaration(node);
        return;
      case 'AwaitExpression':
        noteSuspension(this, node);
        this.below(node, node.argument);
        return;
      case 'YieldExpression':
        noteSuspension(this, node);
        if (node.argument) this.below(node, node.argument);
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'TemplateElement':
        return;
      case 'UpdateExpression':
        this.stack.push(node);
        this.assignTargets(node.argument, true);
        this.stack.pop();
        return;
      case 'ClassDeclaration':
        if (node.id) this.declareName(node.id.name, 'class', this.scope, node.id);
        this.visitClass(node);
        return;
      case 'ClassExpression':
        this.visitClass(node);
        return;
      case 'SwitchStatement':
        this.block(node);
        return;
      case 'TryStatement':
        this.fn.suspensions.push(node);
        this.otherwise(node);
        return;
      case 'CatchClause':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        this.block(node);
        return;
      case 'WhileStatement':
      case 'DoWhileStatement':
        noteLoop(this, node);
        this.otherwise(node);
        return;
      case 'WithStatement': {
        this.stack.push(node);
        this.visit(node.object);
        const outer = this.scope;
        this.scope = new Scope('with', outer, this.fn, node);
        this.visit(node.body);
        this.scope = outer;
        this.stack.pop();
        return;
      }
      case 'LabeledStatement':
        this.below(node, node.body);
        return;
      case 'Super': {
        const owner = this.fn.thisOwner;
        this.markThis(owner);
        for (let fn: FunctionInfo = this.fn; fn !== owner && fn.parent; fn = fn.parent) fn.usesSuperProperty = true;
        return;
      }
      case 'MetaProperty':
        if (node.meta.name === 'new') {
          this.fn.thisOwner.usesNewTarget = true;
          this.fn.usesNewTarget = true;
        }
        return;
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) this.declareName(specifier.local.name, 'import', this.scope, specifier.local);
        return;
      case 'ExportNamedDeclaration':
        this.stack.push(node);
        if (node.declaration) this.visit(node.declaration);
        else if (!node.source)
          for (const specifier of node.specifiers) if (specifier.local.type === 'Identifier') this.reference(specifier.local, true, false);
        this.stack.pop();
        return;
      case 'ExportAllDeclaration':
        return;
      default:
        this.otherwise(node);
    }
  }

  private isForTarget(): boolean {
    const holder = this.stack[this.stack.length - 3];
    return holder?.type === 'ForInStatement' || holder?.type === 'ForOfStatement';
  }

  private each(nodes: readonly AnyNode[]): void {
    for (let i = 0; i < nodes.length; i++) this.visit(nodes[i]!);
  }

  private otherwise(node: AnyNode): void {
    this.stack.push(node);
    this.children(node);
    this.stack.pop();
  }

  /** What has a scope of its own. */
  private block(node: BlockStatement | SwitchStatement | CatchClause | ForStatement | ForInStatement | ForOfStatement): void {
    const outer = this.scope;
    if (node.type === 'ForOfStatement' && node.await) noteForAwait(this, node);
    this.stack.push(node);
    this.scope = new Scope('block', outer, this.fn, node);
    switch (node.type) {
      case 'BlockStatement':
        this.each(node.body);
        break;
      case 'CatchClause':
        if (node.param) this.declarePattern(node.param, 'catch', this.scope, true);
        this.visit(node.body);
        break;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.left.type === 'VariableDeclaration') this.visit(node.left);
        else this.assignTargets(node.left, false);
        this.visit(node.right);
        noteLoop(this, node);
        this.visit(node.body);
        break;
      case 'ForStatement':
        noteLoop(this, node);
        this.children(node);
        break;
      default:
        this.children(node);
    }
    this.scope = outer;
    this.stack.pop();
  }

  private variables(node: VariableDeclaration): void {
    if (node.kind === 'await using') this.fn.disposes = 'async';
    else if (node.kind === 'using' && this.fn.disposes === 'no') this.fn.disposes = 'sync';
    const scope = node.kind === 'var' ? this.varScope : this.scope;
    const kind: BindingKind = node.kind === 'var' ? 'var' : node.kind === 'let' ? 'let' : 'const';
    this.stack.push(node);
    for (const declarator of node.declarations) {
      this.stack.push(declarator);
      this.declarePattern(declarator.id, kind, scope, declarator.init != null || this.isForTarget());
      if (declarator.init) this.visit(declarator.init);
      this.stack.pop();
    }
    this.stack.pop();
  }

  private functionDeclaration(node: FunctionDeclaration | AnonymousFunctionDeclaration): void {
    if (node.id) {
      const atTop = this.scope === this.varScope;
      this.declareName(node.id.name, 'function', this.scope, node.id);
      // Annex B.3.3: in sloppy code a function in a block is also a `var` of the function around it.
      if (!atTop && !this.fn.strict && !node.async && !node.generator && !this.blocksVar(node.id.name))
        this.declareName(node.id.name, 'var', this.varScope).reassigned = true;
    }
    this.visitFunction(node, 'function', null);
  }

  /** Thousands of strings joined by `+` nest as deep on their left: walked along it, not down it. */
  private operands(node: BinaryExpression | LogicalExpression): void {
    let left: AnyNode = node.left;
    if (left.type !== 'BinaryExpression' && left.type !== 'LogicalExpression') {
      this.visit(left);
      return this.visit(node.right);
    }
    const rights: AnyNode[] = [node.right];
    while (left.type === 'BinaryExpression' || left.type === 'LogicalExpression') {
      rights.push(left.right);
      left = left.left;
    }
    this.visit(left);
    for (let right = rights.pop(); right; right = rights.pop()) this.visit(right);
  }

  private children(node: AnyNode): void {
    const holder = node as unknown as Record<string, unknown>;
    for (const key of holdersIn(node)) {
      const value = holder[key];
      if (Array.isArray(value)) {
        for (const item of value) if (isNode(item)) this.visit(item);
      } else if (isNode(value)) this.visit(value);
    }
  }

  private visitFunction(node: FunctionNode & AnyNode, kind: FunctionKind, owner: ClassInfo | null): void {
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

  private visitClass(node: Class & AnyNode): void {
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

function startsStrict(body: readonly AnyNode[]): boolean {
  for (const statement of body) {
    if (statement.type !== 'ExpressionStatement' || statement.directive === undefined) return false;
    if (statement.directive === 'use strict') return true;
  }
  return false;
}

/** Parses and analyses one module. Throws ERR_SYNTAX. */
export function analyzeModule(text: string, format: ModuleFormat, file: string): ModuleModel {
  const program = parseModule(text, format, file);
  const analyzer = new Analyzer();
  const { root, scope } = analyzer.run(program, format);
  return {
    file,
    text,
    format,
    program,
    root,
    scope,
    functions: analyzer.functions,
    classes: analyzer.classes,
    items: analyzer.items,
    references: analyzer.references,
  };
}
