/** The text of a patch that is a patch, and nothing else: what the command line needs to send one on. */
import { encodePatch } from '../../src/patch/format.ts';

const patch = (name: string): string =>
  encodePatch({
    name,
    mode: 'task',
    replace: true,
    instrumentation: 1,
    origin: { from: 'old', to: 'new' },
    modules: [],
    added: [],
    verdicts: [],
  });

export const PATCH_TEXT = patch('fix');
/** The fake process takes this one for a patch of another version. */
export const OTHER_BASE_TEXT = patch('other-base');
