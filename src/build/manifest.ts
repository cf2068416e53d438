/** What changed in the package file that code may depend on. */
import { dependenciesOf } from './dependencies.ts';
import type { Dependencies, Travellers } from './dependencies.ts';
import { withoutMark } from './files.ts';
import type { Trees } from './trees.ts';
import type { Claimed } from './verdicts.ts';
import { VerdictLog } from './verdicts.ts';

export async function dependencyVerdicts(trees: Trees, hook: Claimed | null, travellers: Travellers): Promise<VerdictLog[]> {
  if (trees.single) return [];
  const logs: VerdictLog[] = [];
  for (const file of trees.to.files) {
    if (file !== 'package.json' && !file.endsWith('/package.json')) continue;
    const [before, after] = await Promise.all([trees.from.read(file), trees.to.read(file)]);
    if (before === null || after === null || before === after) continue;
    const old = dependenciesIn(before);
    const now = dependenciesIn(after);
    const log = new VerdictLog(file, hook);
    for (const name of [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()) {
      if (old[name] === now[name]) continue;
      if (old[name] === undefined && travellers.brings(name)) {
        log.add('dependency-added', null, null, name, `${name} ${now[name]}: the patch brings it along`);
        continue;
      }
      const missing = travellers.missing.get(name);
      if (missing !== undefined) {
        log.add(
          'dependency-changed',
          null,
          null,
          name,
          `${name} is new and could not be found here (${missing}): it must be installed where the process runs`,
        );
        continue;
      }
      const how =
        old[name] === undefined
          ? `is new (${now[name]})`
          : now[name] === undefined
            ? `is gone (was ${old[name]})`
            : `was ${old[name]} and is ${now[name]}`;
      log.add(
        'dependency-changed',
        null,
        null,
        name,
        `${name} ${how}: the process keeps what is installed; build a patch of its own for it`,
      );
    }
    if (log.rows.length > 0) logs.push(log);
  }
  return logs;
}

function dependenciesIn(text: string): Dependencies {
  try {
    return dependenciesOf(JSON.parse(withoutMark(text)) as Record<string, unknown>);
  } catch {
    return {};
  }
}
