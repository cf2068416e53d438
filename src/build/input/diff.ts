/** A tree and a unified diff: the other tree is what `git apply` makes of it, in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { LivepatchError } from '../../errors/errors.ts';
import type { Tree, Trees } from './trees.ts';

/**
 * `tree` is the old one, or, as where `git diff` shows what has just been changed, the new one: whichever way the diff
 * applies. Paths have the prefixes a/ and b/, as git, and `diff -ru a b`, write them. Throws ERR_SOURCE_TREE when it
 * applies neither way.
 */
export async function diffTrees(tree: Tree, diff: string): Promise<Trees> {
  const work = await mkdtemp(join(tmpdir(), 'livepatch-diff-'));
  try {
    const named = [...diff.matchAll(/^(?:---|\+\+\+|rename from|rename to|copy from|copy to) "?(?:[ab]\/)?([^\t\n"]+)/gm)].map((m) =>
      m[1]!.trim(),
    );
    for (const file of new Set(named)) {
      const content = file === '/dev/null' ? null : await tree.read(file);
      if (content === null) continue;
      await mkdir(dirname(join(work, file)), { recursive: true });
      await writeFile(join(work, file), content);
    }
    const complaint = await apply(diff, work, []);
    const back = complaint !== null && (await apply(diff, work, ['--reverse'])) === null;
    if (complaint !== null && !back) {
      throw new LivepatchError(
        'ERR_SOURCE_TREE',
        { path: tree.label, reason: `the diff does not apply (${complaint})` },
        { hint: 'Paths in the diff are relative to --base, with the prefixes a/ and b/.' },
      );
    }
    const changed = new Map<string, string | null>();
    for (const file of new Set(named)) {
      if (file.split('/').includes('..') || file.startsWith('/')) continue;
      changed.set(file, await readFile(join(work, file), 'utf8').catch(() => null));
    }
    const other = withChanges(tree, `${tree.label} ${back ? 'before' : 'with'} the diff`, changed);
    return { ...(back ? { from: other, to: tree } : { from: tree, to: other }), single: false };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** `null` for a file that is not there. */
function withChanges(tree: Tree, label: string, changed: ReadonlyMap<string, string | null>): Tree {
  const files = new Set(tree.files);
  for (const [file, content] of changed) {
    if (content === null) files.delete(file);
    else files.add(file);
  }
  return {
    label,
    files: [...files].sort(),
    read: async (file) => (changed.has(file) ? changed.get(file)! : await tree.read(file)),
    ...(tree.dependencies ? { dependencies: tree.dependencies } : {}),
  };
}

/** All of the diff or nothing. What git says against it; null once it has been applied. */
async function apply(diff: string, cwd: string, options: readonly string[]): Promise<string | null> {
  // Not within a repository that the folder for temporary files may be in.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(cwd), GIT_DIR: join(cwd, '.none') };
  const child = spawn('git', ['apply', '--whitespace=nowarn', ...options, '-'], { cwd, env, stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.on('error', () => {});
  child.stdin.end(diff);
  const [said, code] = await Promise.all([
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    }),
  ]);
  if (code === 0) return null;
  const [first] = said.trim().split('\n');
  return first?.replace(/^error: /, '') || 'git apply failed';
}
