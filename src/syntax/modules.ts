/** Whole modules: their statements, imports and exports. */
import type {
  ExportAllDeclaration,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  ExportSpecifier,
  Expression,
  ImportAttribute,
  ImportDeclaration,
  Literal,
  Program,
  Statement,
} from 'acorn';
import * as K from './kinds.ts';
import { giveUp } from './give-up.ts';
import { StatementParser } from './statements.ts';

type Item = Program['body'][number];

export class ModuleParser extends StatementParser {
  /** Throws GIVE_UP. */
  program(): Program {
    const { text, isModule } = this;
    this.inAsync = isModule;
    if (text.startsWith('#!')) {
      const end = text.search(/[\n\r\u2028\u2029]/);
      this.end = end < 0 ? text.length : end;
    }
    this.next();
    const body: Item[] = this.directives();
    while (this.kind !== K.EOF) body.push(this.item());
    if (this.covers !== 0) giveUp();
    return { type: 'Program', start: 0, end: text.length, body, sourceType: isModule ? 'module' : 'script' };
  }

  private item(): Item {
    if (this.kind === K.IMPORT) return this.startsWithImport();
    if (this.kind === K.EXPORT) return this.isModule ? this.exportDeclaration() : giveUp();
    return this.statement(true);
  }

  private startsWithImport(): ImportDeclaration | Statement {
    const { start, end, value, newline, lastEnd } = this;
    this.next();
    if (this.kind === K.PAREN_L || this.kind === K.DOT) {
      Object.assign(this, { kind: K.IMPORT, start, end, value, newline, lastEnd });
      return this.statement(true);
    }
    if (!this.isModule) giveUp();
    const specifiers: ImportDeclaration['specifiers'] = [];
    if (this.kind !== K.STRING) {
      this.importSpecifiers(specifiers);
      if (!this.isWord('from')) giveUp();
      this.next();
    }
    const { source, attributes } = this.origin();
    return { type: 'ImportDeclaration', start, end: this.lastEnd, specifiers, source, attributes };
  }

  /** What follows `from`, to the end of the statement. */
  private origin(): Pick<ImportDeclaration, 'source' | 'attributes'> {
    const source = this.source();
    const attributes = this.attributes();
    this.semicolon();
    return { source, attributes };
  }

  private importSpecifiers(found: ImportDeclaration['specifiers']): void {
    if (this.isName) {
      const { start } = this;
      const local = this.boundName();
      found.push({ type: 'ImportDefaultSpecifier', start, end: this.lastEnd, local });
      if (!this.eat(K.COMMA)) return;
    }
    const { start } = this;
    if (this.eat(K.STAR)) {
      if (!this.isWord('as')) giveUp();
      this.next();
      const local = this.boundName();
      found.push({ type: 'ImportNamespaceSpecifier', start, end: this.lastEnd, local });
      return;
    }
    this.expect(K.BRACE_L);
    while (this.kind !== K.BRACE_R) {
      const from = this.start;
      const { isName } = this;
      const imported = this.anyName();
      let local = imported;
      if (this.isWord('as')) {
        this.next();
        local = this.boundName();
      } else if (!isName || imported.name === 'eval' || imported.name === 'arguments') giveUp();
      found.push({ type: 'ImportSpecifier', start: from, end: this.lastEnd, imported, local });
      if (this.kind !== K.BRACE_R) this.expect(K.COMMA);
    }
    this.next();
  }

  private source(): Literal {
    return this.kind === K.STRING ? this.literal() : giveUp();
  }

  private attributes(): ImportAttribute[] {
    const found: ImportAttribute[] = [];
    if (!this.eat(K.WITH)) return found;
    this.expect(K.BRACE_L);
    while (this.kind !== K.BRACE_R) {
      const { start } = this;
      const key = this.kind === K.STRING ? this.literal() : this.anyName();
      this.expect(K.COLON);
      const value = this.source();
      found.push({ type: 'ImportAttribute', start, end: this.lastEnd, key, value });
      if (this.kind !== K.BRACE_R) this.expect(K.COMMA);
    }
    this.next();
    return found;
  }

  private exportDeclaration(): ExportNamedDeclaration | ExportDefaultDeclaration | ExportAllDeclaration {
    const { start } = this;
    this.next();
    switch (this.kind) {
      case K.STAR: {
        this.next();
        let exported = null;
        if (this.isWord('as')) {
          this.next();
          exported = this.anyName();
        }
        if (!this.isWord('from')) giveUp();
        this.next();
        const { source, attributes } = this.origin();
        return { type: 'ExportAllDeclaration', start, end: this.lastEnd, exported, source, attributes };
      }
      case K.DEFAULT:
        this.next();
        return this.exportDefault(start);
      case K.BRACE_L:
        return this.exportList(start);
      case K.VAR:
      case K.LET:
      case K.CONST:
      case K.FUNCTION:
      case K.CLASS:
      case K.ASYNC: {
        const declaration = this.statement(true);
        if (declaration.type === 'ExpressionStatement' || declaration.type === 'LabeledStatement') giveUp();
        const end = this.lastEnd;
        return {
          type: 'ExportNamedDeclaration',
          start,
          end,
          declaration: declaration as ExportNamedDeclaration['declaration'] & object,
          specifiers: [],
          source: null,
          attributes: [],
        };
      }
      default:
        return giveUp();
    }
  }

  private exportDefault(start: number): ExportDefaultDeclaration {
    const declaration = this.defaultValue();
    return { type: 'ExportDefaultDeclaration', start, end: this.lastEnd, declaration };
  }

  private defaultValue(): ExportDefaultDeclaration['declaration'] {
    const { start, end, value, newline, lastEnd } = this;
    if (this.kind === K.CLASS) return this.class('ClassDeclaration', true) as Expression;
    if (this.kind === K.FUNCTION) {
      this.next();
      return this.functionDeclaration(start, false, true) as ExportDefaultDeclaration['declaration'];
    }
    if (this.kind === K.ASYNC) {
      this.next();
      if (this.kind === K.FUNCTION && !this.newline) {
        this.next();
        return this.functionDeclaration(start, true, true) as ExportDefaultDeclaration['declaration'];
      }
      Object.assign(this, { kind: K.ASYNC, start, end, value, newline, lastEnd });
    }
    const declaration = this.assignment(false);
    this.semicolon();
    return declaration;
  }

  private exportList(start: number): ExportNamedDeclaration {
    this.next();
    const specifiers: ExportSpecifier[] = [];
    let onlyNames = true;
    while (this.kind !== K.BRACE_R) {
      const from = this.start;
      onlyNames &&= this.isName;
      const local = this.anyName();
      let exported = local;
      if (this.isWord('as')) {
        this.next();
        exported = this.anyName();
      }
      specifiers.push({ type: 'ExportSpecifier', start: from, end: this.lastEnd, local, exported });
      if (this.kind !== K.BRACE_R) this.expect(K.COMMA);
    }
    this.next();
    let source: Literal | null = null;
    let attributes: ImportAttribute[] = [];
    if (this.isWord('from')) {
      this.next();
      source = this.source();
      attributes = this.attributes();
    } else if (!onlyNames) giveUp();
    this.semicolon();
    return { type: 'ExportNamedDeclaration', start, end: this.lastEnd, declaration: null, specifiers, source, attributes };
  }
}
