/** A tree and a unified diff: the new tree is what `git apply` makes of it, in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { LivepatchError } from '../errors/errors.ts';
import type { Tree, Trees } from './trees.ts';

/** Paths have the prefixes a/ and b/, as git, and `diff -ru a b`, write them. Throws ERR_SOURCE_TREE when it does not apply. */
export async function diffTrees(from: Tree, diff: string): Promise<Trees> {
  const work = await mkdtemp(join(tmpdir(), 'livepatch-diff-'));
  try {
    const named = [...diff.matchAll(/^(?:---|\+\+\+|rename from|rename to|copy from|copy to) "?(?:[ab]\/)?([^\t\n"]+)/gm)].map((m) =>
      m[1]!.trim(),
    );
    const old = new Set<string>();
    for (const file of new Set(named)) {
      const content = file === '/dev/null' ? null : await from.read(file);
      if (content === null) continue;
      old.add(file);
      await mkdir(dirname(join(work, file)), { recursive: true });
      await writeFile(join(work, file), content);
    }
    await apply(diff, work, from.label);
    const changed = new Map<string, string | null>();
    for (const file of new Set(named)) {
      if (file.split('/').includes('..') || file.startsWith('/')) continue;
      changed.set(file, await readFile(join(work, file), 'utf8').catch(() => null));
    }
    const files = new Set(from.files);
    for (const [file, content] of changed) {
      if (content === null) files.delete(file);
      else files.add(file);
    }
    const read: Tree['read'] = async (file) => (changed.has(file) ? changed.get(file)! : await from.read(file));
    return {
      from,
      to: {
        label: `${from.label} with the diff`,
        files: [...files].sort(),
        read,
        ...(from.dependencies ? { dependencies: from.dependencies } : {}),
      },
      single: false,
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function apply(diff: string, cwd: string, label: string): Promise<void> {
  // Not within a repository that the folder for temporary files may be in.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(cwd), GIT_DIR: join(cwd, '.none') };
  const child = spawn('git', ['apply', '--whitespace=nowarn', '-'], { cwd, env, stdio: ['pipe', 'ignore', 'pipe'] });
  child.stdin.on('error', () => {});
  child.stdin.end(diff);
  const [said, code] = await Promise.all([
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    }),
  ]);
  if (code === 0) return;
  const reason =
    said
      .trim()
      .split('\n')[0]
      ?.replace(/^error: /, '') || 'git apply failed';
  throw new LivepatchError(
    'ERR_SOURCE_TREE',
    { path: label, reason: `the diff does not apply (${reason})` },
    { hint: 'Paths in the diff are relative to --base, with the prefixes a/ and b/.' },
  );
}
