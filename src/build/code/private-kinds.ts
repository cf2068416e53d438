/**
 * Private names that stand for a member of another kind in the new version, a field where there was a method. The class
 * that runs has one member of each name, and nobody outside of it knows the names: the new one goes by a name of its own.
 */
import type { AnyNode, Class } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import type { ModuleModel } from '../../source/model.ts';
import { usesOf } from './private-members.ts';

/** The new version with other names for such members; itself where there are none. */
export function withOwnPrivateNames(base: ModuleModel, next: ModuleModel): ModuleModel {
  const old = new Map(base.classes.map((cls) => [cls.path, cls]));
  const edits: { readonly at: number; readonly name: string }[] = [];
  for (const cls of next.classes) {
    // Of several of one name, it may be another.
    const before = cls.path.includes('@') ? undefined : old.get(cls.path);
    if (!before || cls.privateNames.size === 0) continue;
    const [was, now] = [kindsIn(before.node), kindsIn(cls.node)];
    const changed = new Set([...now].flatMap(([name, kind]) => (was.has(name) && was.get(name) !== kind ? [name] : [])));
    if (changed.size === 0) continue;
    const fresh = new Map([...changed].map((name) => [name, freshName(name, [base.text, next.text])]));
    for (const { id } of usesOf(cls.node, changed)) edits.push({ at: id.end, name: fresh.get(id.name)!.slice(id.name.length) });
    for (const member of cls.node.body.body)
      if (member.type !== 'StaticBlock' && member.key.type === 'PrivateIdentifier' && changed.has(member.key.name))
        edits.push({ at: member.key.end, name: fresh.get(member.key.name)!.slice(member.key.name.length) });
  }
  if (edits.length === 0) return next;
  let text = '';
  let from = 0;
  for (const { at, name } of edits.toSorted((a, b) => a.at - b.at)) {
    text += next.text.slice(from, at) + name;
    from = at;
  }
  return analyzeModule(text + next.text.slice(from), next.format, next.file);
}

/** What each private name of a class stands for. */
function kindsIn(cls: Class): Map<string, string> {
  const kinds = new Map<string, string>();
  for (const member of cls.body.body) {
    if (member.type === 'StaticBlock' || (member.key as AnyNode).type !== 'PrivateIdentifier') continue;
    const { name } = member.key as { name: string };
    const kind = `${member.static ? 'static ' : ''}${member.type === 'MethodDefinition' ? member.kind : 'field'}`;
    kinds.set(name, [...(kinds.get(name)?.split(', ') ?? []), kind].toSorted().join(', '));
  }
  return kinds;
}

function freshName(name: string, texts: readonly string[]): string {
  for (let n = 1; ; n++) {
    const other = `${name}_${n}`;
    if (!texts.some((text) => text.includes(`#${other}`))) return other;
  }
}
