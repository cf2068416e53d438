/** Functions of other modules that have changed, where code of a module calls them by what it imports. */
import type { AnyNode } from 'acorn';
import type { ModuleContext } from '../code/context.ts';
import { walk } from '../version/program/walk.ts';
import { importCalled } from './at-load.ts';
import { importsOf } from '../version/modules/imports.ts';

export class Outside {
  private readonly ctx: ModuleContext;
  private known: ReturnType<typeof importsOf> | null = null;

  constructor(ctx: ModuleContext) {
    this.ctx = ctx;
  }

  get hasChanged(): boolean {
    return [...this.imports.values()].some(({ source }) => this.ctx.around.given(source) !== null);
  }

  /** The function of another module that one of `nodes` calls and that has changed; null for none. */
  calledIn(nodes: readonly AnyNode[]): string | null {
    if (!this.hasChanged) return null;
    for (const root of nodes) {
      let found: string | null = null;
      walk(root, (node) => {
        if (node.type === 'CallExpression' || node.type === 'NewExpression') found ??= this.changed(node.callee);
        return found === null;
      });
      if (found !== null) return found;
    }
    return null;
  }

  private get imports(): ReturnType<typeof importsOf> {
    return (this.known ??= importsOf(this.ctx.base));
  }

  private changed(callee: AnyNode): string | null {
    const called = importCalled(this.ctx.base, this.imports, callee);
    const given = called && this.ctx.around.given(called.source);
    const name = called?.names.find((each) => given?.changed.has(each));
    return called && name !== undefined ? (name === '' ? called.source : `${name} of ${called.source}`) : null;
  }
}
