/** One command line from its arguments to its exit code. */
import { CommanderError, type Command } from 'commander';
import { LivepatchError, reportOf } from '../errors/errors.ts';
import { loadBuilder } from './build-port.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { printFailure } from './output/failure.ts';
import { createProgram } from './program.ts';
import { createTerminal } from './terminal.ts';

/** Runs the command line; everything that goes wrong is printed and becomes the exit code. */
export async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = createProgram(context, (exit) => {
    code = exit;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return usage(context, error, program, argv);
    printFailure(context.terminal, reportOf(error));
    return error instanceof LivepatchError && error.code === 'ERR_USAGE' ? EXIT.usage : EXIT.failed;
  }
}

/** Runs the command line of this process. */
export async function runProcess(): Promise<void> {
  const argv = process.argv.slice(2);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `livepatch ps | head -1` closes the pipe early; that is no failure.
    if (error.code === 'EPIPE') return;
    process.exitCode = EXIT.unwritten;
    const failure = new LivepatchError(
      'ERR_OUTPUT',
      { reason: error.message },
      { hint: 'What the command did stands: see livepatch status.' },
    );
    printFailure(createTerminal(false), failure.report());
  });
  const code = await run(argv, {
    // Before the arguments are parsed, so that a wrong argument is reported as JSON too.
    terminal: createTerminal(argv.includes('--json')),
    cwd: process.cwd(),
    client: {},
    loadBuilder,
    onInterrupt(handler) {
      process.once('SIGINT', handler);
      return () => process.off('SIGINT', handler);
    },
  });
  process.exitCode ??= code;
}

function usage(context: Context, error: CommanderError, program: Command, argv: readonly string[]): ExitCode {
  // --help and --version end in an "error" too.
  if (error.exitCode === 0) return EXIT.done;
  const { terminal } = context;
  // `livepatch` alone.
  if (error.code === 'commander.help' && !terminal.json) {
    terminal.err(program.helpInformation());
    return EXIT.usage;
  }
  const [what = '', ...hints] =
    error.code === 'commander.help' ? ['no command was given'] : error.message.replace(/^error: /, '').split('\n');
  const message = `${what.charAt(0).toUpperCase()}${what.slice(1)}`.replace(/([^.?!])$/, '$1.');
  const command = program.commands.find((one) => one.name() === argv.find((argument) => !argument.startsWith('-')));
  const line = command ? `livepatch ${command.name()} ${command.usage()}` : `livepatch ${program.usage()}, see livepatch --help`;
  const hint = [...hints.map((hint) => hint.replace(/^\((.*)\)$/, '$1')), `Usage: ${line}`].join(' ');
  printFailure(terminal, new LivepatchError('ERR_USAGE', { what: message }, { hint }).report());
  return EXIT.usage;
}
