/** Fetches published packages through the npm client, so that its registry, credentials and cache are the user's own. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LivepatchError } from '../../errors/errors.ts';

/** What a program says may be long: tar names each field of an archive that it does not know, file by file. */
const SAID = 64 << 20;

const run = (command: string, args: readonly string[], cwd: string): Promise<{ stdout: string }> =>
  promisify(execFile)(command, args, { cwd, maxBuffer: SAID });

/** Where fetched packages are kept between builds. */
export function packageCache(): string {
  const setting = process.env['LIVEPATCH_PACKAGES'];
  return setting ?? join(tmpdir(), `livepatch-packages-${process.getuid?.() ?? 0}`);
}

/** The folder of `name@version`, fetched once. Throws ERR_FETCH. */
export function installPackage(name: string, version: string): Promise<string> {
  return fetched(`${name}@${version}`, async (what, work) => {
    const { stdout } = await run('npm', ['pack', what, '--json', '--ignore-scripts', '--loglevel=error', '--pack-destination', work], work);
    const packed = JSON.parse(stdout) as { filename: string }[];
    const archive = packed[0]!.filename.replace('@', '').replaceAll('/', '-');
    const folder = join(work, 'package');
    await mkdir(folder);
    await run('tar', ['-xzf', join(work, archive), '-C', folder, '--strip-components=1'], work);
    return folder;
  });
}

/** A folder in which the newest `name` in `range` is installed with all that it depends on, fetched once. Throws ERR_FETCH. */
export function installDependency(name: string, range: string): Promise<string> {
  return fetched(`deps+${name}@${range}`, async (_, work) => {
    const folder = join(work, 'home');
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{"private":true}\n');
    const quiet = ['--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', ...quiet, `${name}@${range}`], folder);
    return folder;
  });
}

async function fetched(key: string, fetch: (what: string, work: string) => Promise<string>): Promise<string> {
  const cache = packageCache();
  const home = join(cache, key.replace(/[^\w.@~^-]/g, '+'));
  if (existsSync(home)) return home;
  const what = key.replace(/^deps\+/, '');
  try {
    await mkdir(cache, { recursive: true, mode: 0o700 });
    const work = await mkdtemp(join(cache, '.fetch-'));
    try {
      const folder = await fetch(what, work);
      // A build beside this one may have been faster.
      await rename(folder, home).catch((error: unknown) => {
        if (!existsSync(home)) throw error;
      });
    } finally {
      await rm(work, { recursive: true, force: true });
    }
    return home;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim().split('\n')[0];
    throw new LivepatchError(
      'ERR_FETCH',
      { what, reason: said || (error instanceof Error ? error.message : String(error)) },
      { hint: `Try \`npm view ${what}\`.`, cause: error },
    );
  }
}
