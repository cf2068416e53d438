/**
 * Classes that a bundler gives a variable of their own before the one of their name, `var _Box = class _Box {…}; …; var Box = _Box`,
 * as where the class uses its name and its static members are written behind it. The old version, in which it did not, has the
 * class under its name: the new one is read as if it had, too.
 */
import type { AnyNode } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { Binding, ClassInfo, ModuleModel, Reference } from '../../../source/model.ts';
import { walk } from '../../version/program/walk.ts';

interface Alias {
  /** What the class is given to. */
  readonly own: Binding;
  /** What that is given to, in a statement that does no more. */
  readonly named: Binding;
  readonly statement: AnyNode;
}

export function withoutClassAliases(base: ModuleModel, next: ModuleModel): ModuleModel {
  // Most files have none.
  if (!/=\s*_\w+\s*;/.test(next.text)) return next;
  const old = new Set(base.classes.flatMap((cls) => variableOf(cls) ?? cls.node.id?.name ?? []));
  const found = next.classes.flatMap((cls) => aliasOf(next, cls) ?? []);
  const edits = new Edits(next.text);
  let isSame = true;
  for (const { own, named, statement } of found) {
    if (!old.has(named.name)) continue;
    isSame = false;
    for (const node of [...own.declarations, ...own.references.map((ref) => ref.node)])
      if (node.start < statement.start || node.end > statement.end) edits.cut(node.start, node.end, named.name);
    edits.cut(statement.start, statement.end, ';');
  }
  return isSame ? next : analyzeModule(edits.render().text, next.format, next.file);
}

/** The variable that is declared with a class. */
function variableOf({ node, ancestors }: ClassInfo): string | null {
  const parent = ancestors.at(-1);
  return parent?.type === 'VariableDeclarator' && parent.init === (node as AnyNode) && parent.id.type === 'Identifier'
    ? parent.id.name
    : null;
}

function aliasOf(model: ModuleModel, cls: ClassInfo): Alias | null {
  const name = variableOf(cls);
  const own = name === null ? null : cls.scope.parent!.lookup(name);
  if (!own || !isConstant(own)) return null;
  const gives = ({ parent, node, read }: Reference): boolean => read && parent.type === 'VariableDeclarator' && parent.init === node;
  const [given, ...others] = own.references.filter(gives);
  const { id } = (given?.parent ?? {}) as { id?: AnyNode };
  const named = id?.type === 'Identifier' ? given!.scope.lookup(id.name) : null;
  if (!given || !named || others.length > 0 || !isConstant(named)) return null;
  const statement = statementOf(model, given.parent);
  // A name that stands for something else where the class is asked for, or for a key beside it.
  const isFree = own.references.every(({ scope, parent }) => scope.lookup(named.name) === named && parent.type !== 'Property');
  return statement && isFree ? { own, named, statement } : null;
}

const isConstant = ({ reassigned, declarations, scope }: Binding): boolean =>
  !reassigned && declarations.length === 1 && !scope.evalVisible;

/** The statement that declares that alone, and gives it to nobody. */
function statementOf({ program }: ModuleModel, declarator: AnyNode): AnyNode | null {
  let found: AnyNode | null = null;
  walk(program as AnyNode, (node, parents) => {
    const isIn = node.start <= declarator.start && node.end >= declarator.end;
    const isAlone = node.type === 'VariableDeclaration' && node.declarations.length === 1 && node.declarations[0] === declarator;
    if (isAlone && /^(?:Program|BlockStatement)$/.test(parents.at(-1)!.type)) found = node;
    return isIn;
  });
  return found;
}
