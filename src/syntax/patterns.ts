/** Names and patterns: what is declared, what is assigned to, and what turns out to have been either only behind it. */
import type {
  AnyNode,
  ArrayPattern,
  AssignmentPattern,
  AssignmentProperty,
  Expression,
  Identifier,
  ObjectPattern,
  Pattern,
  PrivateIdentifier,
  RestElement,
} from 'acorn';
import * as K from './kinds.ts';
import { giveUp } from './give-up.ts';
import { Scanner } from './scanner.ts';

export abstract class PatternParser extends Scanner {
  /** Object literals with a default, as in `{a = 1}`, that no pattern has been made of yet: such are wrong in the end. */
  protected covers = 0;

  protected abstract assignment(noIn: boolean): Expression;

  protected expect(kind: number): void {
    if (this.kind !== kind) giveUp();
    this.next();
  }

  protected eat(kind: number): boolean {
    if (this.kind !== kind) return false;
    this.next();
    return true;
  }

  /** A word that has a meaning in some places only. */
  protected isWord(word: string): boolean {
    return this.kind === K.NAME && this.value === word;
  }

  protected get isName(): boolean {
    return this.kind === K.NAME || this.kind === K.ASYNC || this.kind === K.USING;
  }

  protected identifier(): Identifier {
    if (!this.isName) giveUp();
    return this.anyName();
  }

  /** As the name of a property, where keywords are names too. */
  protected anyName(): Identifier {
    if (this.kind !== K.NAME && this.kind < K.ASYNC) giveUp();
    const { start, end, value } = this;
    this.next();
    return { type: 'Identifier', start, end, name: value as string };
  }

  protected privateName(): PrivateIdentifier {
    const { start, end, value } = this;
    this.next();
    return { type: 'PrivateIdentifier', start, end, name: value as string };
  }

  protected boundName(): Identifier {
    const name = this.identifier();
    assertBindable(name);
    return name;
  }

  protected bindingTarget(): Pattern {
    if (this.kind === K.BRACE_L) return this.objectPattern();
    if (this.kind === K.BRACKET_L) return this.arrayPattern();
    return this.boundName();
  }

  protected bindingElement(): Pattern {
    const { start } = this;
    return this.withDefault(start, this.bindingTarget());
  }

  protected withDefault(start: number, left: Pattern): Pattern {
    if (!this.eat(K.ASSIGN)) return left;
    const right = this.assignment(false);
    return { type: 'AssignmentPattern', start, end: this.lastEnd, left, right };
  }

  protected restElement(): RestElement {
    const { start } = this;
    this.next();
    const argument = this.bindingTarget();
    return { type: 'RestElement', start, end: this.lastEnd, argument };
  }

  /** Up to `close`, which is passed. */
  protected bindingList(close: number): Pattern[] {
    const list: Pattern[] = [];
    while (this.kind !== close) {
      if (this.kind === K.ELLIPSIS) {
        list.push(this.restElement());
        if (this.kind !== close) giveUp();
      } else {
        list.push(this.bindingElement());
        if (this.kind !== close) this.expect(K.COMMA);
      }
    }
    this.next();
    return list;
  }

  private arrayPattern(): ArrayPattern {
    const { start } = this;
    const elements: (Pattern | null)[] = [];
    this.next();
    while (this.kind !== K.BRACKET_R) {
      if (this.kind === K.COMMA) elements.push(null);
      else if (this.kind === K.ELLIPSIS) {
        elements.push(this.restElement());
        if (this.kind !== K.BRACKET_R) giveUp();
        break;
      } else elements.push(this.bindingElement());
      if (this.kind !== K.BRACKET_R) this.expect(K.COMMA);
    }
    this.next();
    return { type: 'ArrayPattern', start, end: this.lastEnd, elements };
  }

  private objectPattern(): ObjectPattern {
    const { start } = this;
    const properties: (AssignmentProperty | RestElement)[] = [];
    this.next();
    while (this.kind !== K.BRACE_R) {
      if (this.kind === K.ELLIPSIS) {
        properties.push(this.restElement());
        if (this.kind !== K.BRACE_R) giveUp();
        break;
      }
      properties.push(this.patternProperty());
      if (this.kind !== K.BRACE_R) this.expect(K.COMMA);
    }
    this.next();
    return { type: 'ObjectPattern', start, end: this.lastEnd, properties };
  }

  private patternProperty(): AssignmentProperty {
    const { start } = this;
    const computed = this.kind === K.BRACKET_L;
    const isName = this.isName;
    const key = this.propertyKey();
    let value: Pattern;
    const shorthand = this.kind !== K.COLON;
    if (shorthand) {
      if (!isName) giveUp();
      assertBindable(key as Identifier);
      value = this.withDefault(start, { ...(key as Identifier) });
    } else {
      this.next();
      value = this.bindingElement();
    }
    return { type: 'Property', start, end: this.lastEnd, method: false, shorthand, computed, key, value, kind: 'init' };
  }

  protected abstract literal(): Expression;

  /** What stands for the name of a property, brackets included. */
  protected propertyKey(): Expression {
    if (this.kind === K.BRACKET_L) {
      this.next();
      const key = this.assignment(false);
      this.expect(K.BRACKET_R);
      return key;
    }
    return this.kind === K.STRING || this.kind === K.NUMBER ? this.literal() : this.anyName();
  }

  /** What was read as an expression, as a pattern. `binds`: it declares names, so it may hold nothing else. */
  protected toPattern(node: AnyNode, binds: boolean): Pattern {
    switch (node.type) {
      case 'Identifier':
        assertBindable(node);
        return node;
      case 'MemberExpression':
        return binds ? giveUp() : node;
      case 'ObjectExpression':
      case 'ObjectPattern':
        return this.toObjectPattern(node, binds);
      case 'ArrayExpression':
      case 'ArrayPattern': {
        const elements = node.elements as (AnyNode | null)[];
        for (let i = 0; i < elements.length; i++) {
          const element = elements[i];
          if (element) elements[i] = this.toPattern(element, binds);
        }
        const rest = elements.findIndex((element) => element?.type === 'RestElement');
        if (rest >= 0 && rest < elements.length - 1) giveUp();
        (node as AnyNode).type = 'ArrayPattern';
        return node as ArrayPattern;
      }
      case 'SpreadElement':
      case 'RestElement': {
        const rest = node as unknown as RestElement;
        rest.argument = this.toPattern(node.argument, binds);
        if ((rest.argument as AnyNode).type === 'AssignmentPattern') giveUp();
        rest.type = 'RestElement';
        return rest;
      }
      case 'AssignmentExpression': {
        if (node.operator !== '=') giveUp();
        const { start, end, right } = node;
        return { type: 'AssignmentPattern', start, end, left: this.toPattern(node.left, binds), right };
      }
      case 'AssignmentPattern':
        node.left = this.toPattern(node.left, binds);
        return node;
      default:
        return giveUp();
    }
  }

  private toObjectPattern(node: AnyNode & { type: 'ObjectExpression' | 'ObjectPattern' }, binds: boolean): ObjectPattern {
    const covered = node.type === 'ObjectExpression';
    const properties = node.properties as AnyNode[];
    for (let i = 0; i < properties.length; i++) {
      const property = properties[i]!;
      if (property.type === 'Property') {
        if (property.kind !== 'init' || property.method) giveUp();
        if (covered && property.shorthand && (property.value as AnyNode).type === 'AssignmentPattern') this.covers--;
        (property as { value: unknown }).value = this.toPattern(property.value, binds);
      } else {
        properties[i] = this.toPattern(property, binds);
        const { type } = (properties[i] as RestElement).argument;
        if (i < properties.length - 1 || type === 'ObjectPattern' || type === 'ArrayPattern') giveUp();
      }
    }
    (node as AnyNode).type = 'ObjectPattern';
    return node as ObjectPattern;
  }
}

/** In strict code these cannot be assigned to. */
export function assertBindable({ name }: Identifier): void {
  if (name === 'eval' || name === 'arguments') giveUp();
}

/** Adds the names that a pattern declares. */
export function namesIn(pattern: Pattern, names: string[]): void {
  switch (pattern.type) {
    case 'Identifier':
      names.push(pattern.name);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) namesIn(property.type === 'RestElement' ? property.argument : property.value, names);
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element) namesIn(element, names);
      return;
    case 'AssignmentPattern':
      namesIn((pattern as AssignmentPattern).left, names);
      return;
    case 'RestElement':
      namesIn(pattern.argument, names);
      return;
    default:
      giveUp();
  }
}
