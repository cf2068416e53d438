/** Array and object literals. */
import type { AnyNode, Expression, FunctionExpression, Identifier, ObjectExpression, Property, SpreadElement } from 'acorn';
import { giveUp } from './give-up.ts';
import * as K from './kinds.ts';
import { LiteralParser } from './literals.ts';

export abstract class ObjectParser extends LiteralParser {
  protected abstract method(async: boolean, generator: boolean): Expression;

  protected array(): Expression {
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

  protected object(): ObjectExpression {
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

  protected spread(): SpreadElement {
    const { start } = this;
    this.next();
    const argument = this.assignment(false);
    return { type: 'SpreadElement', start, end: this.lastEnd, argument };
  }
}

export function assertAccessor(kind: string, { params }: FunctionExpression): void {
  if (params.length !== (kind === 'get' ? 0 : 1) || params[0]?.type === 'RestElement') giveUp();
}
