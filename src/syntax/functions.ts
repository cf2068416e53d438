/** Functions and classes. */
import type {
  AnyNode,
  ArrowFunctionExpression,
  BlockStatement,
  Class,
  Expression,
  Function as FunctionNode,
  FunctionDeclaration,
  FunctionExpression,
  Identifier,
  Literal,
  MethodDefinition,
  Pattern,
  PrivateIdentifier,
  PropertyDefinition,
  StaticBlock,
} from 'acorn';
import { ExpressionParser } from './expressions.ts';
import { assertAccessor } from './objects.ts';
import * as K from './kinds.ts';
import { namesIn } from './patterns.ts';
import { giveUp } from './give-up.ts';

type Member = MethodDefinition | PropertyDefinition | StaticBlock;

export abstract class FunctionParser extends ExpressionParser {
  /** Braces included. */
  protected abstract functionBody(): BlockStatement;
  protected abstract staticBlock(start: number): StaticBlock;

  /** Behind `function`. */
  protected override functionExpression(start: number, async: boolean): FunctionExpression {
    const generator = this.eat(K.STAR);
    const id = this.kind === K.PAREN_L ? null : this.boundName();
    return this.rest('FunctionExpression', start, id, async, generator) as FunctionExpression;
  }

  /** Behind `function`. */
  protected functionDeclaration(start: number, async: boolean, mayLackName: boolean): FunctionDeclaration {
    const generator = this.eat(K.STAR);
    const id = mayLackName && this.kind === K.PAREN_L ? null : this.boundName();
    return this.rest('FunctionDeclaration', start, id, async, generator) as FunctionDeclaration;
  }

  protected override method(async: boolean, generator: boolean): FunctionExpression {
    return this.rest('FunctionExpression', this.start, null, async, generator) as FunctionExpression;
  }

  private rest(
    type: 'FunctionDeclaration' | 'FunctionExpression',
    start: number,
    id: Identifier | null,
    async: boolean,
    generator: boolean,
  ): FunctionNode {
    const { inAsync, inGenerator, suspendedAt } = this;
    this.inAsync = async;
    this.inGenerator = generator;
    const from = this.start;
    this.expect(K.PAREN_L);
    const params = this.bindingList(K.PAREN_R);
    if (this.suspendedAt >= from) giveUp();
    const body = this.functionBody();
    this.inAsync = inAsync;
    this.inGenerator = inGenerator;
    this.suspendedAt = suspendedAt;
    assertParameters(params, body);
    return { type, start, end: this.lastEnd, id, expression: false, generator, async, params, body } as FunctionNode;
  }

  protected override arrowFunction(start: number, parameters: AnyNode[], async: boolean, noIn: boolean): ArrowFunctionExpression {
    const { inAsync, inGenerator, suspendedAt } = this;
    this.inAsync = async;
    this.inGenerator = false;
    const params = parameters;
    for (let i = 0; i < params.length; i++) {
      const parameter = params[i]!;
      if (parameter.type !== 'Identifier') {
        params[i] = this.toPattern(parameter, true);
        if (params[i]!.type === 'RestElement' && i < params.length - 1) giveUp();
      } else if (parameter.name === 'eval' || parameter.name === 'arguments') giveUp();
    }
    const expression = this.kind !== K.BRACE_L;
    const body = expression ? this.assignment(noIn) : this.functionBody();
    this.inAsync = inAsync;
    this.inGenerator = inGenerator;
    this.suspendedAt = suspendedAt;
    assertParameters(params as Pattern[], body);
    const end = this.lastEnd;
    return {
      type: 'ArrowFunctionExpression',
      start,
      end,
      id: null,
      expression,
      generator: false,
      async,
      params: params as Pattern[],
      body,
    } as ArrowFunctionExpression;
  }

  protected override classExpression(): Expression {
    return this.class('ClassExpression', true) as Expression;
  }

  protected class(type: 'ClassDeclaration' | 'ClassExpression', mayLackName: boolean): Class {
    const { start } = this;
    this.next();
    let id: Identifier | null = null;
    if (this.isName) id = this.boundName();
    else if (!mayLackName) giveUp();
    const superClass = this.eat(K.EXTENDS) ? this.leftHandSide(false) : null;
    if (superClass?.type === 'ArrowFunctionExpression') giveUp();
    const bodyStart = this.start;
    this.expect(K.BRACE_L);
    const body: Member[] = [];
    let constructors = 0;
    while (this.kind !== K.BRACE_R) {
      if (this.eat(K.SEMICOLON)) continue;
      const member = this.member();
      if (member.type === 'MethodDefinition' && member.kind === 'constructor' && ++constructors > 1) giveUp();
      body.push(member);
    }
    this.next();
    const end = this.lastEnd;
    return { type, start, end, id, superClass, body: { type: 'ClassBody', start: bodyStart, end, body } } as Class;
  }

  private member(): Member {
    const { start } = this;
    let isStatic = false;
    let async = false;
    let generator = false;
    let kind: 'method' | 'get' | 'set' = 'method';
    /** A word that turned out to be the name itself. */
    let key: Expression | PrivateIdentifier | null = null;
    if (this.kind === K.RESERVED && this.value === 'static') {
      const word = this.anyName();
      if (this.kind === K.BRACE_L) return this.staticBlock(start);
      if (this.isMemberStart || this.kind === K.STAR) isStatic = true;
      else key = word;
    }
    if (key === null && this.kind === K.ASYNC) {
      const word = this.anyName();
      if ((this.isMemberStart || this.kind === K.STAR) && !this.newline) async = true;
      else key = word;
    }
    if (key === null) generator = this.eat(K.STAR);
    if (key === null && !async && !generator && (this.isWord('get') || this.isWord('set'))) {
      const word = this.anyName();
      if (this.isMemberStart) kind = word.name as 'get';
      else key = word;
    }
    let computed = false;
    if (key === null) {
      computed = this.kind === K.BRACKET_L;
      key = this.kind === K.PRIVATE ? this.privateName() : this.propertyKey();
    }
    const name = computed ? undefined : nameOf(key);
    if (this.kind !== K.PAREN_L) {
      if (async || generator || kind !== 'method' || name === 'constructor' || (isStatic && name === 'prototype')) giveUp();
      return this.field(start, key, computed, isStatic);
    }
    const isConstructor = !isStatic && name === 'constructor' && key.type !== 'PrivateIdentifier';
    if (name === 'constructor' && (async || generator || kind !== 'method' || key.type === 'PrivateIdentifier') && !isStatic) giveUp();
    if (isStatic && name === 'prototype') giveUp();
    const value = this.method(async, generator);
    if (kind !== 'method') assertAccessor(kind, value);
    const end = this.lastEnd;
    return { type: 'MethodDefinition', start, end, static: isStatic, computed, key, kind: isConstructor ? 'constructor' : kind, value };
  }

  private get isMemberStart(): boolean {
    return this.isKeyStart || this.kind === K.PRIVATE;
  }

  private field(start: number, key: Expression | PrivateIdentifier, computed: boolean, isStatic: boolean): PropertyDefinition {
    let value: Expression | null = null;
    if (this.eat(K.ASSIGN)) {
      const { inAsync, inGenerator } = this;
      this.inAsync = this.inGenerator = false;
      value = this.assignment(false);
      this.inAsync = inAsync;
      this.inGenerator = inGenerator;
    }
    this.semicolon();
    return { type: 'PropertyDefinition', start, end: this.lastEnd, static: isStatic, computed, key, value };
  }

  protected semicolon(): void {
    if (this.kind === K.SEMICOLON) this.next();
    else if (this.kind !== K.BRACE_R && this.kind !== K.EOF && !this.newline) giveUp();
  }
}

function nameOf(key: Expression | PrivateIdentifier): unknown {
  return key.type === 'Identifier' || key.type === 'PrivateIdentifier' ? key.name : (key as Literal).value;
}

/**
 * What V8 refuses, and might not in instrumented text, where parameters can become variables of the body and the body
 * a block: names that are declared twice, and a directive beside what is more than names.
 */
function assertParameters(params: readonly Pattern[], body: AnyNode): void {
  if (params.length === 0) return;
  const names: string[] = [];
  let simple = true;
  for (let i = 0; i < params.length; i++) {
    const parameter = params[i]!;
    if (parameter.type === 'Identifier') names.push(parameter.name);
    else {
      simple = false;
      namesIn(parameter, names);
    }
  }
  for (let i = 1; i < names.length; i++) if (names.indexOf(names[i]!) < i) giveUp();
  if (body.type !== 'BlockStatement') return;
  const statements = body.body;
  for (let i = 0; i < statements.length; i++) {
    const statement = statements[i]!;
    if (statement.type === 'VariableDeclaration') {
      if (statement.kind === 'var') continue;
      for (const { id } of statement.declarations) {
        if (id.type === 'Identifier') {
          if (names.includes(id.name)) giveUp();
        } else {
          const declared: string[] = [];
          namesIn(id, declared);
          if (declared.some((name) => names.includes(name))) giveUp();
        }
      }
    } else if (statement.type === 'ClassDeclaration') {
      if (names.includes(statement.id.name)) giveUp();
    } else if (!simple && statement.type === 'ExpressionStatement' && statement.directive === 'use strict') giveUp();
  }
}
