/** Strings, numbers, regular expressions and templates. */
import type { Expression, Literal, TemplateElement, TemplateLiteral } from 'acorn';
import { cook } from './escapes.ts';
import * as K from './kinds.ts';
import { PatternParser } from './patterns.ts';
import { giveUp } from './give-up.ts';

export abstract class LiteralParser extends PatternParser {
  protected abstract expression(noIn: boolean): Expression;

  protected override literal(): Literal {
    const { start, end, value } = this;
    const raw = this.text.slice(start, end);
    this.next();
    return typeof value === 'bigint'
      ? { type: 'Literal', start, end, value, raw, bigint: value.toString() }
      : { type: 'Literal', start, end, value, raw };
  }

  /** Its pattern is V8's to check: `value` is null. */
  protected regularExpression(): Literal {
    const { start } = this;
    if (this.text.charCodeAt(start) !== 47) giveUp();
    const close = this.regexp();
    const { end, text } = this;
    const regex = { pattern: text.slice(start + 1, close), flags: text.slice(close + 1, end) };
    this.next();
    return { type: 'Literal', start, end, value: null, raw: text.slice(start, end), regex };
  }

  protected template(tagged: boolean): TemplateLiteral {
    const { start, text } = this;
    const quasis: TemplateElement[] = [];
    const expressions: Expression[] = [];
    for (let from = start + 1; ;) {
      const to = this.templatePiece(from);
      const written = text.slice(from, to);
      const raw = written.includes('\r') ? written.replace(/\r\n?/g, '\n') : written;
      const cooked = raw.includes('\\') ? cook(raw) : raw;
      if (cooked === null && !tagged) giveUp();
      const tail = text.charCodeAt(to) === 96;
      quasis.push({ type: 'TemplateElement', start: from, end: to, value: { raw, cooked }, tail });
      this.end = tail ? to + 1 : to + 2;
      this.next();
      if (tail) break;
      expressions.push(this.expression(false));
      if (this.kind !== K.BRACE_R) giveUp();
      from = this.end;
    }
    return { type: 'TemplateLiteral', start, end: this.lastEnd, expressions, quasis };
  }
}
