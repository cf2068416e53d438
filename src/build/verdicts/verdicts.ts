/**
 * Every verdict the builder can give, by stable code; docs/reference/verdicts.md documents each.
 * A code is never reused and never changes meaning.
 */
import type { Verdict, VerdictRow } from '../../patch/format.ts';
import { excerptOf, originOf } from '../version/program/places.ts';
import type { Side } from '../version/side.ts';

export const VERDICTS = {
  'function-changed': 'carried',
  'function-relinked': 'carried',
  'function-added': 'carried',
  'function-removed': 'carried',
  'constant-changed': 'carried',
  'constant-added': 'carried',
  'constant-removed': 'carried',
  'class-added': 'carried',
  'member-added': 'carried',
  'import-added': 'carried',
  'import-changed': 'carried',
  'import-removed': 'carried',
  'export-added': 'carried',
  'export-changed': 'carried',
  'property-set': 'carried',
  'table-changed': 'carried',
  'table-filled': 'carried',
  'capture-derived': 'carried',
  'capture-added': 'carried',
  'entry-supplied': 'carried',
  'statement-added': 'carried',
  'file-added': 'carried',
  'file-moved': 'carried',
  'text-brought': 'carried',
  'names-paired': 'carried',
  'dependency-added': 'carried',
  'loop-handed-over': 'carried',
  'field-added': 'carried-with-transform',
  'field-converted': 'carried-with-transform',
  'cache-emptied': 'carried-with-transform',
  'listener-added': 'carried-with-transform',
  'export-removed': 'warning',
  'property-removed': 'warning',
  'member-removed': 'warning',
  'statement-removed': 'warning',
  'statement-idle': 'warning',
  'package-renamed': 'warning',
  'entry-changed': 'warning',
  'file-removed': 'warning',
  'command-only': 'warning',
  'file-unreachable': 'warning',
  'file-unloaded': 'warning',
  'dependency-changed': 'warning',
  'dependency-upgraded': 'warning',
  'dependency-carried': 'warning',
  'data-changed': 'warning',
  'file-not-brought': 'warning',
  'live-state': 'warning',
  'state-unset': 'warning',
  'not-set-up': 'warning',
  'state-left': 'warning',
  'computed-at-load': 'warning',
  'initialiser-runs': 'warning',
  'import-runs': 'warning',
  'value-copied': 'warning',
  'meaning-changed': 'warning',
  'locks-changed': 'warning',
  'function-stands-in': 'warning',
  'class-written-out': 'warning',
  'capture-kept': 'warning',
  'closure-kept': 'warning',
  'set-up-kept': 'warning',
  'closure-stranded': 'warning',
  'instances-lack': 'warning',
  'instances-hold': 'warning',
  'shape-early': 'warning',
  'result-kind': 'warning',
  'length-kept': 'warning',
  'attributes-kept': 'warning',
  'arguments-seen': 'warning',
  'arguments-unseen': 'warning',
  'text-kept': 'warning',
  'results-kept': 'warning',
  'results-remembered': 'warning',
  'loop-stays': 'warning',
  strictness: 'warning',
  'live-data': 'needs-hook',
  'generated-code': 'needs-hook',
  'closure-out-of-reach': 'refused',
  'this-out-of-reach': 'refused',
  'argument-out-of-reach': 'refused',
  'super-out-of-reach': 'refused',
  'private-out-of-reach': 'refused',
  'name-out-of-reach': 'refused',
  'statement-changed': 'refused',
  'value-replaced': 'refused',
  'class-changed': 'refused',
  'constructor-changed': 'refused',
  'generator-changed': 'refused',
  'function-untouched': 'refused',
  'module-untouched': 'refused',
  'wrapper-changed': 'refused',
  'names-unclear': 'refused',
  'format-changed': 'refused',
} as const satisfies Readonly<Record<string, Verdict>>;

export type VerdictCode = keyof typeof VERDICTS;

/** What the author of the patch takes care of: see hook-file.ts. */
export interface Claimed {
  readonly name: string;
  readonly claims: readonly string[];
  /** The file whose classes it migrates, and their names. */
  readonly module: string | null;
  readonly migrates: readonly string[];
  readonly manifest: { readonly mode?: string };
}

/** Of what a migration takes care: instances that lack a field or hold another value, and where all switch at once those of the new shape. */
function isMigrated(hook: Claimed, file: string, code: VerdictCode, path: string): boolean {
  const name = /(?:^|[./])(\w+)(?:#\w+|\.prototype\.\w+)?(?: |$)/.exec(path)?.[1];
  if (name === undefined || hook.module !== file || !hook.migrates.includes(name)) return false;
  const isOfInstances = code === 'instances-lack' || code === 'instances-hold' || code === 'state-unset';
  return isOfInstances || (code === 'shape-early' && hook.manifest.mode === 'barrier');
}

export function isClaimed(claim: string, { file, code, line, origin }: Pick<VerdictRow, 'file' | 'code' | 'line' | 'origin'>): boolean {
  const places = [{ file, line }, ...(origin ? [origin] : [])];
  return places.some((at) => claim === `${at.file} ${code}` || claim === `${at.file}:${at.line}`);
}

function origin(side: Side | null, node: { readonly start: number } | null): Pick<VerdictRow, 'origin'> {
  const found = side && node ? originOf(side, node) : null;
  if (!found) return {};
  const { file, line, excerpt } = found;
  return { origin: { file, line, ...(excerpt === undefined ? {} : { excerpt }) } };
}

/** The verdicts on one file, each difference once. */
export class VerdictLog {
  private readonly seen = new Map<string, VerdictRow>();
  private sorted: readonly VerdictRow[] | null = null;
  private readonly file: string;
  private readonly hook: Claimed | null;

  constructor(file: string, hook: Claimed | null = null) {
    this.file = file;
    this.hook = hook;
  }

  /** Gives whether the author takes care of it. */
  add(code: VerdictCode, side: Side | null, node: { readonly start: number } | null, path: string, reason: string): boolean {
    const line = side && node ? side.line(node) : 1;
    const key = `${code} ${line} ${path} ${reason}`;
    const seen = this.seen.get(key);
    if (seen) return seen.verdict === 'carried-with-hook';
    const excerpt = side && node ? excerptOf(side, node) : undefined;
    const from = origin(side, node);
    const { hook } = this;
    const claimed =
      hook !== null &&
      !VERDICTS[code].startsWith('carried') &&
      (isMigrated(hook, this.file, code, path) || hook.claims.some((claim) => isClaimed(claim, { file: this.file, code, line, ...from })));
    this.sorted = null;
    this.seen.set(key, {
      verdict: claimed ? 'carried-with-hook' : VERDICTS[code],
      code,
      file: this.file,
      line,
      path,
      reason: claimed ? `${hook.name} takes care of it: ${reason}` : reason,
      ...(excerpt !== undefined ? { excerpt } : {}),
      ...from,
    });
    return claimed;
  }

  /** Takes back a verdict on what turns out to be carried. */
  withdraw(code: VerdictCode, path: string): void {
    this.sorted = null;
    for (const [key, row] of this.seen) if (row.code === code && row.path === path) this.seen.delete(key);
  }

  /** A closure that lacks a variable, which the author provides. */
  provided(side: Side, node: { readonly start: number }, path: string, reason: string): void {
    const row: VerdictRow = {
      verdict: 'carried-with-hook',
      code: 'closure-stranded' satisfies VerdictCode,
      file: this.file,
      line: side.line(node),
      path,
      reason,
      excerpt: excerptOf(side, node),
      ...origin(side, node),
    };
    this.sorted = null;
    this.seen.set(`${path} ${reason}`, row);
  }

  /** By line, code and path. */
  get rows(): readonly VerdictRow[] {
    // Many reports ask what has been said while they add little.
    return (this.sorted ??= [...this.seen.values()].sort(
      (a, b) => a.line - b.line || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
    ));
  }

  get refused(): boolean {
    return this.rows.some((row) => row.verdict === 'refused' || row.verdict === 'needs-hook');
  }
}
