/**
 * Functions that take instances which are migrated on access, though their own code stays as it is: methods of the class,
 * and functions whose parameters are typed as such an instance, or that the author names. They join the patch, so that an
 * instance has its new shape before they read it.
 */
import type { Function as FunctionNode } from 'acorn';
import type { FunctionInfo } from '../../../source/model.ts';
import type { HookFile } from '../../input/hook-file.ts';
import type { Side } from '../../version/side.ts';

/** What may stand between a comment and the function it is of. */
const UP_TO_FUNCTION = /\/\*\*((?:(?!\*\/)[^])*)\*\/[\s\w.$=:]*$/;

export class Takers {
  private readonly base: Side;
  /** Names of the classes, with those that extend them. */
  private readonly classes = new Set<string>();
  private readonly named: ReadonlySet<string>;
  /** With the types that Node strips, at the places of the text without them. */
  private readonly raw: string;

  constructor(base: Side, raw: string, hook: HookFile | null) {
    this.base = base;
    this.raw = raw;
    this.named = new Set(hook?.touches);
    for (const name of hook?.accessed ?? []) this.classes.add(name);
    if (this.classes.size > 0) this.addHeirs();
  }

  has(fn: FunctionInfo): boolean {
    if (this.named.has(fn.path)) return true;
    return this.classes.size > 0 && (this.isMethod(fn) || this.isTyped(fn));
  }

  private addHeirs(): void {
    const { classes } = this.base.model;
    for (let size = 0; size < this.classes.size;) {
      size = this.classes.size;
      for (const { node, path } of classes) {
        const { superClass } = node;
        if (superClass?.type === 'Identifier' && this.classes.has(superClass.name)) this.classes.add(lastOf(path));
      }
    }
  }

  private isMethod(fn: FunctionInfo): boolean {
    const { owner, kind, path } = fn;
    if (owner === null) return [...this.classes].some((name) => path.startsWith(`${name}.prototype.`));
    const isMember = kind === 'method' || kind === 'getter' || kind === 'setter';
    return isMember && path.startsWith(`${owner.path}#`) && this.classes.has(lastOf(owner.path));
  }

  private isTyped({ node, kind }: FunctionInfo): boolean {
    if (kind === 'module' || kind === 'field' || kind === 'static') return false;
    const { params } = node as FunctionNode;
    const { text } = this.base.model;
    const types = this.raw === text ? [] : params.map((param) => /^\s*\??\s*:([^,)=]*)/.exec(this.raw.slice(param.end))?.[1] ?? '');
    const comment = UP_TO_FUNCTION.exec(text.slice(0, node.start))?.[1] ?? '';
    for (const [, type] of comment.matchAll(/@param\s*\{([^}]*)\}/g)) types.push(type!);
    // Not in a list: it is what a function is given that is migrated, and not what it finds there.
    const kinds = types.flatMap((type) => type.split(/[|&]/)).map((kind) => kind.replaceAll(/[\s?!()]/g, ''));
    return kinds.some((kind) => this.classes.has(kind));
  }
}

function lastOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('.'), path.lastIndexOf('/')) + 1);
}
