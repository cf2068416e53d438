import type { ModuleModel } from '../source/model.ts';
import type { Renamed } from './match/old-names.ts';
import type { ModuleResult } from './changes/module.ts';

/** A module in both versions, which differ, or of which the new one reads what the patch changes elsewhere. */
export interface Pair {
  readonly file: string;
  /** Of the package that the new version is in. */
  readonly folder: string;
  readonly raw: string;
  readonly rawNext: string;
  readonly base: ModuleModel;
  readonly next: ModuleModel;
  readonly renamed: Renamed | null;
  /** Classes of it that the old version has written out as functions: see old-classes.ts. */
  readonly classes: ReadonlySet<string>;
  /** Files whose new text it has where the old version reads them: see input/read-texts.ts. */
  readonly texts: ReadonlySet<string>;
  result: ModuleResult | null;
  /** Files of the patch whose new exports it reads as it is linked. */
  readonly reads: Set<string>;
}
