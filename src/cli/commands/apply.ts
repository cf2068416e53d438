/** `livepatch apply`: one patch file into one process. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { InPlaceOfThePatch } from '../../agent/protocol.ts';
import { MAX_REQUEST_BYTES } from '../../agent/request.ts';
import { resolveTarget } from '../../agent/target.ts';
import { LivepatchError } from '../../errors/errors.ts';
import { decodePatch } from '../../patch/format.ts';
import type { Mode } from '../../patch/format.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit.ts';
import { watch } from './transition.ts';

export interface ApplyFlags {
  readonly name?: string;
  readonly timeout: number;
  readonly mode?: Mode;
  /** False for --no-replace; true says no more than the patch does. */
  readonly replace?: boolean;
}

export async function apply(context: Context, file: string, target: string | undefined, flags: ApplyFlags): Promise<ExitCode> {
  const patch = await readPatch(resolve(context.cwd, file), file);
  // The process reads it too, but only here has it a file name to complain about.
  const { name: ownName } = decodePatch(patch, file);
  const { info, client } = await resolveTarget(target, context.client);
  return await watch(context, {
    verb: 'apply',
    patch: flags.name ?? ownName,
    info,
    timeoutMs: flags.timeout,
    start: (options) => client.apply(patch, { ...options, ...inPlaceOfThePatch(flags) }),
    async modules(name) {
      try {
        const { patches } = await client.status();
        return patches.find((one) => one.name === name)?.modules.filter((module) => module.patched).length ?? null;
      } catch {
        // The patch is applied whatever becomes of this question.
        return null;
      }
    },
  });
}

/** What the options say otherwise than the patch does. */
export function inPlaceOfThePatch({ name, mode, replace }: Pick<ApplyFlags, 'name' | 'mode' | 'replace'>): InPlaceOfThePatch {
  return {
    ...(name === undefined ? {} : { name }),
    ...(mode === undefined ? {} : { mode }),
    ...(replace === false ? { replace } : {}),
  };
}

/** What JSON adds to a text is quoting; a patch this large is refused here, with its file named. */
const MAX_PATCH_BYTES = MAX_REQUEST_BYTES * 0.75;

export async function readPatch(path: string, file: string): Promise<string> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw unreadable(file, REASONS[code] ?? String(error), error);
  }
  if (text.trim() === '') throw unreadable(file, 'it is empty');
  if (Buffer.byteLength(text) > MAX_PATCH_BYTES) throw unreadable(file, `it is larger than ${MAX_PATCH_BYTES / 2 ** 20} MiB`);
  return text;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'it may not be read',
};

function unreadable(file: string, reason: string, cause?: unknown): LivepatchError {
  return new LivepatchError(
    'ERR_PATCH_UNREADABLE',
    { file, reason },
    { cause, hint: 'Build a patch with: livepatch build --from <old> --to <new> -o fix.klp' },
  );
}
