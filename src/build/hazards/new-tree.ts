import type { VerdictRow } from '../../patch/format.ts';
import type { Side } from '../version/side.ts';
import type { VerdictLog } from '../verdicts/verdicts.ts';

/** The new tree, for the reports on what modules have of others that change. */
export interface NewTree {
  text(file: string): Promise<string | null>;
  /** Null for a file that nobody can load. */
  side(file: string, text: string): Promise<Side | null>;
  resolve(file: string, specifier: string): string | null;
  log(file: string): Promise<VerdictLog>;
  /** What is said of a file. */
  rows(file: string): readonly VerdictRow[];
  /** Whether the patch runs what stands in a line anew. */
  runsAnew(file: string, line: number): boolean;
  /** Whether the old version of a file has a function of that path. */
  had(file: string, path: string): boolean;
}
