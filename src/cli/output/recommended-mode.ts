/** How the mode is said that a patch is best applied in. */
import type { RecommendedMode } from '../../patch/recommended-mode.ts';
import { plain } from './text.ts';

export function recommendedLine({ mode, reason }: RecommendedMode): string {
  return `Recommended mode: ${mode}, since ${plain(reason)}.\n`;
}
