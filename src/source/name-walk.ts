/** A walk over a module, as far as names go: what is declared, read and written where the walk is. */
import type { AnyNode, Identifier, Pattern } from 'acorn';
import { insideLoop } from './enclosing.ts';
import { Binding } from './model.ts';
import type { BindingKind, FunctionInfo, Reference, Scope } from './model.ts';
import type { Position } from './suspensions.ts';

export abstract class NameWalk implements Position {
  readonly references: Reference[] = [];
  /** The nodes around, outermost first. */
  readonly stack: AnyNode[] = [];
  fn!: FunctionInfo;
  scope!: Scope;

  protected abstract visit(node: AnyNode): void;

  protected below(node: AnyNode, only: AnyNode): void {
    this.stack.push(node);
    this.visit(only);
    this.stack.pop();
  }

  protected get varScope(): Scope {
    return this.fn.body;
  }

  protected declareName(name: string, kind: BindingKind, scope: Scope, node?: Identifier): Binding {
    const binding = scope.find(name);
    if (!binding || binding.kind === 'implicit') return scope.add(new Binding(name, kind, scope, node));
    if (binding.kind !== kind && (kind === 'var' || kind === 'function')) {
      // `var f; function f() {}` and parameters declared again share one binding that is written twice.
      binding.reassigned = true;
    } else if (kind === 'function') binding.reassigned = true;
    if (node) binding.declarations.push(node);
    return binding;
  }

  protected declarePattern(pattern: Pattern, kind: BindingKind, scope: Scope, initialised: boolean): void {
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
            this.stack.push(property);
            if (property.computed) this.visit(property.key);
            this.declarePattern(property.value, kind, scope, true);
            this.stack.pop();
          }
        }
        return;
      case 'ArrayPattern':
        for (const element of pattern.elements) if (element) this.declarePattern(element, kind, scope, true);
        return;
      case 'AssignmentPattern':
        this.declarePattern(pattern.left, kind, scope, true);
        this.below(pattern, pattern.right);
        return;
      case 'RestElement':
        this.declarePattern(pattern.argument, kind, scope, true);
        return;
      default:
        this.visit(pattern);
    }
  }

  /** Targets of an assignment: names that are written, not declared. */
  protected assignTargets(pattern: AnyNode, alsoRead: boolean): void {
    switch (pattern.type) {
      case 'Identifier':
        this.reference(pattern, alsoRead, true);
        return;
      case 'ObjectPattern':
        this.stack.push(pattern);
        for (const property of pattern.properties) {
          if (property.type === 'RestElement') this.assignTargets(property.argument, false);
          else {
            if (property.computed) this.visit(property.key);
            this.stack.push(property);
            this.assignTargets(property.value, false);
            this.stack.pop();
          }
        }
        this.stack.pop();
        return;
      case 'ArrayPattern':
        this.stack.push(pattern);
        for (const element of pattern.elements) if (element) this.assignTargets(element, false);
        this.stack.pop();
        return;
      case 'AssignmentPattern':
        this.stack.push(pattern);
        this.assignTargets(pattern.left, false);
        this.visit(pattern.right);
        this.stack.pop();
        return;
      case 'RestElement':
        this.assignTargets(pattern.argument, false);
        return;
      default:
        this.visit(pattern);
    }
  }

  protected reference(node: Identifier, read: boolean, write: boolean): void {
    const parent = this.stack[this.stack.length - 1]!;
    this.references.push({ node, parent, scope: this.scope, fn: this.fn, read, write, binding: null, before: null });
  }

  protected blocksVar(name: string): boolean {
    for (let scope: Scope | null = this.scope; scope && scope !== this.varScope; scope = scope.parent) {
      const kind = scope.bindings.get(name)?.kind;
      if (kind === 'let' || kind === 'const' || kind === 'class') return true;
    }
    const own = this.varScope.bindings.get(name)?.kind ?? this.fn.scope.bindings.get(name)?.kind;
    return own === 'let' || own === 'const' || own === 'class' || own === 'param';
  }

  protected markThis(owner: FunctionInfo): void {
    owner.usesThis = true;
    if (owner === this.fn) return;
    owner.thisCaptured = true;
    for (let fn: FunctionInfo = this.fn; fn !== owner && fn.parent; fn = fn.parent) fn.usesThis = true;
  }

  protected markEval(): void {
    this.fn.hasDirectEval = true;
    this.markThis(this.fn.thisOwner);
    this.fn.thisOwner.usesArguments = true;
    for (let scope: Scope | null = this.scope; scope; scope = scope.parent) scope.evalVisible = true;
  }
}
