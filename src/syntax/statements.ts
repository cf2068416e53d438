/** Statements, declarations and whole modules. */
import type {
  BlockStatement,
  CatchClause,
  Expression,
  ExpressionStatement,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  Pattern,
  Statement,
  StaticBlock,
  SwitchCase,
  TryStatement,
  VariableDeclaration,
  VariableDeclarator,
} from 'acorn';
import { FunctionParser } from './functions.ts';
import * as K from './kinds.ts';
import { giveUp } from './give-up.ts';

type Kind = VariableDeclaration['kind'];

export abstract class StatementParser extends FunctionParser {
  protected override functionBody(): BlockStatement {
    const { start } = this;
    if (this.kind !== K.BRACE_L) giveUp();
    this.next();
    const body = this.directives();
    while (this.kind !== K.BRACE_R) body.push(this.statement(true));
    this.next();
    return { type: 'BlockStatement', start, end: this.lastEnd, body };
  }

  protected directives(): Statement[] {
    const found: Statement[] = [];
    while (this.kind === K.STRING) {
      const { start } = this;
      const statement = this.statement(true) as ExpressionStatement & { directive?: string };
      found.push(statement);
      const { expression } = statement;
      if (expression.type !== 'Literal' || expression.start !== start) break;
      statement.directive = expression.raw!.slice(1, -1);
    }
    return found;
  }

  protected override staticBlock(start: number): StaticBlock {
    const { inAsync, inGenerator } = this;
    this.inAsync = this.inGenerator = false;
    const { body } = this.block();
    this.inAsync = inAsync;
    this.inGenerator = inGenerator;
    return { type: 'StaticBlock', start, end: this.lastEnd, body };
  }

  private block(): BlockStatement {
    const { start } = this;
    this.expect(K.BRACE_L);
    const body: Statement[] = [];
    while (this.kind !== K.BRACE_R) body.push(this.statement(true));
    this.next();
    return { type: 'BlockStatement', start, end: this.lastEnd, body };
  }

  /** `declares`: in a list of statements, where declarations may stand too. */
  protected statement(declares: boolean): Statement {
    const { start, end } = this;
    switch (this.kind) {
      case K.BRACE_L:
        return this.block();
      case K.VAR:
        return this.variables('var');
      case K.CONST:
        return declares ? this.variables('const') : giveUp();
      case K.LET:
        return declares ? this.variables('let') : giveUp();
      case K.FUNCTION:
        if (!declares) giveUp();
        this.next();
        return this.functionDeclaration(start, false, false);
      case K.CLASS:
        return declares ? (this.class('ClassDeclaration', false) as Statement) : giveUp();
      case K.IF:
        return this.ifStatement();
      case K.RETURN: {
        this.next();
        const argument = this.endsHere ? null : this.expression(false);
        this.semicolon();
        return { type: 'ReturnStatement', start, end: this.lastEnd, argument };
      }
      case K.FOR:
        return this.forStatement();
      case K.WHILE: {
        this.next();
        const test = this.condition();
        const body = this.statement(false);
        return { type: 'WhileStatement', start, end: this.lastEnd, test, body };
      }
      case K.DO: {
        this.next();
        const body = this.statement(false);
        this.expect(K.WHILE);
        const test = this.condition();
        this.eat(K.SEMICOLON);
        return { type: 'DoWhileStatement', start, end: this.lastEnd, body, test };
      }
      case K.BREAK:
      case K.CONTINUE: {
        const type = this.kind === K.BREAK ? 'BreakStatement' : 'ContinueStatement';
        this.next();
        const label = this.endsHere ? null : this.identifier();
        this.semicolon();
        return { type, start, end: this.lastEnd, label };
      }
      case K.THROW: {
        this.next();
        if (this.newline) giveUp();
        const argument = this.expression(false);
        this.semicolon();
        return { type: 'ThrowStatement', start, end: this.lastEnd, argument };
      }
      case K.TRY:
        return this.tryStatement();
      case K.SWITCH:
        return this.switchStatement();
      case K.SEMICOLON:
        this.next();
        return { type: 'EmptyStatement', start, end };
      case K.DEBUGGER:
        this.next();
        this.semicolon();
        return { type: 'DebuggerStatement', start, end: this.lastEnd };
      case K.ASYNC:
        return this.startsWithAsync(declares);
      case K.USING:
      case K.RESERVED:
        return giveUp();
      default:
        return this.expressionStatement();
    }
  }

  private get endsHere(): boolean {
    return this.newline || this.kind === K.SEMICOLON || this.kind === K.BRACE_R || this.kind === K.EOF;
  }

  private startsWithAsync(declares: boolean): Statement {
    const { start, end } = this;
    const { value, newline, lastEnd } = this;
    this.next();
    if (this.kind === K.FUNCTION && !this.newline) {
      if (!declares) giveUp();
      this.next();
      return this.functionDeclaration(start, true, false);
    }
    Object.assign(this, { kind: K.ASYNC, start, end, value, newline, lastEnd });
    return this.expressionStatement();
  }

  private expressionStatement(): Statement {
    const { start, end, isName } = this;
    const expression = this.expression(false);
    if (isName && this.kind === K.COLON && expression.type === 'Identifier' && expression.end === end) {
      this.next();
      const body = this.statement(false);
      return { type: 'LabeledStatement', start, end: this.lastEnd, body, label: expression };
    }
    // `await using x` declares; it is rare.
    if (expression.type === 'AwaitExpression' && expression.argument.type === 'Identifier' && expression.argument.name === 'using')
      giveUp();
    this.semicolon();
    return { type: 'ExpressionStatement', start, end: this.lastEnd, expression };
  }

  protected variables(kind: Kind): VariableDeclaration {
    const { start } = this;
    this.next();
    const declarations = this.declarators(kind, false);
    this.semicolon();
    return { type: 'VariableDeclaration', start, end: this.lastEnd, declarations, kind };
  }

  private declarators(kind: Kind, inFor: boolean): VariableDeclarator[] {
    const found: VariableDeclarator[] = [];
    do {
      const { start } = this;
      const id = this.bindingTarget();
      const init = this.eat(K.ASSIGN) ? this.assignment(inFor) : null;
      const isHead = inFor && (this.kind === K.IN || this.isWord('of'));
      if (init === null && !isHead && (kind === 'const' || id.type !== 'Identifier')) giveUp();
      if (init !== null && isHead) giveUp();
      found.push({ type: 'VariableDeclarator', start, end: this.lastEnd, id, init });
    } while (this.eat(K.COMMA));
    return found;
  }

  private condition(): Expression {
    this.expect(K.PAREN_L);
    const test = this.expression(false);
    this.expect(K.PAREN_R);
    return test;
  }

  private ifStatement(): Statement {
    const { start } = this;
    this.next();
    const test = this.condition();
    const consequent = this.statement(false);
    const alternate = this.eat(K.ELSE) ? this.statement(false) : null;
    return { type: 'IfStatement', start, end: this.lastEnd, test, consequent, alternate };
  }

  private forStatement(): ForStatement | ForInStatement | ForOfStatement {
    const { start } = this;
    this.next();
    let isAwait = false;
    if (this.kind === K.AWAIT) {
      if (!this.inAsync) giveUp();
      this.suspendedAt = this.start;
      isAwait = true;
      this.next();
    }
    this.expect(K.PAREN_L);
    if (this.kind === K.SEMICOLON) return this.forThree(start, null, isAwait);
    const from = this.start;
    if (this.kind === K.VAR || this.kind === K.CONST || this.kind === K.LET) {
      const kind = this.value as Kind;
      this.next();
      const declarations = this.declarators(kind, true);
      const init: VariableDeclaration = { type: 'VariableDeclaration', start: from, end: this.lastEnd, declarations, kind };
      const isHead = this.kind === K.IN || this.isWord('of');
      if (!isHead) return this.forThree(start, init, isAwait);
      if (declarations.length > 1) giveUp();
      return this.forEach(start, init, isAwait);
    }
    if (!this.isPlainHead) giveUp();
    const init = this.expression(true);
    if (this.kind === K.IN || this.isWord('of')) return this.forEach(start, this.toPattern(init, false), isAwait);
    return this.forThree(start, init, isAwait);
  }

  /** Words that mean something else there are rare. */
  private get isPlainHead(): boolean {
    return this.kind !== K.ASYNC && this.kind !== K.USING && this.kind !== K.AWAIT && this.kind !== K.YIELD;
  }

  private forThree(start: number, init: ForStatement['init'], isAwait: boolean): ForStatement {
    if (isAwait) giveUp();
    this.expect(K.SEMICOLON);
    const test = this.kind === K.SEMICOLON ? null : this.expression(false);
    this.expect(K.SEMICOLON);
    const update = this.kind === K.PAREN_R ? null : this.expression(false);
    this.expect(K.PAREN_R);
    const body = this.statement(false);
    return { type: 'ForStatement', start, end: this.lastEnd, init: init ?? null, test, update, body };
  }

  private forEach(start: number, left: VariableDeclaration | Pattern, isAwait: boolean): ForInStatement | ForOfStatement {
    const isIn = this.kind === K.IN;
    if (isIn && isAwait) giveUp();
    this.next();
    const right = isIn ? this.expression(false) : this.assignment(false);
    this.expect(K.PAREN_R);
    const body = this.statement(false);
    const end = this.lastEnd;
    return isIn
      ? { type: 'ForInStatement', start, end, left, right, body }
      : { type: 'ForOfStatement', start, end, await: isAwait, left, right, body };
  }

  private tryStatement(): TryStatement {
    const { start } = this;
    this.next();
    const block = this.block();
    let handler: CatchClause | null = null;
    if (this.kind === K.CATCH) {
      const from = this.start;
      this.next();
      let param: Pattern | null = null;
      if (this.kind === K.PAREN_L) {
        this.next();
        param = this.bindingTarget();
        this.expect(K.PAREN_R);
      }
      const body = this.block();
      handler = { type: 'CatchClause', start: from, end: this.lastEnd, param, body };
    }
    const finalizer = this.eat(K.FINALLY) ? this.block() : null;
    if (handler === null && finalizer === null) giveUp();
    return { type: 'TryStatement', start, end: this.lastEnd, block, handler, finalizer };
  }

  private switchStatement(): Statement {
    const { start } = this;
    this.next();
    const discriminant = this.condition();
    this.expect(K.BRACE_L);
    const cases: SwitchCase[] = [];
    while (this.kind !== K.BRACE_R) {
      const from = this.start;
      let test: Expression | null = null;
      if (this.kind === K.CASE) {
        this.next();
        test = this.expression(false);
      } else this.expect(K.DEFAULT);
      this.expect(K.COLON);
      const consequent: Statement[] = [];
      while (this.kind !== K.CASE && this.kind !== K.DEFAULT && this.kind !== K.BRACE_R) consequent.push(this.statement(true));
      cases.push({ type: 'SwitchCase', start: from, end: this.lastEnd, test, consequent });
    }
    this.next();
    return { type: 'SwitchStatement', start, end: this.lastEnd, discriminant, cases };
  }
}
