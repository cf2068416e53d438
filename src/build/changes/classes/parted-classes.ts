/**
 * Classes whose superclass came, went or is another one, and of which the module does no more than make objects: nobody holds
 * such a class, so the new one is another class, as one that is new is, and so are those that extend it. Objects of the old one
 * are looked for: see left-behind.ts.
 */
import type { AnyNode } from 'acorn';
import type { ClassInfo } from '../../../source/model.ts';
import type { ModuleContext } from '../../code/context.ts';
import { isAsking, referencesTo } from '../../version/objects/class-uses.ts';
import { classNamed } from '../../version/objects/create.ts';
import type { Side } from '../../version/side.ts';

export function partClasses({ base, next, match }: ModuleContext): void {
  const left = new Set([...match.classNext.keys()].filter((cls) => extendsAnother(cls)));
  if (left.size === 0) return;
  const unheld = unheldClasses(base, [...match.classNext.keys()]);
  for (const cls of left) {
    if (!unheld.has(cls)) continue;
    match.partClass(cls);
    for (const other of match.classNext.keys()) if (extended(base, other) === cls) left.add(other);
  }

  function extendsAnother(cls: ClassInfo): boolean {
    const now = match.classNext.get(cls)!.node.superClass as AnyNode | null;
    const before = cls.node.superClass as AnyNode | null;
    return before && now ? base.text(before) !== next.text(now) : before !== now;
  }
}

/** Those that nothing but new objects holds: what names one makes an object, asks whether it made one, or is a class that is unheld too. */
function unheldClasses(side: Side, classes: readonly ClassInfo[]): ReadonlySet<ClassInfo> {
  const unheld = new Set(classes.filter((cls) => isDeclaredAlone(side, cls)));
  const isHeld = (cls: ClassInfo): boolean =>
    referencesTo(side, cls).some(({ node, parent, read }) => {
      if (!read || isAsking(node, parent) || (parent.type === 'NewExpression' && parent.callee === node)) return false;
      return !(isClass(parent) && parent.superClass === node && unheld.has(side.classAt.get(parent)!));
    });
  for (let before = -1; before !== unheld.size;) {
    before = unheld.size;
    for (const cls of unheld) if (isHeld(cls)) unheld.delete(cls);
  }
  return unheld;
}

/** Whether its name, which objects of it are looked for by, is all by which it can be had. */
function isDeclaredAlone(side: Side, cls: ClassInfo): boolean {
  const method = cls.members.find(({ kind }) => kind === 'method' || kind === 'getter' || kind === 'setter');
  const isExported = cls.ancestors.at(-1)?.type.startsWith('Export');
  if (!method || cls.node.type !== 'ClassDeclaration' || isExported || cls.parent.body.evalVisible) return false;
  return classNamed(side, method) !== null;
}

/** The class that another one extends, by its name. */
function extended(side: Side, { node: { superClass } }: ClassInfo): object | null {
  return superClass ? side.definitionOf(superClass as AnyNode) : null;
}

const isClass = (node: AnyNode): node is AnyNode & { readonly type: 'ClassDeclaration' } => node.type === 'ClassDeclaration';
