/**
 * Every error livepatch can report, by stable code. A code is never reused and never changes meaning;
 * docs/reference/errors.md documents each. `{name}` in a template is filled from the error's details.
 */
export const ERRORS = {
  ERR_NODE_VERSION: 'Node {version} is not supported: livepatch needs ^22.22.3, ^24.11.1 or >=26.',
  ERR_INTRINSICS_FROZEN: 'The built-in objects of this process are frozen.',
  ERR_NO_REQUIRE_MODULE: 'This process cannot require ES modules.',
  ERR_OWN_FILES: 'The build of livepatch that this process was started with is no longer in {folder}.',
  ERR_USAGE: '{what}',
  ERR_NO_PROCESS: 'No running process matches "{target}".',
  ERR_MANY_PROCESSES: '"{target}" matches {count} processes: {pids}.',
  ERR_PROCESS_GONE: 'Process {pid} went away before it answered.',
  ERR_PROCESS_SILENT: 'Process {pid} did not answer within {seconds} s; its event loop may be blocked.',
  ERR_SOCKET: 'The control socket {path} cannot be used: {reason}.',
  ERR_PATCH_UNREADABLE: '{file} is not a livepatch patch: {reason}.',
  ERR_PATCH_FORMAT: '{file} has patch format {found}; this version of livepatch reads format {known}.',
  ERR_PATCH_DIGEST: '{file} is damaged: its content does not match its digest.',
  ERR_PATCH_EMPTY: 'There is nothing to patch: from {from} to {to} no code changes that would run again.',
  ERR_BASE_MISMATCH:
    'The patch was built for another version of {module}: the running source has hash {running}, the patch expects {expected}.',
  ERR_NOT_LOADED: 'None of the modules of patch "{patch}" is loaded in this process: {modules}.',
  ERR_NOT_INSTRUMENTED: '{module} was loaded untouched and cannot be patched: {reason}.',
  ERR_UNKNOWN_FUNCTION: '{module} has no function {path}.',
  ERR_LINK: 'The new code of {module} failed while it was linked: {reason}.',
  ERR_VETO: 'Patch "{patch}" was refused by its own prePatch{of}: {reason}.',
  ERR_MODULE_REFUSED: '{module} must not be loaded: prePatch of patch "{patch}" refused it: {reason}.',
  ERR_DEPENDENCY_LACKS: 'The new code of {module} calls {name} of {dependency}, and the version of it in this process has none.',
  ERR_FILE_LOADED: 'Patch "{patch}" cannot change {module}, which this process has loaded: {reason}.',
  ERR_STATE_INCOMPATIBLE:
    'Patch "{patch}" (state "{state}" version {version}) is not compatible with patch "{older}", which is applied (version {installed}).',
  ERR_REQUIRES: 'Patch "{patch}" may only be applied where patch "{required}" is {complete}, and {state}.',
  ERR_REQUIRED: 'Patch "{patch}" must stay: patch "{by}" is applied and requires it.',
  ERR_MIGRATION: 'An instance of {type} could not be migrated: {reason}.',
  ERR_MIGRATION_MODE:
    'Patch "{patch}" changes what instances of {type} are like, and its new code cannot read the old ones: it must not be applied in mode {mode}.',
  ERR_ARGUMENTS_MODE:
    'Patch "{patch}" gives {path} arguments that it does not declare yet, and calls that wait lose them: not in mode {mode}.',
  ERR_HEAP_CLOSED: 'Patch "{patch}" migrates every live instance of {type}, and this process cannot be searched for them.',
  ERR_IRREVERSIBLE:
    'Patch "{patch}" cannot be taken out: it gave {count} instances of {type} their new shape, and there is no way back for them.',
  ERR_LIVE_CLOSURES: 'Patch "{patch}" would leave behind {count} function(s) that the old code made and the program still holds: {paths}.',
  ERR_LIVE_OBJECTS: 'Patch "{patch}" would leave behind {count} object(s) that the old code made and the program still holds: {paths}.',
  ERR_OBJECTS_UNKNOWN:
    'Patch "{patch}" may only be applied where no object holds {paths} of the old code, and this process cannot be searched for them.',
  ERR_LIVE_DATA: 'Patch "{patch}" would change {table}, which the program holds: {reason}.',
  ERR_CLOSURES_UNKNOWN:
    'Patch "{patch}" may only be applied where no function made by {paths} is alive, and this process cannot be searched for them.',
  ERR_ALREADY_APPLIED: 'Patch "{patch}" is already applied.',
  ERR_NOT_APPLIED: 'Patch "{patch}" is not applied.',
  ERR_BUSY: 'Another patch is in transition: "{patch}".',
  ERR_NO_TRANSITION: 'No patch is in transition.',
  ERR_REFUSED: 'The patch cannot be carried whole: {count} difference(s) refused.',
  ERR_SOURCE_TREE: 'Cannot read the source tree {path}: {reason}.',
  ERR_SYNTAX: '{file}{of} cannot be parsed: {reason}.',
  ERR_PACKAGE_FILE: '{file}{of} is no package file that Node can read: {reason}.',
  ERR_HOOKS: 'The callbacks in {file} cannot be used: {reason}.',
  ERR_FETCH: 'Cannot fetch {what}: {reason}.',
  ERR_OUTPUT: 'The result cannot be written to stdout: {reason}.',
  ERR_PREPARE: '{script} cannot be prepared: {reason}.',
  ERR_INTERNAL: 'Internal error: {reason}.',
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** Where an error points to: a file with a 1-based line and a 0-based column, as stack traces count columns from 1 less one. */
export interface Where {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** An error as it travels over the control socket and as `--json` prints it. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly where?: Where;
  /** What the reader can do about it, one sentence. */
  readonly hint?: string;
}

export interface ErrorOptionsOf {
  readonly where?: Where;
  readonly hint?: string;
  readonly cause?: unknown;
}

function fill(template: string, details: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (whole, key: string) => (key in details ? String(details[key]) : whole));
}

/** An expected failure: something the user can read, place and act on. Anything else that is thrown is a bug. */
export class LivepatchError extends Error {
  readonly code: ErrorCode;
  readonly where: Where | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, details: Readonly<Record<string, unknown>> = {}, options: ErrorOptionsOf = {}) {
    // The process that reports it may run a livepatch that has more codes than this one.
    const template: string | undefined = ERRORS[code];
    super(fill(template ?? code, details), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LivepatchError';
    this.code = code;
    this.where = options.where;
    this.hint = options.hint;
  }

  report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...(this.where ? { where: this.where } : {}),
      ...(this.hint ? { hint: this.hint } : {}),
    };
  }
}

/** The report of anything thrown: an unexpected error becomes ERR_INTERNAL with its own message. */
export function reportOf(error: unknown): ErrorReport {
  if (error instanceof LivepatchError) return error.report();
  return { code: 'ERR_INTERNAL', message: fill(ERRORS.ERR_INTERNAL, { reason: error instanceof Error ? error.message : String(error) }) };
}
