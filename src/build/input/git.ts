/** The trees of two commits, read from the repository's objects: the work tree may hold anything. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LivepatchError } from '../../errors/errors.ts';
import type { Tree, Trees } from './trees.ts';

const run = promisify(execFile);
const MAX_OUTPUT = 256 << 20;

export async function gitTrees(range: string, cwd: string): Promise<Trees> {
  const git = async (...args: string[]): Promise<string> => {
    try {
      return (await run('git', args, { cwd, maxBuffer: MAX_OUTPUT, encoding: 'utf8' })).stdout;
    } catch (error) {
      const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0];
      throw new LivepatchError(
        'ERR_SOURCE_TREE',
        { path: range, reason: said || (error instanceof Error ? error.message : String(error)) },
        { hint: 'A range is written <commit>..<commit>.', cause: error },
      );
    }
  };
  const [from, to] = range.split(/\.\.\.?/, 2);
  if (!from)
    throw new LivepatchError(
      'ERR_SOURCE_TREE',
      { path: range, reason: 'it is not a range of commits' },
      { hint: 'A range is written <commit>..<commit>.' },
    );
  const tree = async (name: string): Promise<Tree> => {
    const commit = (await git('rev-parse', '--verify', `${name}^{commit}`)).trim();
    const prefix = (await git('rev-parse', '--show-prefix')).trim();
    const files = (await git('ls-tree', '-r', '-z', '--name-only', commit))
      .split('\0')
      .filter((f) => f !== '' && !f.includes('node_modules/'));
    const known = new Set(files);
    return {
      label: commit.slice(0, 12),
      files: [...known].sort(),
      dependencies: async () => cwd,
      read: async (file) => (known.has(file) ? await git('show', `${commit}:${prefix}${file}`) : null),
    };
  };
  return { from: await tree(from), to: await tree(to || 'HEAD'), single: false };
}
