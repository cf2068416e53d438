/** `livepatch check`: what a patch would carry, and what a running process would say to it. Changes nothing. */
import { resolve } from 'node:path';
import type { CheckReport, ProcessInfo } from '../../agent/protocol.ts';
import { resolveTarget } from '../../agent/target.ts';
import { decodePatch } from '../../patch/format.ts';
import type { Patch, VerdictRow } from '../../patch/format.ts';
import { recommendedMode } from '../../patch/recommended-mode.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { printFailure } from '../output/failure.ts';
import { holdersTable } from '../output/holders.ts';
import { recommendedLine } from '../output/recommended-mode.ts';
import { plain, processLabel } from '../output/text.ts';
import { count, formatBytes, formatMs } from '../output/units.ts';
import { verdictTable } from '../output/verdicts.ts';
import { inPlaceOfThePatch, readPatch } from './apply.ts';
import { buildReport, finish, refused, usage } from './build.ts';
import type { BuildFlags } from './build.ts';

export async function check(context: Context, file: string | undefined, target: string | undefined, flags: BuildFlags): Promise<ExitCode> {
  if (file !== undefined) return await checkFile(context, file, target, flags);
  // What is not written needs no name.
  const named = flags.package === undefined ? { name: 'patch', ...flags } : flags;
  const { report, patch } = await buildReport(context, named);
  if (patch === null) return refused(context, report);
  finish(context, report, {}, `${report.name} can be carried`);
  return EXIT.done;
}

async function checkFile(context: Context, file: string, target: string | undefined, flags: BuildFlags): Promise<ExitCode> {
  const { terminal } = context;
  if (
    flags.from ??
    flags.to ??
    flags.package?.[0] ??
    flags.git ??
    flags.diff ??
    flags.base ??
    flags.hooks ??
    flags.requires ??
    flags.without?.[0] ??
    flags.state?.[0]
  )
    throw usage('A patch and source trees were given.', 'Name a patch that is built already, or two source trees.');
  const text = await readPatch(resolve(context.cwd, file), file);
  const inPlace = inPlaceOfThePatch(flags);
  const patch = { ...decodePatch(text, file), ...inPlace };
  const report = summary(patch, text);
  let process: { readonly info: ProcessInfo; readonly answer: CheckReport } | null = null;
  if (target !== undefined) {
    const { info, client } = await resolveTarget(target, context.client);
    process = { info, answer: await client.check(text, inPlace) };
  }
  const refusal = process?.answer.refusal ?? null;
  if (terminal.json) {
    const answer = process && { pid: process.info.pid, applies: refusal === null, ...process.answer };
    terminal.out(`${JSON.stringify({ ...report, process: answer })}\n`);
  } else {
    const isMet = process === null ? () => true : metBy(patch, process.answer);
    const met = report.verdicts.filter(isMet);
    if (met.length > 0) terminal.out(verdictTable(terminal, met));
    if (met.length < report.verdicts.length)
      terminal.out(`${report.verdicts.length - met.length} more are about files that ${processLabel(process!.info)} has not loaded.\n`);
    const functions = `${count(report.functions, 'function')} in ${count(report.modules, 'module')}`;
    terminal.out(`${plain(patch.name)}: ${functions}, mode ${patch.mode}, ${formatBytes(report.bytes)}.\n`);
    for (const line of declaredLines(patch)) terminal.out(`${line}\n`);
    terminal.out(recommendedLine(report.recommended));
    if (process) print(context, process.info, process.answer);
  }
  return refusal === null ? EXIT.done : EXIT.failed;
}

function summary(patch: Patch, text: string) {
  return {
    name: patch.name,
    mode: patch.mode,
    replace: patch.replace,
    requires: patch.requires ?? null,
    states: patch.states ?? [],
    functions: patch.modules.reduce((sum, m) => sum + m.functions.length, 0),
    modules: patch.modules.length,
    verdicts: patch.verdicts,
    recommended: recommendedMode(patch.verdicts),
    bytes: Buffer.byteLength(text),
  };
}

/**
 * Whether a verdict matters to a process that would take the patch: what old code left behind, or keeps a file from being patched,
 * is nothing to one that has not loaded it. Files of packages within packages may have the same name.
 */
function metBy(patch: Patch, { modules, refusal }: CheckReport): (row: VerdictRow) => boolean {
  const keysOf = (of: string | undefined, file: string): readonly string[] => (of === undefined ? [file] : [file, `${of}/${file}`]);
  const loaded = new Set(patch.modules.flatMap((own, i) => (modules[i]?.loaded === false ? [] : keysOf(own.package?.name, own.file))));
  const known = new Set([...patch.modules, ...(patch.unloaded ?? [])].flatMap((own) => keysOf(own.package?.name, own.file)));
  return ({ file, package: of }) => {
    const key = of === undefined ? file : `${of}/${file}`;
    return refusal !== null || loaded.has(key) || !known.has(key);
  };
}

function declaredLines({ requires, states = [], replace }: Patch): string[] {
  return [
    ...(requires === undefined ? [] : [`It requires "${plain(requires.patch)}"${requires.complete ? ', run by every task' : ''}.`]),
    ...states.map(({ id, version }) => `It has the state "${plain(id)}", version ${version}.`),
    ...(replace ? [] : ['It stacks on others, and takes no place of theirs.']),
  ];
}

function print({ terminal }: Context, info: ProcessInfo, answer: CheckReport): void {
  const who = processLabel(info);
  if (answer.refusal) {
    terminal.err(`${who} would refuse it:\n`);
    printFailure(terminal, answer.refusal);
    return;
  }
  const loaded = answer.modules.filter((m) => m.loaded).length;
  const later = answer.modules.length - loaded;
  const how = answer.linked ? 'linked for the trial' : 'parsed, not linked: linking it runs code';
  terminal.out(
    `${who} would take it: ${count(loaded, 'module')} loaded${later > 0 ? `, ${later} when they come` : ''}; the new code was ${how}, in ${formatMs(answer.ms)}.\n`,
  );
  if (answer.pending === 0) terminal.out('No task would be waited for.\n');
  else {
    terminal.out(`${count(answer.pending, 'task')} would be waited for now:\n`);
    terminal.out(holdersTable(answer.holders, info.cwd, '  '));
  }
}
