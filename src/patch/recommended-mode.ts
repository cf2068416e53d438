/** Which mode a patch is best applied in, as far as its verdicts tell, and why. */
import type { Mode, VerdictRow } from './format.ts';

export interface RecommendedMode {
  readonly mode: Mode;
  readonly reason: string;
}

/** Of what both versions meet while the transition lasts. */
const APART: Readonly<Record<string, string>> = {
  'locks-changed': 'takes and frees locks in another way, which code of both versions would do at once',
  'meaning-changed': 'puts other values into what both versions read',
  'shape-early': 'makes what older code may not be able to read',
};

/** What a verdict says of a patch that is none of the modes in which tasks switch one by one. */
const AT_ONCE = 'all tasks switch at once';

/** Names of functions of which one begins what the other ends, or writes what the other reads. */
const HALVES: readonly (readonly [string, string])[] = [
  ['lock', 'unlock'],
  ['acquire', 'release'],
  ['begin', 'end'],
  ['start', 'stop'],
  ['start', 'finish'],
  ['open', 'close'],
  ['enter', 'leave'],
  ['enter', 'exit'],
  ['push', 'pop'],
  ['connect', 'disconnect'],
  ['subscribe', 'unsubscribe'],
  ['attach', 'detach'],
  ['mount', 'unmount'],
  ['save', 'restore'],
  ['save', 'load'],
  ['encode', 'decode'],
  ['encrypt', 'decrypt'],
  ['serialize', 'deserialize'],
  ['pack', 'unpack'],
  ['compress', 'decompress'],
  ['sign', 'verify'],
  ['begin', 'commit'],
];

/** `rows`: all of the patch. The first of these that holds: two versions must not run at once; one task must not run both; neither. */
export function recommendedMode(rows: readonly VerdictRow[]): RecommendedMode {
  const apart = rows.find(({ code, verdict }) => verdict === 'warning' && Object.hasOwn(APART, code));
  if (apart) return { mode: 'barrier', reason: `${subjectOf(apart)} ${APART[apart.code]!}` };
  const atOnce = rows.find(({ reason }) => reason.includes(AT_ONCE));
  if (atOnce) return { mode: 'barrier', reason: `${subjectOf(atOnce)} becomes what code of the other version cannot read` };
  const halves = halvesIn(rows);
  if (halves) return { mode: 'request', reason: `a task may call ${halves[0]} of one version and ${halves[1]} of the other` };
  return { mode: 'task', reason: 'no verdict tells that the two versions must not run side by side' };
}

const subjectOf = ({ path, file }: VerdictRow): string => (path === '' ? file : path);

/** The paths of two functions that have changed and belong together. */
function halvesIn(rows: readonly VerdictRow[]): readonly [string, string] | null {
  const changed = new Map<string, string>();
  for (const { code, file, path } of rows) {
    if (code !== 'function-changed') continue;
    const [, around = '', name = ''] = /^(.*?)([\w$]*)$/.exec(path) ?? [];
    changed.set(`${file} ${around} ${name.toLowerCase()}`, path);
  }
  for (const [key, path] of changed) {
    const at = key.lastIndexOf(' ') + 1;
    const name = key.slice(at);
    for (const [begin, end] of HALVES) {
      if (!name.startsWith(begin)) continue;
      const other = changed.get(`${key.slice(0, at)}${end}${name.slice(begin.length)}`);
      if (other !== undefined) return [path, other];
    }
  }
  return null;
}
