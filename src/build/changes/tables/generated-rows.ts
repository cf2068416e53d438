/**
 * Tables that a generator has written row by row, in a module that has nothing but data: one variable stands for each row in turn,
 * gets its entries, and is put into the table. They are read as rows that are written out, each entry on its line.
 */
import type { AnyNode, AssignmentExpression, MemberExpression } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { Binding, ModuleModel } from '../../../source/model.ts';
import { isBare } from '../../version/values/object-kinds.ts';

/** The same module where it has no such rows, or anything but rows for the variable. */
export function withRows(model: ModuleModel): ModuleModel {
  const { program, scope, functions, references, text } = model;
  if (functions.length > 1 || !text.includes('= Object.create(null)')) return model;
  const edits = new Edits(text);
  let found = false;
  for (const binding of scope.bindings.values()) {
    const rows = rowsOf(program.body, binding);
    const used = rows?.flatMap(({ uses }) => uses) ?? [];
    if (!rows?.length || used.length !== references.filter((ref) => ref.binding === binding).length) continue;
    found = true;
    for (const { first, entries, last } of rows) {
      edits.cut(first.start, first.end, `${text.slice(last.left.start, last.left.end)} = {__proto__:null,`);
      for (const { node, key, value } of entries) edits.cut(node.start, node.end, `${key}:(${text.slice(value.start, value.end)}),`);
      edits.cut(last.start, last.end, '};');
    }
  }
  return found ? analyzeModule(edits.render().text, model.format, model.file) : model;
}

interface Row {
  readonly first: AnyNode;
  readonly entries: readonly { readonly node: AnyNode; readonly key: string; readonly value: AnyNode }[];
  readonly last: AnyNode & { readonly left: AnyNode };
  /** Where it names the variable. */
  readonly uses: readonly AnyNode[];
}

/** `row = Object.create(null); row[0] = …; table[1] = row;`, again and again; null where a row is not like that. */
function rowsOf(body: readonly AnyNode[], { name }: Binding): Row[] | null {
  const rows: Row[] = [];
  for (let at = 0; at < body.length; at++) {
    const first = assignment(body[at]!);
    if (first?.left.type !== 'Identifier' || first.left.name !== name) continue;
    if (!isBare(first.right)) return null;
    const uses: AnyNode[] = [first.left];
    const entries: Row['entries'][number][] = [];
    for (at++; ; at++) {
      const next = body[at] && assignment(body[at]!);
      if (next?.left.type !== 'MemberExpression') return null;
      const { left, right } = next;
      if (right.type === 'Identifier' && right.name === name) {
        rows.push({ first: body[at - entries.length - 1]!, entries, last: { ...body[at]!, left } as Row['last'], uses: [...uses, right] });
        break;
      }
      const key = left.object.type === 'Identifier' && left.object.name === name ? keyOf(left) : null;
      if (key === null) return null;
      uses.push(left.object);
      entries.push({ node: body[at]!, key, value: right });
    }
  }
  return rows;
}

function assignment(statement: AnyNode): { readonly left: AnyNode; readonly right: AnyNode } | null {
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') return null;
  const { operator, left, right } = statement.expression as AssignmentExpression & { readonly left: AnyNode; readonly right: AnyNode };
  return operator === '=' ? { left, right } : null;
}

/** As it is written in a literal. */
function keyOf({ computed, property }: MemberExpression): string | null {
  if (!computed) return property.type === 'Identifier' && property.name !== '__proto__' ? property.name : null;
  const value = property.type === 'Literal' ? property.value : null;
  return typeof value === 'number' || (typeof value === 'string' && value !== '__proto__') ? JSON.stringify(value) : null;
}
