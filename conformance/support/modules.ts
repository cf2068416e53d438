import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Runtime } from '../../src/node/runtime.ts';

const require = createRequire(import.meta.url);

/** A CommonJS module that a case may load, unload and load again. */
export class TestModule {
  /** Path within the source tree: the case's folder, then the file. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
  private readonly runtime: Runtime;

  constructor(runtime: Runtime, root: string, name: string, text: string) {
    this.name = name;
    this.file = `${root}/${name}`;
    this.text = text;
    this.runtime = runtime;
    writeFileSync(this.file, text);
  }

  load(): Record<string, (...args: unknown[]) => unknown> {
    return require(this.file) as Record<string, (...args: unknown[]) => unknown>;
  }

  unload(): void {
    delete require.cache[this.file];
    this.runtime.unload(this.file);
  }
}
