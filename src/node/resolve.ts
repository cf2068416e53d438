/** What `require` means in new code: files that the patch brings first, then what the module itself would find. */
import { Module, createRequire, registerHooks } from 'node:module';
import { dirname, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AddedModule, Patch, PatchModule } from '../patch/format.ts';
import type { LoadedModule } from './modules.ts';

/** The files that a patch adds, as they stand in one place where its package is installed. */
export class AddedFiles {
  private readonly root: string;
  private readonly patch: Patch;
  private readonly added: readonly AddedModule[];
  private readonly loaded = new Map<string, { exports: unknown }>();
  private hooked = false;

  /** `module` is the loaded module that the patch's module is for. */
  constructor(patch: Patch, module: LoadedModule, { file, package: owner }: PatchModule) {
    this.patch = patch;
    this.added = patch.added.filter((m) => m.package === undefined || m.package === owner?.name);
    this.root = module.file.slice(0, module.file.length - file.length);
  }

  requireFrom(file: string): (specifier: string) => unknown {
    const own = createRequire(pathToFileURL(this.root + file));
    return (specifier) => {
      const added = this.find(specifier, file);
      return added ? this.load(added) : own(specifier);
    };
  }

  private find(specifier: string, from: string): AddedModule | undefined {
    if (!specifier.startsWith('.')) return undefined;
    const target = posix.normalize(posix.join(posix.dirname(from), specifier));
    const candidates = [target, `${target}.js`, `${target}.cjs`, `${target}.mjs`, `${target}.json`, `${target}/index.js`];
    return this.added.find((m) => candidates.includes(m.file));
  }

  /** The file that the patch adds at an absolute path. */
  private at(path: string): AddedModule | undefined {
    const absolute = path.replaceAll('\\', '/');
    return this.added.find((m) => this.root + m.file === absolute);
  }

  private load(added: AddedModule): unknown {
    const known = this.loaded.get(added.file);
    if (known) return known.exports;
    const path = this.root + added.file;
    if (added.format === 'module') {
      this.hook();
      return createRequire(pathToFileURL(path))(`${path}?livepatch=${encodeURIComponent(this.patch.name)}`);
    }
    const module = new Module(path) as Module & { _compile(source: string, path: string): void; paths: string[] };
    module.filename = path;
    module.paths = (Module as unknown as { _nodeModulePaths(from: string): string[] })._nodeModulePaths(dirname(path));
    this.loaded.set(added.file, module);
    const outer = module.require.bind(module);
    module.require = ((specifier: string) => {
      const other = this.find(specifier, added.file);
      return other ? this.load(other) : outer(specifier);
    }) as typeof module.require;
    module._compile(added.source, path);
    module.loaded = true;
    return module.exports;
  }

  /** ES modules that exist in the patch only are resolved and loaded from it by their address. */
  private hook(): void {
    if (this.hooked) return;
    this.hooked = true;
    const mark = `?livepatch=${encodeURIComponent(this.patch.name)}`;
    registerHooks({
      resolve: (specifier, context, nextResolve) => {
        const marked = specifier.endsWith(mark);
        // nb: an ES module that was required loses the query of its address as a parent, so parents go by their path.
        const parent = context.parentURL?.startsWith('file:') ? fileURLToPath(context.parentURL) : undefined;
        if (marked || (parent !== undefined && this.at(parent))) {
          const wanted = marked ? specifier.slice(0, -mark.length) : specifier;
          const path = wanted.startsWith('.')
            ? fileURLToPath(new URL(wanted, context.parentURL))
            : wanted.startsWith('file:')
              ? fileURLToPath(wanted)
              : wanted;
          if (this.at(path)) return { url: pathToFileURL(path).href + mark, format: 'module', shortCircuit: true };
        }
        return nextResolve(specifier, context);
      },
      load: (url, context, nextLoad) => {
        if (!url.endsWith(mark)) return nextLoad(url, context);
        const added = this.at(fileURLToPath(url.slice(0, -mark.length)));
        return added ? { format: 'module', source: added.source, shortCircuit: true } : nextLoad(url, context);
      },
    });
  }
}
