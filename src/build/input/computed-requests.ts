/** Files that code asks for by names which it puts together: `require('./' + kind + '.js')` may lead to any of a folder. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AnyNode } from 'acorn';
import type { ModuleModel } from '../../source/model.ts';
import { nodesOf } from '../version/program/nodes.ts';

/** What is known of a name: how it begins, and how it ends. */
interface Affixes {
  readonly begin: string;
  readonly end: string;
}

/** The files of its own package that a module, which stands at `path`, may ask for so. */
export async function computedRequests({ program }: ModuleModel, path: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const { callee, arguments: given } of nodesOf(program, 'CallExpression')) {
    const affixes = callee.type === 'Identifier' && callee.name === 'require' && given[0] ? affixesOf(given[0] as AnyNode) : null;
    if (!affixes || !/^\.\.?\//.test(affixes.begin)) continue;
    const at = affixes.begin.lastIndexOf('/') + 1;
    const folder = join(dirname(path), affixes.begin.slice(0, at));
    for (const name of await filesIn(folder)) {
      const isMeant =
        name.startsWith(affixes.begin.slice(at)) && [name, name.replace(/\.(?:c?js|json)$/, '')].some((own) => own.endsWith(affixes.end));
      if (isMeant && /\.(?:c?js|json)$/.test(name) && join(folder, name) !== path) found.add(join(folder, name));
    }
  }
  return [...found].sort();
}

/** Null for what is written out, and for what nothing is known of. */
function affixesOf(node: AnyNode): Affixes | null {
  if (node.type === 'TemplateLiteral' && node.expressions.length > 0)
    return { begin: node.quasis[0]!.value.cooked ?? '', end: node.quasis.at(-1)!.value.cooked ?? '' };
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return null;
  let left = node.left as AnyNode;
  while (left.type === 'BinaryExpression' && left.operator === '+') left = left.left as AnyNode;
  const textOf = (part: AnyNode): string => (part.type === 'Literal' && typeof part.value === 'string' ? part.value : '');
  return { begin: textOf(left), end: textOf(node.right) };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}
