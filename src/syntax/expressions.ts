/** Expressions, but for functions and classes. */
import type {
  AnyNode,
  CallExpression,
  Expression,
  FunctionExpression,
  Identifier,
  MemberExpression,
  ObjectExpression,
  Property,
  SpreadElement,
} from 'acorn';
import * as K from './kinds.ts';
import { LiteralParser } from './literals.ts';
import { giveUp } from './scanner.ts';

export abstract class ExpressionParser extends LiteralParser {
  protected inAsync = false;
  protected inGenerator = false;
  /** Where the last await or yield was read: a parameter list must have none. */
  protected suspendedAt = -1;
  /** Where an expression begins that may turn out to be the parameters of an arrow function. */
  private arrowAt = -1;
  protected readonly isModule: boolean;

  constructor(text: string, isModule: boolean) {
    super(text);
    this.isModule = isModule;
  }

  /** Behind `function`, for which the token that is next stands. */
  protected abstract functionExpression(start: number, async: boolean): Expression;
  /** The token that is next is what its body begins with. */
  protected abstract arrowFunction(start: number, parameters: AnyNode[], async: boolean, noIn: boolean): Expression;
  protected abstract method(async: boolean, generator: boolean): Expression;
  protected abstract classExpression(): Expression;

  protected override expression(noIn: boolean): Expression {
    const { start } = this;
    const first = this.assignment(noIn);
    if (this.kind !== K.COMMA) return first;
    const expressions = [first];
    while (this.eat(K.COMMA)) expressions.push(this.assignment(noIn));
    return { type: 'SequenceExpression', start, end: this.lastEnd, expressions };
  }

  protected override assignment(noIn: boolean): Expression {
    const { start, kind } = this;
    if (kind === K.YIELD) return this.yields(noIn);
    if (kind === K.PAREN_L || kind === K.NAME || kind === K.ASYNC) this.arrowAt = start;
    let left = this.unary(noIn);
    // Most of what follows an operand ends the expression.
    if (this.kind < K.QUESTION) return left;
    if (K.PRECEDENCE[this.kind] !== 0 && !isBareArrow(left, start)) left = this.operators(left, start, 0, noIn);
    if (this.kind === K.QUESTION && !isBareArrow(left, start)) left = this.conditional(left, start, noIn);
    if (this.kind !== K.ASSIGN && this.kind !== K.ASSIGN_OP) return left;
    const operator = this.value as '=';
    const target = operator === '=' ? this.toPattern(left, false) : assertSimple(left);
    this.next();
    const right = this.assignment(noIn);
    return { type: 'AssignmentExpression', start, end: this.lastEnd, operator, left: target, right };
  }

  private yields(noIn: boolean): Expression {
    if (!this.inGenerator) giveUp();
    const { start } = this;
    this.suspendedAt = start;
    this.next();
    let delegate = false;
    let argument: Expression | null = null;
    if (!this.newline) {
      switch (this.kind) {
        case K.SEMICOLON:
        case K.BRACE_R:
        case K.PAREN_R:
        case K.BRACKET_R:
        case K.COMMA:
        case K.COLON:
        case K.EOF:
        case K.IN:
          break;
        default:
          if (this.isWord('of')) break;
          delegate = this.eat(K.STAR);
          argument = this.assignment(noIn);
      }
    }
    return { type: 'YieldExpression', start, end: this.lastEnd, delegate, argument };
  }

  private conditional(test: Expression, start: number, noIn: boolean): Expression {
    this.next();
    const consequent = this.assignment(false);
    this.expect(K.COLON);
    const alternate = this.assignment(noIn);
    return { type: 'ConditionalExpression', start, end: this.lastEnd, test, consequent, alternate };
  }

  private operators(first: Expression, start: number, least: number, noIn: boolean): Expression {
    let left = first;
    for (;;) {
      const { kind } = this;
      const precedence = K.PRECEDENCE[kind]!;
      if (precedence <= least || (noIn && kind === K.IN)) return left;
      const operator = this.value as '+';
      this.next();
      const from = this.start;
      let right = this.unary(noIn);
      if (K.PRECEDENCE[this.kind]! > precedence) right = this.operators(right, from, precedence, noIn);
      const end = this.lastEnd;
      left =
        kind <= K.AND
          ? { type: 'LogicalExpression', start, end, operator: operator as '&&' | '+' as '&&', left, right }
          : { type: 'BinaryExpression', start, end, operator, left, right };
    }
  }

  private unary(noIn: boolean): Expression {
    const { start, kind } = this;
    switch (kind) {
      case K.NOT:
      case K.SUM:
      case K.TYPEOF:
      case K.VOID:
      case K.DELETE: {
        const operator = this.value as '!';
        this.next();
        const argument = this.operand(noIn);
        // Wrong in strict code, and of private names.
        if (kind === K.DELETE && !isDeletable(argument)) giveUp();
        return { type: 'UnaryExpression', start, end: this.lastEnd, operator, prefix: true, argument };
      }
      case K.STEP: {
        const operator = this.value as '++';
        this.next();
        const from = this.start;
        const argument = assertSimple(this.postfix(this.leftHandSide(noIn), from));
        return this.power({ type: 'UpdateExpression', start, end: this.lastEnd, operator, prefix: true, argument }, start, noIn);
      }
      case K.AWAIT: {
        if (!this.inAsync) giveUp();
        this.suspendedAt = start;
        this.next();
        const argument = this.operand(noIn);
        return { type: 'AwaitExpression', start, end: this.lastEnd, argument };
      }
      case K.PRIVATE: {
        const name = this.privateName();
        if (this.kind !== K.IN || noIn) giveUp();
        return name as unknown as Expression;
      }
      default: {
        let value = this.leftHandSide(noIn);
        if (this.kind < K.QUESTION) return value;
        value = this.postfix(value, start);
        return this.kind === K.POWER && !isBareArrow(value, start) ? this.power(value, start, noIn) : value;
      }
    }
  }

  /** Of a unary operator, which must not stand before a power. */
  private operand(noIn: boolean): Expression {
    const { start } = this;
    const argument = this.unary(noIn);
    if (argument.type === 'BinaryExpression' && argument.start === start && argument.operator === '**') giveUp();
    return argument;
  }

  private power(left: Expression, start: number, noIn: boolean): Expression {
    if (this.kind !== K.POWER) return left;
    this.next();
    const right = this.unary(noIn);
    return { type: 'BinaryExpression', start, end: this.lastEnd, operator: '**', left, right };
  }

  private postfix(operand: Expression, start: number): Expression {
    let value = operand;
    while (this.kind === K.STEP && !this.newline) {
      const argument = assertSimple(value);
      const { end } = this;
      value = { type: 'UpdateExpression', start, end, operator: this.value as '++', prefix: false, argument };
      this.next();
    }
    return value;
  }

  protected leftHandSide(noIn: boolean): Expression {
    const { start } = this;
    const mayBeAsyncArrow = this.kind === K.ASYNC && this.arrowAt === start;
    const base = this.primary(noIn);
    switch (this.kind) {
      case K.DOT:
      case K.BRACKET_L:
      case K.PAREN_L:
      case K.TEMPLATE:
      case K.QUESTION_DOT:
        break;
      default:
        return base;
    }
    if (isBareArrow(base, start)) return base;
    return this.subscripts(base, start, true, mayBeAsyncArrow && base.end - base.start === 5, noIn);
  }

  /** What follows a value: members, calls, templates. */
  private subscripts(first: Expression, start: number, calls: boolean, mayBeAsyncArrow: boolean, noIn: boolean): Expression {
    let base = first;
    let chained = false;
    for (;;) {
      switch (this.kind) {
        case K.DOT: {
          this.next();
          const property = this.kind === K.PRIVATE ? this.privateName() : this.anyName();
          base = { type: 'MemberExpression', start, end: this.lastEnd, object: base, property, computed: false, optional: false };
          break;
        }
        case K.BRACKET_L:
          base = this.computedMember(base, start, false);
          break;
        case K.PAREN_L: {
          if (!calls) return base;
          const { newline } = this;
          const from = this.start;
          const list = this.callArguments();
          if (mayBeAsyncArrow && base === first && this.kind === K.ARROW && !this.newline) {
            if (newline || this.suspendedAt > from) giveUp();
            this.next();
            return this.arrowFunction(start, list, true, noIn);
          }
          base = { type: 'CallExpression', start, end: this.lastEnd, callee: base, arguments: list, optional: false };
          break;
        }
        case K.TEMPLATE: {
          if (chained) giveUp();
          const quasi = this.template(true);
          base = { type: 'TaggedTemplateExpression', start, end: this.lastEnd, tag: base, quasi };
          break;
        }
        case K.QUESTION_DOT:
          if (!calls) giveUp();
          chained = true;
          base = this.optional(base, start);
          break;
        default:
          return chained ? { type: 'ChainExpression', start, end: this.lastEnd, expression: base as CallExpression } : base;
      }
    }
  }

  private computedMember(object: Expression, start: number, optional: boolean): MemberExpression {
    this.next();
    const property = this.expression(false);
    this.expect(K.BRACKET_R);
    return { type: 'MemberExpression', start, end: this.lastEnd, object, property, computed: true, optional };
  }

  private optional(base: Expression, start: number): Expression {
    this.next();
    switch (this.kind) {
      case K.PAREN_L: {
        const list = this.callArguments();
        return { type: 'CallExpression', start, end: this.lastEnd, callee: base, arguments: list, optional: true };
      }
      case K.BRACKET_L:
        return this.computedMember(base, start, true);
      case K.TEMPLATE:
        return giveUp();
      default: {
        const property = this.kind === K.PRIVATE ? this.privateName() : this.anyName();
        return { type: 'MemberExpression', start, end: this.lastEnd, object: base, property, computed: false, optional: true };
      }
    }
  }

  private callArguments(): (Expression | SpreadElement)[] {
    this.next();
    if (this.kind === K.PAREN_R) {
      this.next();
      return [];
    }
    // V8 makes room for sixteen more where the first is pushed.
    const list = [this.callArgument()];
    while (this.kind !== K.PAREN_R) list.push(this.callArgument());
    this.next();
    return list;
  }

  /** With the comma behind it. */
  private callArgument(): Expression | SpreadElement {
    const argument = this.kind === K.ELLIPSIS ? this.spread() : this.assignment(false);
    if (this.kind !== K.PAREN_R) this.expect(K.COMMA);
    return argument;
  }

  private spread(): SpreadElement {
    const { start } = this;
    this.next();
    const argument = this.assignment(false);
    return { type: 'SpreadElement', start, end: this.lastEnd, argument };
  }

  private primary(noIn: boolean): Expression {
    const { start, end, kind } = this;
    switch (kind) {
      case K.NAME:
      case K.USING: {
        const name = this.anyName();
        if (this.kind !== K.ARROW || this.newline || this.arrowAt !== start) return name;
        assertArgument(name);
        this.next();
        return this.arrowFunction(start, [name], false, noIn);
      }
      case K.ASYNC:
        return this.asyncWord(noIn);
      case K.STRING:
      case K.NUMBER:
        return this.literal();
      case K.THIS:
        this.next();
        return { type: 'ThisExpression', start, end };
      case K.PAREN_L:
        return this.parenthesised(noIn);
      case K.BRACKET_L:
        return this.array();
      case K.BRACE_L:
        return this.object();
      case K.FUNCTION:
        this.next();
        return this.functionExpression(start, false);
      case K.CLASS:
        return this.classExpression();
      case K.NEW:
        return this.newExpression();
      case K.TEMPLATE:
        return this.template(false);
      case K.NULL:
      case K.TRUE:
      case K.FALSE: {
        const raw = this.value as string;
        this.next();
        return { type: 'Literal', start, end, value: kind === K.NULL ? null : kind === K.TRUE, raw };
      }
      case K.SUPER:
        this.next();
        if (this.kind !== K.DOT && this.kind !== K.BRACKET_L && this.kind !== K.PAREN_L) giveUp();
        return { type: 'Super', start, end } as unknown as Expression;
      case K.SLASH:
      case K.ASSIGN_OP:
        return this.regularExpression();
      case K.IMPORT:
        return this.importExpression();
      default:
        return giveUp();
    }
  }

  private asyncWord(noIn: boolean): Expression {
    const { start } = this;
    const mayBeArrow = this.arrowAt === start;
    const name = this.anyName();
    if (this.newline) return name;
    if (this.kind === K.FUNCTION) {
      this.next();
      return this.functionExpression(start, true);
    }
    if (mayBeArrow && this.isName) {
      if (this.isWord('of')) giveUp();
      const parameter = this.anyName();
      assertArgument(parameter);
      if (this.newline || this.kind !== K.ARROW) giveUp();
      this.next();
      return this.arrowFunction(start, [parameter], true, noIn);
    }
    if (this.kind === K.ARROW) giveUp();
    return name;
  }

  private parenthesised(noIn: boolean): Expression {
    const { start } = this;
    const mayBeArrow = this.arrowAt === start;
    this.next();
    const from = this.start;
    const list: AnyNode[] = [];
    let onlyParameters = false;
    while (this.kind !== K.PAREN_R) {
      if (this.kind === K.ELLIPSIS) {
        list.push(this.restElement());
        onlyParameters = true;
        break;
      }
      list.push(this.assignment(false));
      if (this.kind === K.PAREN_R) break;
      this.expect(K.COMMA);
      onlyParameters = this.kind === K.PAREN_R;
    }
    const end = this.lastEnd;
    this.expect(K.PAREN_R);
    if (this.kind === K.ARROW && mayBeArrow && !this.newline) {
      if (this.suspendedAt > start) giveUp();
      this.next();
      return this.arrowFunction(start, list, false, noIn);
    }
    if (onlyParameters || list.length === 0) giveUp();
    return list.length === 1
      ? (list[0] as Expression)
      : { type: 'SequenceExpression', start: from, end, expressions: list as Expression[] };
  }

  private array(): Expression {
    const { start } = this;
    const elements: (Expression | SpreadElement | null)[] = [];
    this.next();
    while (this.kind !== K.BRACKET_R) {
      if (this.kind === K.COMMA) elements.push(null);
      else elements.push(this.kind === K.ELLIPSIS ? this.spread() : this.assignment(false));
      if (this.kind !== K.BRACKET_R) this.expect(K.COMMA);
    }
    this.next();
    return { type: 'ArrayExpression', start, end: this.lastEnd, elements };
  }

  private object(): ObjectExpression {
    const { start } = this;
    const properties: (Property | SpreadElement)[] = [];
    this.next();
    while (this.kind !== K.BRACE_R) {
      properties.push(this.kind === K.ELLIPSIS ? this.spread() : this.property());
      if (this.kind !== K.BRACE_R) this.expect(K.COMMA);
    }
    this.next();
    return { type: 'ObjectExpression', start, end: this.lastEnd, properties };
  }

  private property(): Property {
    const { start } = this;
    let generator = this.eat(K.STAR);
    let { kind } = this;
    const word = kind === K.NAME ? this.value : '';
    const isName = !generator && this.isName;
    let computed = kind === K.BRACKET_L;
    let key = this.propertyKey();
    let async = false;
    if (kind === K.ASYNC && !generator && !this.newline && (this.kind === K.STAR || this.isKeyStart)) {
      async = true;
      generator = this.eat(K.STAR);
      ({ kind } = this);
      computed = kind === K.BRACKET_L;
      key = this.propertyKey();
    } else if (this.kind === K.COLON && !generator) {
      this.next();
      const value = this.assignment(false);
      return { type: 'Property', start, end: this.lastEnd, method: false, shorthand: false, computed, key, value, kind: 'init' };
    }
    if (this.kind === K.PAREN_L) {
      const value = this.method(async, generator);
      return { type: 'Property', start, end: this.lastEnd, method: true, shorthand: false, computed, key, value, kind: 'init' };
    }
    if (async || generator) giveUp();
    if ((word === 'get' || word === 'set') && this.isKeyStart) {
      computed = this.kind === K.BRACKET_L;
      key = this.propertyKey();
      if (this.kind !== K.PAREN_L) giveUp();
      const value = this.method(false, false);
      assertAccessor(word, value as FunctionExpression);
      return { type: 'Property', start, end: this.lastEnd, method: false, shorthand: false, computed, key, value, kind: word };
    }
    if (!isName || (this.kind !== K.COMMA && this.kind !== K.BRACE_R && this.kind !== K.ASSIGN)) giveUp();
    let value: AnyNode = { ...(key as Identifier) };
    if (this.kind === K.ASSIGN) {
      this.covers++;
      value = this.withDefault(start, value);
    }
    const end = this.lastEnd;
    return { type: 'Property', start, end, method: false, shorthand: true, computed, key, value: value as Expression, kind: 'init' };
  }

  /** What is next can name a property. */
  protected get isKeyStart(): boolean {
    const { kind } = this;
    return kind === K.NAME || kind >= K.ASYNC || kind === K.STRING || kind === K.NUMBER || kind === K.BRACKET_L;
  }

  private newExpression(): Expression {
    const { start, end } = this;
    this.next();
    if (this.kind === K.DOT) {
      this.next();
      if (!this.isWord('target')) giveUp();
      const meta: Identifier = { type: 'Identifier', start, end, name: 'new' };
      const property = this.anyName();
      return { type: 'MetaProperty', start, end: this.lastEnd, meta, property };
    }
    const from = this.start;
    if (this.kind === K.IMPORT) giveUp();
    const callee = this.subscripts(this.primary(false), from, false, false, false);
    const list = this.kind === K.PAREN_L ? this.callArguments() : [];
    return { type: 'NewExpression', start, end: this.lastEnd, callee, arguments: list };
  }

  private importExpression(): Expression {
    const { start, end } = this;
    this.next();
    if (this.kind === K.DOT) {
      this.next();
      if (!this.isModule || !this.isWord('meta')) giveUp();
      const meta: Identifier = { type: 'Identifier', start, end, name: 'import' };
      const property = this.anyName();
      return { type: 'MetaProperty', start, end: this.lastEnd, meta, property };
    }
    this.expect(K.PAREN_L);
    const source = this.assignment(false);
    let options: Expression | null = null;
    if (this.eat(K.COMMA) && this.kind !== K.PAREN_R) {
      options = this.assignment(false);
      this.eat(K.COMMA);
    }
    this.expect(K.PAREN_R);
    return { type: 'ImportExpression', start, end: this.lastEnd, source, options };
  }
}

/** An arrow function without parentheses, which ends an expression. */
function isBareArrow(node: Expression, start: number): boolean {
  return node.type === 'ArrowFunctionExpression' && node.start === start;
}

/** What can be counted up, or assigned to otherwise than by `=`. */
function assertSimple(node: Expression): Identifier | MemberExpression {
  if (node.type === 'MemberExpression') return node;
  if (node.type !== 'Identifier' || node.name === 'eval' || node.name === 'arguments') giveUp();
  return node as Identifier;
}

function assertArgument({ name }: Identifier): void {
  if (name === 'eval' || name === 'arguments') giveUp();
}

function isDeletable(node: Expression): boolean {
  if (node.type === 'Identifier') return false;
  const inner = node.type === 'ChainExpression' ? node.expression : node;
  return inner.type !== 'MemberExpression' || inner.property.type !== 'PrivateIdentifier';
}

export function assertAccessor(kind: string, { params }: FunctionExpression): void {
  if (params.length !== (kind === 'get' ? 0 : 1) || params[0]?.type === 'RestElement') giveUp();
}
