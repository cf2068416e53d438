/** What changed in the package file that code may depend on. */
import type { Trees } from './trees.ts';
import type { Claimed } from './verdicts.ts';
import { VerdictLog } from './verdicts.ts';

type Dependencies = Readonly<Record<string, string>>;

export async function dependencyVerdicts(trees: Trees, hook: Claimed | null): Promise<VerdictLog[]> {
  if (trees.single) return [];
  const logs: VerdictLog[] = [];
  for (const file of trees.to.files) {
    if (file !== 'package.json' && !file.endsWith('/package.json')) continue;
    const [before, after] = await Promise.all([trees.from.read(file), trees.to.read(file)]);
    if (before === null || after === null || before === after) continue;
    const old = dependenciesOf(before);
    const now = dependenciesOf(after);
    const log = new VerdictLog(file, hook);
    for (const name of [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()) {
      if (old[name] === now[name]) continue;
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

function dependenciesOf(text: string): Dependencies {
  try {
    const content = JSON.parse(text) as { dependencies?: Dependencies; optionalDependencies?: Dependencies };
    return { ...content.dependencies, ...content.optionalDependencies };
  } catch {
    return {};
  }
}
