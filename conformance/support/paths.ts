import { planModule } from '../../src/instrument/plan.ts';
import { analyzeModule } from '../../src/source/analyze.ts';
import type { TestModule } from './modules.ts';

/** The paths of a module's functions, in source order. */
export function paths(module: TestModule): string[] {
  return planModule(analyzeModule(module.text, 'commonjs', module.file)).sites.map((site) => site.fn.path);
}
