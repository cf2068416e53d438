/** What static blocks give the static fields of a class, where they do no more than that: compilers write fields so. */
import type { AnyNode, Class, PropertyDefinition, StaticBlock } from 'acorn';
import { keyName } from '../../../source/paths.ts';

type Member = Class['body']['body'][number];

export interface StaticSets {
  /** By the name of the field. */
  readonly values: ReadonlyMap<string, AnyNode>;
  readonly blocks: ReadonlySet<Member>;
}

const NONE: StaticSets = { values: new Map(), blocks: new Set() };

export function staticSets(node: Class): StaticSets {
  const values = new Map<string, AnyNode>();
  const blocks = new Set<Member>();
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') {
      const sets = setsIn(member, node.id?.name);
      if (!sets) continue;
      blocks.add(member);
      for (const [name, value] of sets) {
        // Which one is the last depends on the order.
        if (values.has(name)) return NONE;
        values.set(name, value);
      }
    }
  }
  const declared = node.body.body.some(
    (m) => m.type === 'PropertyDefinition' && m.static && !m.computed && m.value && values.has(keyName(m.key, false)),
  );
  return declared ? NONE : { values, blocks };
}

/** `static name;` */
export function isBare(member: Member): member is PropertyDefinition {
  return member.type === 'PropertyDefinition' && member.static && !member.computed && !member.value && member.key.type === 'Identifier';
}

/** Null for a block that does anything else. */
function setsIn(block: StaticBlock, own: string | undefined): (readonly [string, AnyNode])[] | null {
  const found: (readonly [string, AnyNode])[] = [];
  for (const statement of block.body) {
    if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') return null;
    const { left, right, operator } = statement.expression;
    if (operator !== '=' || left.type !== 'MemberExpression' || left.computed || left.property.type !== 'Identifier') return null;
    const isOwn = left.object.type === 'ThisExpression' || (left.object.type === 'Identifier' && left.object.name === own);
    if (!isOwn) return null;
    found.push([left.property.name, right]);
  }
  return found;
}
