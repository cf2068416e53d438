/**
 * One walk over a module: its functions, classes, scopes and every reference resolved to its binding.
 * The instrumenter and the builder both rest on it, so that they agree on what a function can reach.
 */
import type {
  AnyNode,
  BlockStatement,
  CatchClause,
  ConditionalExpression,
  ExportNamedDeclaration,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  IfStatement,
  ImportDeclaration,
  Program,
  SwitchStatement,
  VariableDeclaration,
  WithStatement,
} from 'acorn';
import { FunctionWalk, startsStrict } from './function-walk.ts';
import { Binding, FunctionInfo, Scope } from './model.ts';
import type { BindingKind, ModuleModel } from './model.ts';
import { parseModule } from './parse.ts';
import type { ModuleFormat } from './parse.ts';
import { assignPaths } from './paths.ts';
import { resolveReference } from './resolve.ts';
import { noteForAwait, noteLoop, noteReturn, noteSuspension } from './suspensions.ts';

/** The names that Node's CommonJS wrapper puts around a module. */
const COMMONJS_NAMES = ['exports', 'require', 'module', '__filename', '__dirname'];

class Analyzer extends FunctionWalk {
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

  /** What is met most often stands first: the cases are compared one by one. */
  protected override visit(node: AnyNode): void {
    switch (node.type) {
      case 'Identifier':
        return this.reference(node, true, false);
      case 'MemberExpression':
        return this.member(node);
      case 'Literal':
        return;
      case 'CallExpression':
        return this.call(node);
      case 'BinaryExpression':
      case 'LogicalExpression':
        return this.operands(node);
      case 'Property':
        return this.property(node);
      case 'ExpressionStatement':
        return this.below(node, node.expression);
      case 'VariableDeclaration':
        return this.variables(node);
      case 'BlockStatement':
        return this.block(node);
      case 'ThisExpression':
        return this.markThis(this.fn.thisOwner);
      case 'IfStatement':
      case 'ConditionalExpression':
        return this.branches(node);
      case 'ObjectExpression':
        return this.all(node, node.properties);
      case 'ReturnStatement':
        noteReturn(this, node);
        return this.argument(node);
      case 'AssignmentExpression':
        return this.assignment(node);
      case 'UnaryExpression':
      case 'SpreadElement':
      case 'ThrowStatement':
        return this.below(node, node.argument);
      case 'NewExpression':
        return this.construction(node);
      case 'ArrayExpression':
        return this.all(node, node.elements);
      case 'TemplateLiteral':
        return this.all(node, node.expressions);
      case 'FunctionExpression':
        return this.visitFunction(node, 'function', null);
      case 'ArrowFunctionExpression':
        return this.visitFunction(node, 'arrow', null);
      case 'FunctionDeclaration':
        return this.functionDeclaration(node);
      case 'AwaitExpression':
      case 'YieldExpression':
        noteSuspension(this, node);
        return this.argument(node);
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'TemplateElement':
      case 'ExportAllDeclaration':
        return;
      case 'UpdateExpression':
        return this.update(node);
      case 'ClassDeclaration':
        if (node.id) this.declareName(node.id.name, 'class', this.scope, node.id);
        return this.visitClass(node);
      case 'ClassExpression':
        return this.visitClass(node);
      case 'SwitchStatement':
      case 'CatchClause':
      case 'ForStatement':
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.block(node);
      case 'TryStatement':
        this.fn.suspensions.push(node);
        return this.otherwise(node);
      case 'WhileStatement':
      case 'DoWhileStatement':
        noteLoop(this, node);
        return this.otherwise(node);
      case 'WithStatement':
        return this.withStatement(node);
      case 'LabeledStatement':
        return this.below(node, node.body);
      case 'Super':
        return this.superReference();
      case 'MetaProperty':
        return this.metaProperty(node);
      case 'ImportDeclaration':
        return this.imports(node);
      case 'ExportNamedDeclaration':
        return this.exports(node);
      default:
        this.otherwise(node);
    }
  }

  private branches(node: IfStatement | ConditionalExpression): void {
    this.stack.push(node);
    this.visit(node.test);
    this.visit(node.consequent);
    if (node.alternate) this.visit(node.alternate);
    this.stack.pop();
  }

  private withStatement(node: WithStatement): void {
    this.stack.push(node);
    this.visit(node.object);
    const outer = this.scope;
    this.scope = new Scope('with', outer, this.fn, node);
    this.visit(node.body);
    this.scope = outer;
    this.stack.pop();
  }

  private imports({ specifiers }: ImportDeclaration): void {
    for (const { local } of specifiers) this.declareName(local.name, 'import', this.scope, local);
  }

  private exports(node: ExportNamedDeclaration): void {
    this.stack.push(node);
    if (node.declaration) this.visit(node.declaration);
    else if (!node.source) for (const { local } of node.specifiers) if (local.type === 'Identifier') this.reference(local, true, false);
    this.stack.pop();
  }

  private isForTarget(): boolean {
    const holder = this.stack[this.stack.length - 3];
    return holder?.type === 'ForInStatement' || holder?.type === 'ForOfStatement';
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
