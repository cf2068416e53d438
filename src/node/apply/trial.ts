/** A patch is linked to see what would come of it: nothing is loaded for that, since what a module does as it loads stays done. */
import { createRequire, isBuiltin } from 'node:module';
import type { LoadedModules } from '../sites/modules.ts';

export class Trial {
  /** Code has asked for what is not loaded, and may have gone on without. */
  isOver = false;
  private readonly modules: LoadedModules;
  private readonly cache = createRequire(import.meta.url).cache;

  constructor(modules: LoadedModules) {
    this.modules = modules;
  }

  /** `path`: what is asked for, or the name of what is built in; null for what the patch brings. Throws where that is not loaded. */
  ask(path: string | null): void {
    if (path !== null && (isBuiltin(path) || this.isLoaded(path))) return;
    this.isOver = true;
    throw new Error('it is not loaded');
  }

  /** Of what is loaded without being instrumented only what `require` keeps is known. */
  private isLoaded(path: string): boolean {
    const near = this.modules.near([path]);
    return path in this.cache || near(path).some(({ file, evaluated }) => evaluated && file === path);
  }
}
