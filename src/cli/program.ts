/** The grammar of the command line. What a command does is loaded when it is the one to run. */
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ApplyFlags } from './commands/apply.ts';
import type { BuildFlags } from './commands/build.ts';
import type { Context } from './context.ts';
import { parseDuration } from './duration.ts';
import type { ExitCode } from './exit.ts';

interface TransitionFlags {
  readonly timeout: number;
}

type Exit = (code: ExitCode) => void;

const PROCESS = 'pid or name; not needed when only one process runs';

/** A program whose commands report their exit code to `exit`. Throws CommanderError instead of ending the process. */
export function createProgram(context: Context, exit: Exit): Command {
  const program = new Command('livepatch')
    .description('Change the code of a running Node.js process without a restart.')
    .version(version(), '-V, --version')
    .option('--json', 'print the result as one JSON object')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: (text) => context.terminal.out(text), writeErr: () => {} })
    .exitOverride();

  for (const add of COMMANDS) add(program, context, exit);
  return program;
}

function ps(program: Command, context: Context, exit: Exit): void {
  program
    .command('ps')
    .description('list the processes that can be patched')
    .action(async () => exit(await (await import('./commands/ps.ts')).ps(context)));
}

function buildAndCheck(program: Command, context: Context, exit: Exit): void {
  const build = program
    .command('build')
    .description('build a patch from two source trees')
    .option('-o, --output <file>', 'where to write the patch (default: <name>.klp)')
    .action(async (flags: BuildFlags) => exit(await (await import('./commands/build.ts')).build(context, flags)));
  const check = program
    .command('check')
    .description('say what a patch would carry, or what a process would say to a patch; changes nothing')
    .argument('[file]', 'a patch that is built already, instead of two source trees')
    .argument('[process]', 'pid or name: whether it would take the patch, and who would be waited for')
    .action(async (file: string | undefined, target: string | undefined, flags: BuildFlags) =>
      exit(await (await import('./commands/check.ts')).check(context, file, target, flags)),
    );
  for (const command of [build, check]) {
    command
      .option('--from <directory>', 'the source tree the process runs')
      .option('--to <directory>', 'the source tree it shall run')
      .option('--package <name@from..to>', 'two published versions of a package, such as qs@6.5.2..6.5.3; repeat it for several', collect)
      .option('--git <range>', 'two commits of this repository, such as HEAD~1..HEAD')
      .option('--diff <file>', 'a unified diff, or - to read it from standard input')
      .option('--base <directory>', 'the source tree of the diff, without it or with it (default: this directory)')
      .option('--without <package>', 'a dependency that stays as it is; repeat it for several', collect)
      .option('--name <name>', 'name of the patch')
      .addOption(mode('when tasks switch to the new code'))
      .option('--no-replace', 'let the patch stack on others, instead of taking their place')
      .option('--requires <patch>', 'name of the patch that every task must run before this one may come')
      .option('--state <id@version>', 'a lasting effect of the patch, such as accounts.lock@1; repeat it for several', collect)
      .option('--hooks <file>', 'callbacks of the patch: a CommonJS file that exports prePatch, postPatch, preUnpatch, postUnpatch');
  }
}

function apply(program: Command, context: Context, exit: Exit): void {
  program
    .command('apply')
    .description('apply a patch and wait until all tasks run it')
    .argument('<file>', 'the patch')
    .argument('[process]', PROCESS)
    .option('--name <name>', 'name of the patch in the process (default: the one it was built with)')
    .addOption(timeout())
    .addOption(mode('instead of the mode the patch was built with'))
    .option('--no-replace', 'stack the patch on those that are applied, instead of taking their place')
    .action(async (file: string, target: string | undefined, flags: ApplyFlags) =>
      exit(await (await import('./commands/apply.ts')).apply(context, file, target, flags)),
    );
}

function status(program: Command, context: Context, exit: Exit): void {
  program
    .command('status')
    .description('show patches, the transition, and who still runs the old code')
    .argument('[process]', 'pid or name (default: all processes)')
    .action(async (target: string | undefined) => exit(await (await import('./commands/status.ts')).status(context, target)));
}

function revert(program: Command, context: Context, exit: Exit): void {
  program
    .command('revert')
    .description('take a patch back and wait until no task runs it')
    .argument('<patch>', 'name of the patch')
    .argument('[process]', PROCESS)
    .addOption(timeout())
    .action(async (patch: string, target: string | undefined, flags: TransitionFlags) =>
      exit(await (await import('./commands/revert.ts')).revert(context, patch, target, flags)),
    );
}

function reverse(program: Command, context: Context, exit: Exit): void {
  program
    .command('reverse')
    .description('turn the running transition round')
    .argument('[process]', PROCESS)
    .action(async (target: string | undefined) => exit(await (await import('./commands/reverse.ts')).reverse(context, target)));
}

function force(program: Command, context: Context, exit: Exit): void {
  program
    .command('force')
    .description('end the running transition at once; taints the process')
    .argument('[process]', PROCESS)
    .option('-y, --yes', 'accept that tasks may run old and new code mixed')
    .action(async (target: string | undefined, flags: { readonly yes?: true }) =>
      exit(await (await import('./commands/force.ts')).force(context, target, flags)),
    );
}

function doctor(program: Command, context: Context, exit: Exit): void {
  program
    .command('doctor')
    .description('say what of a process can be patched, what cannot, and why')
    .argument('[process]', PROCESS)
    .action(async (target: string | undefined) => exit(await (await import('./commands/doctor.ts')).doctor(context, target)));
}

function prepare(program: Command, context: Context, exit: Exit): void {
  program
    .command('prepare')
    .description('instrument a program ahead of its first start; runs nothing of it')
    .argument('<script>', 'as the start command names it')
    .action(async (script: string) => exit(await (await import('./commands/prepare.ts')).prepare(context, script)));
}

/** In the order in which --help lists them. */
const COMMANDS: readonly ((program: Command, context: Context, exit: Exit) => void)[] = [
  ps,
  buildAndCheck,
  apply,
  status,
  revert,
  reverse,
  force,
  doctor,
  prepare,
];

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function mode(what: string): Option {
  return new Option('--mode <mode>', what).choices(['task', 'request', 'barrier']);
}

function timeout(): Option {
  return new Option('--timeout <duration>', 'reverse the transition after this time, such as 500ms, 30s, 2m; 0 for never')
    .default(60_000, '60s')
    .argParser((text) => {
      const ms = parseDuration(text);
      if (ms === null) throw new InvalidArgumentError('Write a duration such as 500ms, 30s or 2m, or 0 for none; at most 24 days.');
      return ms;
    });
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string };
  return manifest.version;
}
