/** Settings of the process that stand in the way of patching. */
import type { DoctorReport } from '../agent/protocol.ts';

type Finding = DoctorReport['findings'][number];

export function doctorFindings(): Finding[] {
  const findings: Finding[] = [];
  if (!canEvaluate()) {
    findings.push({
      level: 'warning',
      what: 'Code generation from strings is disabled, so no patch can be linked.',
      hint: 'Start without --disallow-code-generation-from-strings.',
    });
  }
  const permission = (process as { permission?: { has(scope: string): boolean } }).permission;
  if (permission && !permission.has('fs.write')) {
    findings.push({
      level: 'info',
      what: 'The permission model forbids writing, so instrumented modules are not cached.',
      hint: 'Allow the cache folder with --allow-fs-write, or set LIVEPATCH_CACHE.',
    });
  }
  if (process.execArgv.some((a) => a.startsWith('--inspect'))) {
    findings.push({
      level: 'info',
      what: 'The inspector is open: while a debugger is attached, awaits are several times slower.',
      hint: 'Measure without it.',
    });
  }
  return findings;
}

function canEvaluate(): boolean {
  try {
    // The check is the point: nothing else tells whether eval is allowed.
    // oxlint-disable-next-line no-eval
    return (0, eval)('1') === 1;
  } catch {
    return false;
  }
}
