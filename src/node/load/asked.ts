/** Who asks the load hook: Node, or a hook that was registered later, which does with the answer as it likes. */
import { getCallSites } from 'node:util';
import { OWN_FOLDER } from '../../source/own.ts';

/** Ours, those of Node that call hooks, and one more. */
const FRAMES = 12;

/** To be called by the hook. */
export function isAskedByAnother(): boolean {
  const scripts = getCallSites(FRAMES, { sourceMap: false }).map(({ scriptName }) => scriptName);
  const caller = scripts.findIndex((script) => !script.startsWith(OWN_FOLDER));
  const next = scripts.slice(caller).find((script) => script !== scripts[caller]);
  return next !== undefined && !next.startsWith('node:');
}
