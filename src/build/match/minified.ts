/**
 * Two builds of a module whose variables a minifier named: which name is whose depends on all of the file, so that one
 * variable more renames the others. The new build is written under the names of the old one.
 */
import { analyzeModule } from '../../source/analyze.ts';
import type { Binding, ModuleModel } from '../../source/model.ts';
import { Namesakes } from './namesakes.ts';
import type { Unclear } from './namesakes.ts';
import { chooseNames, writeNames } from './renaming.ts';
import { isLasting } from './standing.ts';

/** Of how many of the names that are used, and how short they are, where a minifier chose them. */
const LOOKED_AT = 4000;
const SHARE = 0.75;
const SHORT = 3;
const LEAST = 20;

const HIDDEN: Unclear = { base: null, reason: 'a minifier chose the names: those of the old version hide others in the new one' };

export interface Renamed {
  readonly next: ModuleModel;
  /** How many variables that outlive a call have another name in the new build. */
  readonly names: number;
  readonly unclear: readonly Unclear[];
}

/** The new build as it is compared with the old one; null where names say what they did. */
export function underOldNames(base: ModuleModel, next: ModuleModel): Renamed | null {
  if (!isMinified(base) || !isMinified(next)) return null;
  const found = new Namesakes(base, next);
  const wanted = new Map<Binding, string>();
  for (const [binding, old] of found.partners) wanted.set(binding, old.name);
  const renamed = [...wanted].filter(([binding, name]) => binding.name !== name);
  if (renamed.length === 0) return null;
  const lasting = renamed.filter(([binding]) => isLasting(binding)).length;
  const unclear = lasting > 0 ? found.unclear() : [];
  const names = chooseNames(next, wanted, (binding) => found.isTaken(binding), allNames(base, next));
  const text = names && writeNames(next, names);
  if (text === null) return { next, names: lasting, unclear: [...unclear, HIDDEN] };
  return { next: analyzeModule(text, next.format, next.file), names: lasting, unclear };
}

function isMinified({ references }: ModuleModel): boolean {
  let seen = 0;
  let short = 0;
  for (const { binding } of references) {
    if (!binding || binding.kind === 'implicit' || binding.kind === 'arguments') continue;
    seen++;
    if (binding.name.length <= SHORT) short++;
    if (seen === LOOKED_AT) break;
  }
  return seen >= LEAST && short >= SHARE * seen;
}

function allNames(...models: readonly ModuleModel[]): Set<string> {
  const names = new Set<string>();
  for (const { references, functions } of models) {
    for (const { node } of references) names.add(node.name);
    for (const { scope, body } of functions) for (const own of [scope, body]) for (const name of own.bindings.keys()) names.add(name);
  }
  return names;
}
