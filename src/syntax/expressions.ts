/** Expressions, but for functions and classes. */
import type { Expression, Identifier, MemberExpression } from 'acorn';
import { giveUp } from './give-up.ts';
import * as K from './kinds.ts';
import { OperandParser, isBareArrow } from './operands.ts';

export abstract class ExpressionParser extends OperandParser {
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
}

/** What can be counted up, or assigned to otherwise than by `=`. */
function assertSimple(node: Expression): Identifier | MemberExpression {
  if (node.type === 'MemberExpression') return node;
  if (node.type !== 'Identifier' || node.name === 'eval' || node.name === 'arguments') giveUp();
  return node as Identifier;
}

function isDeletable(node: Expression): boolean {
  if (node.type === 'Identifier') return false;
  const inner = node.type === 'ChainExpression' ? node.expression : node;
  return inner.type !== 'MemberExpression' || inner.property.type !== 'PrivateIdentifier';
}
