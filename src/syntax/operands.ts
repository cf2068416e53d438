/** What operators stand between: names, literals and what is in parentheses, with the members and calls behind them. */
import type { AnyNode, CallExpression, Expression, Identifier, MemberExpression, SpreadElement } from 'acorn';
import { giveUp } from './give-up.ts';
import * as K from './kinds.ts';
import { ObjectParser } from './objects.ts';

export abstract class OperandParser extends ObjectParser {
  protected inAsync = false;
  protected inGenerator = false;
  /** Where the last await or yield was read: a parameter list must have none. */
  protected suspendedAt = -1;
  /** Where an expression begins that may turn out to be the parameters of an arrow function. */
  protected arrowAt = -1;
  protected readonly isModule: boolean;

  constructor(text: string, isModule: boolean) {
    super(text);
    this.isModule = isModule;
  }

  /** Behind `function`, for which the token that is next stands. */
  protected abstract functionExpression(start: number, async: boolean): Expression;
  /** The token that is next is what its body begins with. */
  protected abstract arrowFunction(start: number, parameters: AnyNode[], async: boolean, noIn: boolean): Expression;
  protected abstract classExpression(): Expression;

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
export function isBareArrow(node: Expression, start: number): boolean {
  return node.type === 'ArrowFunctionExpression' && node.start === start;
}

function assertArgument({ name }: Identifier): void {
  if (name === 'eval' || name === 'arguments') giveUp();
}
