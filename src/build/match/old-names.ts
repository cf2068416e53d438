/**
 * Two builds of a module whose variables a tool named: which name is whose depends on all of the file, so that one
 * variable more renames the others. The new build is written under the names of the old one.
 */
import { planModule, runsOnce } from '../../instrument/plan.ts';
import type { ModulePlan } from '../../instrument/plan.ts';
import { analyzeModule } from '../../source/analyze.ts';
import type { Binding, ModuleModel } from '../../source/model.ts';
import type { Speaks } from './meanings.ts';
import { Namesakes } from './namesakes.ts';
import type { Unclear } from './namesakes.ts';
import { movedStems, stemOf } from './numbered.ts';
import { pairPrivateNames, PrivateNames } from './private-names.ts';
import { allNames, chooseNames, writeNames } from './renaming.ts';
import { isLasting } from './standing.ts';

/** Of how many of the names that are used, and how short they are, where a minifier chose them. */
const LOOKED_AT = 4000;
const SHARE = 0.75;
const SHORT = 3;
const LEAST = 20;
/** In a file that has no blanks to be read by, fewer will do. */
const LEAST_DENSE = 6;
const BLANKS = 0.08;

export interface Renamed {
  readonly next: ModuleModel;
  /** Who chose the names, and did what to them. */
  readonly who: string;
  /** How many variables that outlive a call have another name in the new build. */
  readonly names: number;
  readonly unclear: readonly Unclear[];
}

/** Of which variables the name says nothing, and which of them may be one. */
interface Chosen {
  readonly who: string;
  readonly speaks: Speaks;
  /** The same for variables of which one may be the other. */
  readonly kindOf: (binding: Binding) => string;
}

const MINIFIER: Chosen = { who: 'a minifier chose', speaks: () => false, kindOf: () => '' };

/** The new build as it is compared with the old one; null where names say what they did. */
export function underOldNames(base: ModuleModel, next: ModuleModel): Renamed | null {
  if (isMinified(base) && isMinified(next)) return rewritten(base, next, MINIFIER);
  const stems = movedStems(base, next);
  if (stems.size === 0) return null;
  const speaks = (name: string): boolean => !stems.has(stemOf(name));
  return rewritten(base, next, { who: 'a bundler numbered', speaks, kindOf: ({ name }) => stemOf(name) });
}

function rewritten(base: ModuleModel, next: ModuleModel, { who, speaks, kindOf }: Chosen): Renamed | null {
  const found = new Namesakes(base, next, speaks);
  const wanted = new Map<Binding, string>();
  for (const [binding, old] of found.partners) if (kindOf(binding) === kindOf(old)) wanted.set(binding, old.name);
  const renamed = [...wanted].filter(([binding, name]) => binding.name !== name);
  const privates = pairPrivateNames(new PrivateNames(base), new PrivateNames(next), found.pairs());
  if (renamed.length + privates.count === 0) return null;
  // Where none of a kind has another name, a name says what it did.
  const moved = new Set(renamed.map(([binding]) => kindOf(binding)));
  const lasting = renamed.filter(([binding]) => isLasting(binding)).length;
  const unclear: Unclear[] =
    lasting > 0 ? found.unclear(who, kindOf).filter(({ base: binding }) => !binding || moved.has(kindOf(binding))) : [];
  for (const reason of privates.unclear) unclear.push({ base: null, reason: `${who} the names: ${reason}` });
  const clashes = (binding: Binding): boolean => moved.has(kindOf(binding)) && found.isTaken(binding);
  let plan: ModulePlan | null = null;
  const isOfCalls = ({ scope: { fn } }: Binding): boolean => {
    plan ??= planModule(next);
    return fn.kind !== 'module' && !runsOnce(plan.handleOf.get(fn)?.kind);
  };
  const ties = { isKept: (binding: Binding): boolean => found.isKept(binding), isOfCalls };
  const names = chooseNames(next, wanted, clashes, ties, allNames(base, next));
  const text = names && writeNames(next, names, privates.renamed);
  if (text !== null) return { next: analyzeModule(text, next.format, next.file), who, names: lasting + privates.count, unclear };
  const hidden = { base: null, reason: `${who} the names: those of the old version hide others in the new one` };
  return { next, who, names: lasting, unclear: [...unclear, hidden] };
}

function isMinified({ references, text }: ModuleModel): boolean {
  let seen = 0;
  let short = 0;
  for (const { binding } of references) {
    if (!binding || binding.kind === 'implicit' || binding.kind === 'arguments') continue;
    seen++;
    if (binding.name.length <= SHORT) short++;
    if (seen === LOOKED_AT) break;
  }
  return short >= SHARE * seen && (seen >= LEAST || (seen >= LEAST_DENSE && isDense(text)));
}

function isDense(text: string): boolean {
  return (text.match(/\s/g)?.length ?? 0) <= BLANKS * text.length;
}
