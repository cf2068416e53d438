/**
 * Modules that an ES module gives away all names of from now on, `export * from './more.js'`. The namespace that exists cannot
 * grow, but new code finds each name as if it was written out.
 */
import type { AnyNode, ExportAllDeclaration } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { ModuleModel } from '../../../source/model.ts';
import { itemsOf } from '../../version/modules/item-reader.ts';
import { sideFor } from '../../version/side.ts';

/** The names that a module gives away; null where that is not known. */
export type NamesOf = (source: string) => Promise<ReadonlySet<string> | null>;

const PLAIN = /^[A-Za-z_$][\w$]*$/;

/** The new version where all names are known, and none stands for two things. */
export async function withNamedStars(base: ModuleModel, next: ModuleModel, namesOf: NamesOf): Promise<ModuleModel> {
  const [old, all] = [starsOf(base), starsOf(next)];
  const isNew = ({ source }: ExportAllDeclaration): boolean => !old.some((star) => star.source.value === source.value);
  if (!all.some(isNew)) return next;
  const own = new Set(itemsOf(sideFor(next), next.root).exported.keys());
  const edits = new Edits(next.text);
  // Of one module that stands there twice each name is the same thing. Names of stars that were there mean what they did.
  const given = new Map<string, string>();
  for (const star of all.toSorted((a, b) => Number(isNew(a)) - Number(isNew(b)))) {
    const source = String(star.source.value);
    const names = await namesOf(source);
    if (!names) return next;
    const more = [...names].filter((name) => name !== 'default' && !own.has(name));
    if (isNew(star)) {
      if (more.some((name) => (given.get(name) ?? source) !== source || !PLAIN.test(name))) return next;
      edits.cut(star.start, star.end, given.get(more[0] ?? '') === source ? '' : `export { ${more.join(', ')} } from ${star.source.raw};`);
    }
    for (const name of more) given.set(name, source);
  }
  return analyzeModule(edits.render().text, next.format, next.file);
}

/** What an ES module gives away by itself, and the modules all of whose names it gives away; null where that does not tell all. */
export function givenBy(model: ModuleModel): { readonly names: readonly string[]; readonly stars: readonly string[] } | null {
  if (model.format !== 'module') return null;
  const { exported, stars, others, assigned } = itemsOf(sideFor(model), model.root);
  // What it does as it loads, nobody would ask for.
  if (exported.size === 0 && stars.size === 0 && others.length + assigned.length > 0) return null;
  const namespaces = (model.program.body as readonly AnyNode[]).flatMap((node) =>
    node.type === 'ExportAllDeclaration' && node.exported ? [node.exported.type === 'Identifier' ? node.exported.name : ''] : [],
  );
  return { names: [...exported.keys(), ...namespaces], stars: [...stars.keys()] };
}

function starsOf({ program }: ModuleModel): (ExportAllDeclaration & AnyNode)[] {
  return (program.body as readonly AnyNode[]).filter(
    (node) => node.type === 'ExportAllDeclaration' && !node.exported,
  ) as (ExportAllDeclaration & AnyNode)[];
}
