/** What of the process stands in the way of patching: its settings, other agents in it; and what the hook costs it. */
import type { DoctorReport, MemoryCost } from '../agent/protocol.ts';
import type { LoadedModules } from './sites/modules.ts';

type Finding = DoctorReport['findings'][number];

/** Packages that wrap functions of others as they load. */
const AGENTS = [
  'dd-trace',
  '@opentelemetry/instrumentation',
  'newrelic',
  'elastic-apm-node',
  '@sentry/node',
  'import-in-the-middle',
  'require-in-the-middle',
  'shimmer',
];

/** What V8 takes for one variable of a script scope: measured. */
const SLOT_BYTES = 500;

export function memoryCost(modules: LoadedModules, slots: number): MemoryCost {
  let text = 0;
  let tables = 0;
  for (const module of modules.instrumented) {
    text += module.added;
    tables += module.recordSize;
  }
  return { text, tables, slots: slots * SLOT_BYTES };
}

export function doctorFindings(modules: LoadedModules, tainted: boolean): Finding[] {
  const findings: Finding[] = [];
  if (tainted) {
    findings.push({
      level: 'warning',
      what: 'A transition was forced in this process, so tasks may have run old and new code mixed.',
      hint: 'Restart it when you can: what they have left behind in its data cannot be told.',
    });
  }
  if (!canEvaluate()) {
    findings.push({
      level: 'warning',
      what: 'Code generation from strings is disabled, or the global eval has been replaced, so no patch can be linked.',
      hint: 'Start without --disallow-code-generation-from-strings, and without what replaces eval, as a lockdown does.',
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
  if (permission && !permission.has('inspector')) {
    findings.push({
      level: 'info',
      what: 'The permission model forbids the inspector, so patches that must look for old closures are refused.',
      hint: 'Allow it with --allow-inspector where this Node has that option.',
    });
  }
  if (process.execArgv.some((a) => a.startsWith('--inspect'))) {
    findings.push({
      level: 'info',
      what: 'The inspector is open: while a debugger is attached, awaits are several times slower.',
      hint: 'Measure without it.',
    });
  }
  const past = modules.past.length;
  if (past > 0) {
    findings.push({
      level: 'info',
      what: `${past} ${past === 1 ? 'module was' : 'modules were'} loaded before livepatch, or past its hook.`,
      hint: 'Put --import livepatch/register before other preloads. What --require loads comes before all that --import does, and stays as it is.',
    });
  }
  const reprinted = modules.instrumented.filter((module) => module.isReprinted && !module.gone);
  if (reprinted.length > 0) {
    findings.push({
      level: 'info',
      what: `${reprinted.length} ${reprinted.length === 1 ? 'module was' : 'modules were'} compiled by another tool after livepatch, such as ${reprinted[0]!.file}.`,
      hint: 'A patch changes the functions inside what that tool has put around them, which stays as it is.',
    });
  }
  const files = [...modules.instrumented, ...modules.untouched].map((m) => m.file);
  for (const agent of AGENTS.filter((name) => files.some((file) => file.includes(`/node_modules/${name}/`)))) {
    findings.push({
      level: 'info',
      what: `${agent} is loaded: it wraps functions of other modules.`,
      hint: 'A patch changes the function inside the wrapper; the wrapper stays as it is.',
    });
  }
  for (const { file, names } of wrappedExports(modules)) {
    findings.push({
      level: 'info',
      what: `${names.join(', ')} of ${file} ${names.length === 1 ? 'is' : 'are'} wrapped by another agent.`,
      hint: 'A patch changes the function inside the wrapper; the wrapper stays as it is.',
    });
  }
  return findings;
}

/** Exported functions that carry the marks which shimmer, and agents built on it, leave on what they wrap. */
function wrappedExports(modules: LoadedModules): { readonly file: string; readonly names: readonly string[] }[] {
  return modules.instrumented.flatMap((module) => {
    if (!module.evaluated) return [];
    const names: string[] = [];
    try {
      const exported = module.scopes.instances(0)[0]!.evaluate("typeof module==='object'&&module!==null?module.exports:undefined");
      if (typeof exported !== 'object' || exported === null) return [];
      for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(exported)) as [string, PropertyDescriptor][]) {
        if (typeof value === 'function' && ('__wrapped' in value || '__original' in value)) names.push(name);
      }
    } catch {
      return [];
    }
    return names.length > 0 ? [{ file: module.file, names }] : [];
  });
}

function canEvaluate(): boolean {
  try {
    // The check is the point: nothing else tells whether a direct eval is allowed, and is one.
    // oxlint-disable-next-line no-implied-eval
    return new Function('seen', "return eval('seen')")(1) === 1;
  } catch {
    return false;
  }
}
