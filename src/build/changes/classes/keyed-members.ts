/** The members of a class by what tells them from others of it. */
import type { AnyNode, Class } from 'acorn';
import type { ClassInfo } from '../../../source/model.ts';
import { keyName } from '../../../source/paths.ts';
import type { StaticSets } from '../../version/forms/static-blocks.ts';

export type Member = Class['body']['body'][number];

export function keyed(cls: ClassInfo, { blocks: taken }: StaticSets, text: (node: AnyNode) => string): Map<string, Member> {
  const found = new Map<string, Member>();
  let blocks = 0;
  for (const member of cls.node.body.body) {
    if (member.type === 'StaticBlock') {
      if (taken.has(member)) continue;
      found.set(`block ${blocks++}`, member);
      continue;
    }
    const key = member.computed ? `[${text(member.key as AnyNode)}]` : keyName(member.key, false);
    const kind = member.type === 'PropertyDefinition' ? 'field' : member.kind;
    found.set(`${member.static ? 'static ' : ''}${kind} ${key}`, member);
  }
  return found;
}

/** Whether the running class has a method where the new one has an accessor: code that reads the one cannot do with the other. */
export function isOfOtherKind(key: string, old: ReadonlyMap<string, Member>): boolean {
  const [, isStatic, kind, name] = /^(static )?(method|get|set) (.*)$/s.exec(key) ?? [];
  if (name === undefined) return false;
  return (kind === 'method' ? ['get', 'set'] : ['method']).some((other) => old.has(`${isStatic ?? ''}${other} ${name}`));
}
