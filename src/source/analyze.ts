/**
 * One walk over a module: its functions, classes, scopes and every reference resolved to its binding.
 * The instrumenter and the builder both rest on it, so that they agree on what a function can reach.
 */
import type {
  AnyNode,
  BinaryExpression,
  Class,
  Function as FunctionNode,
  Identifier,
  LogicalExpression,
  Pattern,
  Program,
  PropertyDefinition,
  StaticBlock,
} from 'acorn';
import { holdersIn, isNode } from './children.ts';
import { insideLoop } from './enclosing.ts';
import { hasConstructor, implicitConstructor } from './implicit.ts';
import { Binding, ClassInfo, FunctionInfo, Scope } from './model.ts';
import type { BindingKind, FunctionKind, ModuleModel, Reference } from './model.ts';
import { parseModule } from './parse.ts';
import type { ModuleFormat } from './parse.ts';
import { hasExpression } from './parameters.ts';
import { assignPaths } from './paths.ts';
import { resolveReference } from './resolve.ts';
import { noteForAwait, noteLoop, noteReturn, noteSuspension } from './suspensions.ts';
import type { Position } from './suspensions.ts';

/** The names that Node's CommonJS wrapper puts around a module. */
const COMMONJS_NAMES = ['exports', 'require', 'module', '__filename', '__dirname'];

class Analyzer {
  readonly functions: FunctionInfo[] = [];
  readonly classes: ClassInfo[] = [];
  readonly references: Reference[] = [];
  private readonly stack: AnyNode[] = [];
  private fn!: FunctionInfo;
  private scope!: Scope;

  run(program: Program, format: ModuleFormat): { root: FunctionInfo; scope: Scope } {
    const root = new FunctionInfo(program, 'module', null, null, format === 'module' || startsStrict(program.body), []);
    this.add(root);
    this.fn = root;
    const scope = new Scope('module', null, root, program);
    root.scope = root.body = this.scope = scope;
    if (format === 'commonjs') for (const name of COMMONJS_NAMES) scope.bindings.set(name, new Binding(name, 'implicit', scope));
    this.stack.push(program);
    for (const statement of program.body) this.visit(statement);
    this.stack.pop();
    for (const reference of this.references) resolveReference(reference);
    for (let i = 0; i < this.functions.length; i++) this.functions[i]!.index = i;
    for (let i = 0; i < this.classes.length; i++) this.classes[i]!.index = i;
    assignPaths(this.functions, this.classes);
    return { root, scope };
  }

  private get position(): Position {
    return { fn: this.fn, scope: this.scope, stack: this.stack };
  }

  private add(fn: FunctionInfo): void {
    this.functions.push(fn);
    fn.parent?.children.push(fn);
    fn.insideWith = fn.parent?.insideWith === true || this.insideWith();
  }

  private insideWith(): boolean {
    for (let scope: Scope | null = this.scope ?? null; scope; scope = scope.parent) if (scope.kind === 'with') return true;
    return false;
  }

  private declareName(name: string, kind: BindingKind, scope: Scope, node?: Identifier): Binding {
    let binding = scope.bindings.get(name);
    if (!binding || binding.kind === 'implicit') {
      binding = new Binding(name, kind, scope);
      scope.bindings.set(name, binding);
    } else if (binding.kind !== kind && (kind === 'var' || kind === 'function')) {
      // `var f; function f() {}` and parameters declared again share one binding that is written twice.
      binding.reassigned = true;
    } else if (kind === 'function') binding.reassigned = true;
    if (node) binding.declarations.push(node);
    return binding;
  }

  private declarePattern(pattern: Pattern, kind: BindingKind, scope: Scope, initialised: boolean): void {
    switch (pattern.type) {
      case 'Identifier': {
        const binding = this.declareName(pattern.name, kind, scope, pattern);
        // A `var` with an initialiser is an assignment: on a second pass, or after a hoisted read, it changes the value.
        if (kind === 'var' && initialised && (binding.declarations.length > 1 || binding.kind === 'param' || insideLoop(this.stack)))
          binding.reassigned = true;
        return;
      }
      case 'ObjectPattern':
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.declarePattern(property.argument, kind, scope, true);
          else {
            if (property.computed) this.within(property, () => this.visit(property.key));
            this.within(property, () => this.declarePattern(property.value, kind, scope, true));
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.declarePattern(element, kind, scope, true);
        return;
      case 'AssignmentPattern':
        this.declarePattern(pattern.left, kind, scope, true);
        this.within(pattern, () => this.visit(pattern.right));
        return;
      case 'RestElement':
        this.declarePattern(pattern.argument, kind, scope, true);
        return;
      default:
        this.visit(pattern);
    }
  }

  /** Targets of an assignment: names that are written, not declared. */
  private assignTargets(pattern: AnyNode, alsoRead: boolean): void {
    switch (pattern.type) {
      case 'Identifier':
        this.reference(pattern, alsoRead, true);
        return;
      case 'ObjectPattern':
        this.within(pattern, () => {
          for (const property of pattern.properties) {
            if (property.type === 'RestElement') this.assignTargets(property.argument, false);
            else {
              if (property.computed) this.visit(property.key);
              this.within(property, () => this.assignTargets(property.value, false));
            }
          }
        });
        return;
      case 'ArrayPattern':
        this.within(pattern, () => {
          for (const element of pattern.elements) if (element) this.assignTargets(element, false);
        });
        return;
      case 'AssignmentPattern':
        this.within(pattern, () => {
          this.assignTargets(pattern.left, false);
          this.visit(pattern.right);
        });
        return;
      case 'RestElement':
        this.assignTargets(pattern.argument, false);
        return;
      default:
        this.visit(pattern);
    }
  }

  private reference(node: Identifier, read: boolean, write: boolean): void {
    this.references.push({ node, parent: this.stack[this.stack.length - 1]!, scope: this.scope, fn: this.fn, read, write, binding: null });
  }

  private within<T>(node: AnyNode, body: () => T): T {
    this.stack.push(node);
    const result = body();
    this.stack.pop();
    return result;
  }

  private inScope(kind: Scope['kind'], node: AnyNode, body: () => void): void {
    const outer = this.scope;
    this.scope = new Scope(kind, outer, this.fn, node);
    body();
    this.scope = outer;
  }

  private get varScope(): Scope {
    return this.fn.body;
  }

  private visit(node: AnyNode): void {
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
      case 'CallExpression':
        this.stack.push(node);
        if (node.callee.type === 'Super') {
          this.fn.thisOwner.usesSuperCall = true;
          this.fn.usesSuperCall = true;
        }
        if (node.callee.type === 'Identifier' && node.callee.name === 'eval' && !node.optional) this.markEval();
        this.visit(node.callee);
        for (const argument of node.arguments) this.visit(argument);
        this.stack.pop();
        return;
      case 'Literal':
      case 'TemplateElement':
        return;
      case 'ExpressionStatement':
        this.stack.push(node);
        this.visit(node.expression);
        this.stack.pop();
        return;
      case 'IfStatement':
      case 'ConditionalExpression':
        this.stack.push(node);
        this.visit(node.test);
        this.visit(node.consequent);
        if (node.alternate) this.visit(node.alternate);
        this.stack.pop();
        return;
      case 'VariableDeclaration': {
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
        return;
      }
      case 'Property':
        this.stack.push(node);
        if (node.computed) this.visit(node.key);
        if (node.value.type === 'FunctionExpression' && (node.method || node.kind !== 'init')) {
          this.visitFunction(node.value, node.kind === 'get' ? 'getter' : node.kind === 'set' ? 'setter' : 'method', null);
        } else this.visit(node.value);
        this.stack.pop();
        return;
      case 'FunctionDeclaration': {
        if (node.id) {
          const atTop = this.scope === this.varScope;
          this.declareName(node.id.name, 'function', this.scope, node.id);
          // Annex B.3.3: in sloppy code a function in a block is also a `var` of the function around it.
          if (!atTop && !this.fn.strict && !node.async && !node.generator && !this.blocksVar(node.id.name))
            this.declareName(node.id.name, 'var', this.varScope).reassigned = true;
        }
        this.visitFunction(node, 'function', null);
        return;
      }
      case 'FunctionExpression':
        this.visitFunction(node, 'function', null);
        return;
      case 'ArrowFunctionExpression':
        this.visitFunction(node, 'arrow', null);
        return;
      case 'ClassDeclaration':
        if (node.id) this.declareName(node.id.name, 'class', this.scope, node.id);
        this.visitClass(node);
        return;
      case 'ClassExpression':
        this.visitClass(node);
        return;
      case 'ImportDeclaration':
        for (const specifier of node.specifiers) this.declareName(specifier.local.name, 'import', this.scope, specifier.local);
        return;
      case 'ExportNamedDeclaration':
        this.within(node, () => {
          if (node.declaration) this.visit(node.declaration);
          else if (!node.source)
            for (const specifier of node.specifiers)
              if (specifier.local.type === 'Identifier') this.reference(specifier.local, true, false);
        });
        return;
      case 'ExportAllDeclaration':
        return;
      case 'AssignmentExpression':
        this.stack.push(node);
        this.assignTargets(node.left, node.operator !== '=');
        this.visit(node.right);
        this.stack.pop();
        return;
      case 'UpdateExpression':
        this.within(node, () => this.assignTargets(node.argument, true));
        return;
      case 'ForInStatement':
      case 'ForOfStatement':
        if (node.type === 'ForOfStatement' && node.await) noteForAwait(this.position, node);
        this.within(node, () =>
          this.inScope('block', node, () => {
            if (node.left.type === 'VariableDeclaration') this.visit(node.left);
            else this.assignTargets(node.left, false);
            this.visit(node.right);
            noteLoop(this.position, node);
            this.visit(node.body);
          }),
        );
        return;
      case 'ForStatement':
        this.within(node, () =>
          this.inScope('block', node, () => {
            noteLoop(this.position, node);
            this.children(node);
          }),
        );
        return;
      case 'WhileStatement':
      case 'DoWhileStatement':
        noteLoop(this.position, node);
        this.within(node, () => this.children(node));
        return;
      case 'SwitchStatement':
      case 'BlockStatement':
        this.stack.push(node);
        this.inScope('block', node, () => this.children(node));
        this.stack.pop();
        return;
      case 'CatchClause':
        this.within(node, () =>
          this.inScope('block', node, () => {
            if (node.param) this.declarePattern(node.param, 'catch', this.scope, true);
            this.visit(node.body);
          }),
        );
        return;
      case 'WithStatement':
        this.within(node, () => {
          this.visit(node.object);
          this.inScope('with', node, () => this.visit(node.body));
        });
        return;
      case 'Super': {
        const owner = this.fn.thisOwner;
        this.markThis(owner);
        for (let fn: FunctionInfo = this.fn; fn !== owner && fn.parent; fn = fn.parent) fn.usesSuperProperty = true;
        return;
      }
      case 'ThisExpression':
        this.markThis(this.fn.thisOwner);
        return;
      case 'MetaProperty':
        if (node.meta.name === 'new') {
          this.fn.thisOwner.usesNewTarget = true;
          this.fn.usesNewTarget = true;
        }
        return;
      case 'BinaryExpression':
      case 'LogicalExpression':
        this.stack.push(node);
        this.operands(node);
        this.stack.pop();
        return;
      case 'AwaitExpression':
      case 'YieldExpression':
        noteSuspension(this.position, node);
        this.within(node, () => this.children(node));
        return;
      case 'TryStatement':
        this.fn.suspensions.push(node);
        this.within(node, () => this.children(node));
        return;
      case 'ReturnStatement':
        noteReturn(this.position, node);
        this.within(node, () => this.children(node));
        return;
      case 'LabeledStatement':
        this.within(node, () => this.visit(node.body));
        return;
      case 'BreakStatement':
      case 'ContinueStatement':
        return;
      default:
        this.stack.push(node);
        this.children(node);
        this.stack.pop();
    }
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

  private isForTarget(): boolean {
    const holder = this.stack[this.stack.length - 3];
    return holder?.type === 'ForInStatement' || holder?.type === 'ForOfStatement';
  }

  private blocksVar(name: string): boolean {
    for (let scope: Scope | null = this.scope; scope && scope !== this.varScope; scope = scope.parent) {
      const kind = scope.bindings.get(name)?.kind;
      if (kind === 'let' || kind === 'const' || kind === 'class') return true;
    }
    const own = this.varScope.bindings.get(name)?.kind ?? this.fn.scope.bindings.get(name)?.kind;
    return own === 'let' || own === 'const' || own === 'class' || own === 'param';
  }

  private markThis(owner: FunctionInfo): void {
    owner.usesThis = true;
    if (owner === this.fn) return;
    owner.thisCaptured = true;
    for (let fn: FunctionInfo = this.fn; fn !== owner && fn.parent; fn = fn.parent) fn.usesThis = true;
  }

  private markEval(): void {
    this.fn.hasDirectEval = true;
    this.markThis(this.fn.thisOwner);
    this.fn.thisOwner.usesArguments = true;
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent) scope.evalVisible = true;
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
      for (const statement of node.body.body) this.visit(statement);
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
      this.within(member, () => this.visitFunction(member.value, info.derived ? 'derived-constructor' : 'constructor', info));
      // Whatever takes its place may ask.
      info.members.at(-1)!.usesNewTarget = true;
    }
    for (const member of node.body.body) {
      if (member.type === 'StaticBlock') this.visitInitialiser(member, 'static', info, () => this.children(member));
      else {
        this.within(member, () => {
          if (member.computed) this.visit(member.key);
        });
        if (member.type === 'PropertyDefinition') {
          const value = member.value;
          if (value) this.visitInitialiser(member, member.static ? 'static' : 'field', info, () => this.visit(value));
        } else {
          const kind: FunctionKind =
            member.kind === 'constructor'
              ? info.derived
                ? 'derived-constructor'
                : 'constructor'
              : member.kind === 'get'
                ? 'getter'
                : member.kind === 'set'
                  ? 'setter'
                  : 'method';
          this.within(member, () => this.visitFunction(member.value, kind, info));
        }
      }
    }
    this.stack.pop();
    outerFn.strict = outerStrict;
    this.stack.pop();
    this.scope = outerScope;
  }

  private visitInitialiser(node: PropertyDefinition | StaticBlock, kind: FunctionKind, owner: ClassInfo, body: () => void): void {
    const outerFn = this.fn;
    const outerScope = this.scope;
    const fn = new FunctionInfo(node, kind, outerFn, owner, true, this.stack.slice());
    this.add(fn);
    owner.members.push(fn);
    fn.scope = fn.body = this.scope = new Scope('function', outerScope, fn, node);
    this.fn = fn;
    this.within(node, body);
    this.fn = outerFn;
    this.scope = outerScope;
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
    references: analyzer.references,
  };
}
