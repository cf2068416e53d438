/** Files that a patch does not carry: a process that has loaded one of them refuses it. */
import { posix } from 'node:path';
import type { AnyNode } from 'acorn';
import { hashOf } from '../../patch/format.ts';
import type { UnloadedFile, VerdictRow } from '../../patch/format.ts';
import type { ModuleModel } from '../../source/model.ts';
import { packageOf } from './files.ts';
import type { Manifests } from './files.ts';
import { VerdictLog } from '../verdicts/verdicts.ts';

/** `source`: see UnloadedFile. */
export async function unloadedFile(
  manifests: Manifests,
  file: string,
  text: string,
  source: string | null,
  reason: string,
): Promise<UnloadedFile> {
  const owner = await packageOf(manifests, file);
  return {
    file: owner === null || owner.folder === '' ? file : posix.relative(owner.folder, file),
    package: owner && { name: owner.name, version: owner.version },
    hash: hashOf(text),
    source,
    reason,
  };
}

/** Whether a module exports nothing, as a program of its own does. */
export function givesNothing({ format, program, references }: ModuleModel): boolean {
  if (format === 'module') return !program.body.some((node) => node.type.startsWith('Export') && !isBare(node as AnyNode));
  return references.every(
    ({ binding, parent }) => binding?.kind !== 'implicit' || !/^(exports|module)$/.test(binding.name) || isMark(parent),
  );
}

/** `export {}` only says that it is an ES module. */
function isBare(node: AnyNode): boolean {
  return node.type === 'ExportNamedDeclaration' && !node.declaration && node.specifiers.length === 0;
}

/** `Object.defineProperty(exports, '__esModule', …)` */
function isMark(node: AnyNode): boolean {
  if (node.type !== 'CallExpression') return false;
  const [, name] = node.arguments;
  return name?.type === 'Literal' && name.value === '__esModule';
}

/** What the build says of it. */
export function noteOn(file: string, { source, reason }: UnloadedFile, isLoadable: boolean): readonly VerdictRow[] {
  const log = new VerdictLog(file);
  const where = isLoadable
    ? 'only a pattern among the entries of the package leads to it, it exports nothing, and its new version asks for files that the patch brings'
    : "it is not reachable from the package's entries";
  if (source === null) log.add('file-unreachable', null, null, '', `${where}; left out, because of ${reason}`);
  else
    log.add(
      'file-unloaded',
      null,
      null,
      '',
      `a process that has loaded it refuses the patch, because of ${reason}; any other loads the new version`,
    );
  return log.rows;
}
