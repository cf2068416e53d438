/** What `require` means in new code: what the patch brings first, then what the module itself would find. */
import { readFileSync } from 'node:fs';
import { Module, createRequire, registerHooks } from 'node:module';
import { dirname, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { AddedModule, Patch, PatchModule, Requires } from '../../patch/format.ts';
import type { LoadedModule } from '../sites/modules.ts';

/** A file of an installed package: the folder of the package, and its name. */
const INSTALLED = /^(.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+))[/\\]/;

/** The files that a patch adds, as they stand in one place where its package is installed. */
export class AddedFiles {
  private readonly root: string;
  private readonly patch: Patch;
  private readonly target: PatchModule;
  private readonly added: readonly AddedModule[];
  private readonly loaded = new Map<string, { exports: unknown }>();
  private hooked = false;

  /** `module` is the loaded module that the patch's module is for. */
  constructor(patch: Patch, module: LoadedModule, target: PatchModule) {
    this.patch = patch;
    this.target = target;
    this.added = patch.added.filter((m) => m.package === undefined || m.package === target.package?.name);
    this.root = module.file.slice(0, module.file.length - target.file.length);
  }

  /** `require` of the module itself, in new code. */
  get require(): (specifier: string) => unknown {
    return this.requireFrom(this.target.file, this.target.requires);
  }

  private requireFrom(
    file: string,
    requires: Requires | undefined,
    own = createRequire(pathToFileURL(this.root + file)),
  ): (specifier: string) => unknown {
    return (specifier) => {
      const added = this.find(specifier, file, requires, own.resolve);
      return added ? this.load(added) : own(specifier);
    };
  }

  private find(
    specifier: string,
    from: string,
    requires: Requires | undefined,
    resolve: (specifier: string) => string,
  ): AddedModule | undefined {
    const brought = requires?.[specifier];
    if (brought !== undefined)
      return this.isInstalled(brought, specifier, resolve) ? undefined : this.added.find((m) => m.file === brought);
    if (!specifier.startsWith('.')) return undefined;
    const target = posix.join(posix.dirname(from), specifier).replace(/\/$/, '');
    const candidates = [target, `${target}.js`, `${target}.cjs`, `${target}.mjs`, `${target}.json`, `${target}/index.js`];
    return this.added.find((m) => candidates.includes(m.file));
  }

  /** Whether the process finds the very version of a package that the patch brings along: it is used, and not loaded twice. */
  private isInstalled(file: string, specifier: string, resolve: (specifier: string) => string): boolean {
    const folder = INSTALLED.exec(`/${file}`)?.[1];
    const brought = this.added.find((m) => `/${m.file}` === `${folder}/package.json`);
    if (!brought) return false;
    try {
      const installed = INSTALLED.exec(resolve(specifier))?.[1];
      return installed !== undefined && versionIn(readFileSync(`${installed}/package.json`, 'utf8')) === versionIn(brought.source);
    } catch {
      return false;
    }
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
    if (added.format === 'json') {
      const module = { exports: JSON.parse(added.source) as unknown };
      this.loaded.set(added.file, module);
      return module.exports;
    }
    if (added.format === 'module') {
      this.hook();
      return createRequire(pathToFileURL(path))(`${path}?livepatch=${encodeURIComponent(this.patch.name)}`);
    }
    const module = new Module(path) as Module & { _compile(source: string, path: string): void; paths: string[] };
    module.filename = path;
    module.paths = (Module as unknown as { _nodeModulePaths(from: string): string[] })._nodeModulePaths(dirname(path));
    this.loaded.set(added.file, module);
    const outer = Object.assign(module.require.bind(module), { resolve: createRequire(pathToFileURL(path)).resolve });
    module.require = this.requireFrom(added.file, added.requires, outer as NodeJS.Require) as typeof module.require;
    try {
      module._compile(added.source, path);
    } catch (error) {
      this.loaded.delete(added.file);
      throw error;
    }
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
        const importer = parent === undefined ? undefined : this.at(parent);
        if (marked || importer) {
          const wanted = marked ? specifier.slice(0, -mark.length) : specifier;
          const brought = importer && this.find(wanted, importer.file, importer.requires, createRequire(pathToFileURL(parent!)).resolve);
          const path = brought
            ? this.root + brought.file
            : wanted.startsWith('.')
              ? fileURLToPath(new URL(wanted, context.parentURL))
              : wanted.startsWith('file:')
                ? fileURLToPath(wanted)
                : wanted;
          const added = this.at(path);
          if (added) return { url: pathToFileURL(path).href + mark, format: added.format, shortCircuit: true };
        }
        return nextResolve(specifier, context);
      },
      load: (url, context, nextLoad) => {
        if (!url.endsWith(mark)) return nextLoad(url, context);
        const added = this.at(fileURLToPath(url.slice(0, -mark.length)));
        return added ? { format: added.format, source: added.source, shortCircuit: true } : nextLoad(url, context);
      },
    });
  }
}

function versionIn(manifest: string): unknown {
  return (JSON.parse(manifest) as { version?: unknown }).version;
}
