/** Which modules of a bundle have most in common: of those that changed, one may have come where another stood. */
import type { Binding } from '../../source/model.ts';
import type { Nameless } from './nameless.ts';
import { isEnough, MAX_COMPARED, moduleLikeness } from './resemblance.ts';
import type { Shape, Words } from './shape.ts';

/** Where nothing else speaks for them, as much of the words that tell have to be the same. */
const SURE = 0.9;

export class ModulePairs {
  private readonly words: Words;
  /** Those that no module of the other version is the same as; none where there are too many. */
  private readonly base: readonly Shape[];
  private readonly next: readonly Shape[];
  private readonly known = new Map<Shape, Map<Shape, number>>();

  constructor(base: readonly Shape[], next: readonly Shape[], words: Words) {
    this.words = words;
    const [old, now] = [base, next].map((modules) => new Set(modules.map(({ id }) => id)));
    const [gone, come] = [base.filter(({ id }) => !now!.has(id)), next.filter(({ id }) => !old!.has(id))];
    const isFew = gone.length * come.length <= MAX_COMPARED;
    this.base = isFew ? gone : [];
    this.next = isFew ? come : [];
  }

  /** Whether either has more in common with another one. */
  hasBetter(base: Shape, next: Shape): boolean {
    if (this.base.length * this.next.length === 0) return false;
    const own = this.score(base, next);
    return this.next.some((other) => this.score(base, other) > own) || this.base.some((other) => this.score(other, next) > own);
  }

  /** Those that have more in common with each other than either has with any other. */
  best(): (readonly [Shape, Shape])[] {
    return this.next.flatMap((next) => {
      const found = this.base.filter((base) => this.score(base, next) > 0 && !this.hasBetter(base, next));
      const [base, ...more] = found;
      const isOnly = base !== undefined && more.length === 0 && this.score(base, next) >= SURE;
      return isOnly && this.next.every((other) => other === next || this.score(base, other) < this.score(base, next))
        ? [[base, next] as const]
        : [];
    });
  }

  private score(base: Shape, next: Shape): number {
    let row = this.known.get(base);
    if (!row) this.known.set(base, (row = new Map()));
    let score = row.get(next);
    if (score === undefined) {
      const alike = moduleLikeness(base, next, this.words);
      // Those that do no more than begin others are all alike: where they stand tells more.
      row.set(next, (score = isEnough(alike) && !alike.isFew ? alike.telling : 0));
    }
    return score;
  }
}

export const modulesOf = (of: Nameless): Shape[] => [...of.shapes.values()].filter((shape) => of.isModule(shape));

/** The variables of which each stands for a module of the bundle. */
export function namesOfModules(of: Nameless): ReadonlyMap<Shape, Binding> {
  const found = new Map<Shape, Binding>();
  for (const binding of of.meanings.variables) {
    const shape = of.isOtherName(binding) ? undefined : of.functionOf(binding);
    if (shape && of.isModule(shape)) found.set(shape, binding);
  }
  return found;
}
