/**
 * Files that a module reads as text, by a path that begins with its own folder: `fs.readFileSync(path.join(__dirname, 'a.html'),
 * 'utf8')`. On the disk of a running process lies what the old version read, so new code has the new text as a literal.
 */
import { posix } from 'node:path';
import type { AnyNode, CallExpression } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import { Edits } from '../../source/edits.ts';
import type { ModuleModel } from '../../source/model.ts';
import { itemsOf } from '../version/modules/item-reader.ts';
import type { Items } from '../version/forms/items.ts';
import { nodesOf } from '../version/program/nodes.ts';
import { moduleAsked, requiredBy } from '../version/program/ran.ts';
import { sideFor, stringOf } from '../version/side.ts';
import type { Side } from '../version/side.ts';

const UTF_8 = /^utf-?8$/i;
/** Stands for the folder of the module: no path has it. */
const HERE = '\0';

/** Most modules read nothing: by its text alone. */
export const mayReadTexts = (text: string): boolean => /\breadFileSync\b/.test(text);

export interface WithTexts {
  readonly next: ModuleModel;
  /** What is read, and brought. */
  readonly files: ReadonlySet<string>;
}

/** `changed`: the text of a file of the new tree that the running process has otherwise, or not at all; null for any other. */
export async function withTexts(next: ModuleModel, changed: (file: string) => Promise<string | null>): Promise<WithTexts | null> {
  const files = new Set<string>();
  const edits = new Edits(next.text);
  for (const { node, file } of readsIn(next)) {
    const text = await changed(file);
    if (text === null) continue;
    files.add(file);
    edits.cut(node.start, node.end, JSON.stringify(text));
  }
  return files.size === 0 ? null : { next: analyzeModule(edits.render().text, next.format, next.file), files };
}

interface Read {
  readonly node: AnyNode;
  readonly file: string;
}

/** The folder of the module, as the text of a path that begins with it has it. */
const FOLDER = /\b__dirname\b|\bimport\.meta\.dirname\b/g;

function readsIn(model: ModuleModel): Read[] {
  const folders = [...model.text.matchAll(FOLDER)].map(({ index }) => index);
  const isOfFolder = (path: AnyNode | undefined): boolean => path !== undefined && folders.some((at) => path.start <= at && at < path.end);
  const calls = nodesOf(model.program, 'CallExpression').flatMap((node) => {
    const call = textCall(node);
    return call && isOfFolder(call.arguments[0] as AnyNode | undefined) ? [{ node, call }] : [];
  });
  if (calls.length === 0) return [];
  const known = new Calls(sideFor(model));
  const folder = posix.dirname(model.file);
  return calls.flatMap(({ node, call }) => {
    const path = known.is(call.callee, 'fs', 'readFileSync') ? known.path(call.arguments[0] as AnyNode) : null;
    const isHere = path?.startsWith(`${HERE}/`) === true && path.lastIndexOf(HERE) === 0;
    return isHere ? [{ node, file: posix.join(folder, path.slice(1)) }] : [];
  });
}

/** The call that reads, where a call may give the text of a file: `read(path, 'utf8')` or `read(path).toString()`. */
function textCall(node: CallExpression): CallExpression | null {
  const { callee, arguments: given } = node;
  const of = callee.type === 'MemberExpression' && !callee.computed && isNamed(callee.property, 'toString') ? callee.object : null;
  if (of?.type === 'CallExpression') return of.arguments.length === 1 && given.length === 0 ? of : null;
  return isUtf8(given[1] as AnyNode | undefined) ? node : null;
}

/** What calls call of the modules of Node, and the paths that they are given. */
class Calls {
  private readonly side: Side;
  private readonly items: Items;

  constructor(side: Side) {
    this.side = side;
    this.items = itemsOf(side, side.model.root);
  }

  is(callee: AnyNode, module: string, name: string): boolean {
    if (callee.type !== 'MemberExpression') return this.isOf(callee, module, name);
    if (callee.computed || !isNamed(callee.property, name)) return false;
    return (
      requiredBy(callee.object as AnyNode) === module ||
      this.isOf(callee.object as AnyNode, module, '*') ||
      this.isOf(callee.object as AnyNode, module, 'default')
    );
  }

  /** Null where the text does not tell. */
  path(node: AnyNode): string | null {
    const literal = stringOf(node);
    if (literal !== null) return literal;
    switch (node.type) {
      case 'Identifier':
        return node.name === '__dirname' && (this.bindingOf(node)?.kind ?? 'implicit') === 'implicit' ? HERE : null;
      case 'MemberExpression':
        return this.side.model.text.slice(node.start, node.end) === 'import.meta.dirname' ? HERE : null;
      case 'BinaryExpression':
        return node.operator === '+' ? joined([this.path(node.left as AnyNode), this.path(node.right)], '') : null;
      case 'TemplateLiteral':
        return joined(
          node.quasis.flatMap(({ value }, i) => [
            value.cooked ?? null,
            ...(i < node.expressions.length ? [this.path(node.expressions[i]!)] : []),
          ]),
          '',
        );
      case 'CallExpression': {
        const [first, ...rest] = (node.arguments as AnyNode[]).map((argument) => this.path(argument));
        if (this.is(node.callee, 'path', 'join')) return joined([first ?? null, ...rest], '/');
        // Behind an absolute path, what does not begin at the root is below it.
        const isBelow = first === HERE && rest.every((part) => part !== null && !part.startsWith('/'));
        return isBelow && this.is(node.callee, 'path', 'resolve') ? joined([first, ...rest], '/') : null;
      }
      default:
        return null;
    }
  }

  private isOf(node: AnyNode, module: string, imported: string): boolean {
    if (node.type !== 'Identifier') return false;
    const item = this.items.named.get(node.name);
    if (!item || item.source === null || moduleAsked(item.source) !== module || item.imported !== imported) return false;
    const binding = this.bindingOf(node);
    return binding !== null && !binding.reassigned && binding.scope.fn === this.side.model.root;
  }

  private bindingOf(node: AnyNode): NonNullable<ReturnType<Side['refsIn']>[number]['binding']> | null {
    return this.side.refAt(node)?.binding ?? null;
  }
}

function joined(parts: readonly (string | null)[], between: string): string | null {
  return parts.includes(null) ? null : parts.join(between);
}

function isUtf8(node: AnyNode | undefined): boolean {
  if (node?.type !== 'ObjectExpression') return node?.type === 'Literal' && UTF_8.test(String(node.value));
  const [property, ...more] = node.properties;
  if (property?.type !== 'Property' || more.length > 0 || property.computed || !isNamed(property.key, 'encoding')) return false;
  return property.value.type === 'Literal' && UTF_8.test(String(property.value.value));
}

const isNamed = (node: AnyNode, name: string): boolean => node.type === 'Identifier' && node.name === name;
