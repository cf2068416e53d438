import type { Bench } from './bench.ts';

/** One case of the catalogue: the kernel's selftests, the cases its documentation mandates, LibCare's. */
export interface Case {
  /** Its number in the catalogue. */
  readonly id: string;
  /** What it shows, in one line. */
  readonly what: string;
  /** Fails by throwing. Absent where the case has no meaning here. */
  readonly run?: (bench: Bench) => Promise<void>;
  /** Why there is nothing to run. */
  readonly notApplicable?: string;
}

export interface Result {
  readonly id: string;
  readonly what: string;
  readonly status: 'pass' | 'fail' | 'not applicable';
  readonly reason: string;
  readonly ms: number;
}
