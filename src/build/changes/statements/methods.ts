/**
 * Methods that a new statement at the top level calls: which function of the module each is, by its name. The process tells
 * as the patch is linked whether it is.
 */
import type { AnyNode, MemberExpression } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import type { ModuleContext } from '../../code/context.ts';
import type { KnownMethods } from '../../version/values/effects.ts';
import type { Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import { memberNameOf } from '../../version/values/standing-for.ts';

export class Methods implements KnownMethods {
  private readonly ctx: ModuleContext;
  private readonly named = new Map<string, FunctionInfo[]>();

  constructor(ctx: ModuleContext) {
    this.ctx = ctx;
    for (const fn of ctx.next.model.functions) {
      const name = memberNameOf(fn);
      if (name !== null) this.named.set(name, [...(this.named.get(name) ?? []), fn]);
    }
  }

  has(name: string): boolean {
    return this.named.has(name);
  }

  /** The one function of that name, where it runs as it did. */
  find(callee: MemberExpression): FunctionInfo | null {
    const name = memberName(callee);
    const [fn, ...others] = name === null ? [] : (this.named.get(name) ?? []);
    const path = memberText(callee);
    return fn && others.length === 0 && path !== undefined && !/\[\]|#/.test(path) && !fn.async && !fn.generator ? fn : null;
  }

  /** Whether the function that exists does what the text says. */
  isAsBefore(fn: FunctionInfo): boolean {
    const { match, next, resolver } = this.ctx;
    return match.baseOf.has(fn) && !match.differs(fn) && !next.ownRefs(fn).some((r) => r.binding && resolver.fresh.has(r.binding));
  }

  /** What the function that exists says of itself. */
  textOf(fn: FunctionInfo): string {
    return ownText(this.ctx.match.baseOf.get(fn)!, this.ctx.base);
  }
}

function ownText({ node, ancestors }: FunctionInfo, { model }: Side): string {
  const parent = ancestors.at(-1) as AnyNode | undefined;
  if (parent?.type === 'MethodDefinition') return model.text.slice(parent.key.start, parent.end);
  const whole = parent?.type === 'Property' && parent.method ? parent : (node as AnyNode);
  return model.text.slice(whole.start, whole.end);
}
