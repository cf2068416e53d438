/**
 * What `require` means in new code: what the patch brings first, then what the module itself would find. Of a dependency
 * that both have, the process's own goes on where it has what the new code takes of it.
 */
import { readFileSync } from 'node:fs';
import { Module, createRequire, isBuiltin, registerHooks } from 'node:module';
import { dirname, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { types } from 'node:util';
import type { AddedModule, Expected, Patch, PatchModule, Requires, Upgrade } from '../../patch/format.ts';
import { isWithin } from '../../patch/ranges.ts';
import { importAt, requireAt } from './asking.ts';
import type { Asking } from './asking.ts';
import { standInText, withGiven } from './given.ts';
import type { Given } from './given.ts';

/** A file of an installed package: the folder of the package, and its name. */
const INSTALLED = /^(.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+))[/\\]/;

/** The files that a patch adds, as they stand in one place where its package is installed. */
export class AddedFiles {
  private readonly root: string;
  private readonly patch: Patch;
  private readonly added: readonly AddedModule[];
  private readonly upgrades: readonly Upgrade[];
  private readonly loaded = new Map<string, { exports: unknown }>();
  /** The dependencies that the patch brings in place of the process's own. */
  private replaced: ReadonlySet<string> | null = null;
  private hooked = false;
  private readonly givenBy: (file: string) => Given;
  private readonly arrived: () => void;
  /** Files of the running package that give away something else from now on. */
  private readonly giving: ReadonlySet<string>;
  private readonly views = new Map<unknown, unknown>();

  /**
   * `root` is the folder, with a separator behind it, in which the package is installed; `name` is null where it has none.
   * `givenBy` tells the new exports of a module of the patch; `arrived` is called when one may have loaded.
   */
  constructor(patch: Patch, root: string, name: string | null, givenBy: (file: string) => Given, arrived: () => void) {
    const isOwn = (owner: string | undefined): boolean => owner === undefined || owner === name;
    this.patch = patch;
    this.added = patch.added.filter((m) => isOwn(m.package));
    this.upgrades = (patch.upgrades ?? []).filter((upgrade) => isOwn(upgrade.package));
    this.root = root;
    this.givenBy = givenBy;
    this.arrived = arrived;
    this.giving = new Set(patch.modules.filter((m) => m.exports.length > 0 && (m.package?.name ?? null) === name).map((m) => m.file));
  }

  /** How a module of the patch asks for another; `meta` gives its `import.meta`, where it has one. */
  askingOf({ file, format }: PatchModule, meta: () => unknown): Asking {
    return format === 'module' ? importAt(this.root + file, meta) : requireAt(this.root + file);
  }

  /** The same in new code, which finds what the patch brings. */
  requireOf({ file, requires }: PatchModule, own: Asking): (specifier: string) => unknown {
    return this.requireFrom(file, requires, own);
  }

  /** The file that it would load, or the name of what is built in; null for what the patch brings. Throws where there is none. */
  pathOf({ file, requires }: PatchModule, own: Asking, specifier: string): string | null {
    return this.find(specifier, file, requires, own) ? null : own.resolve(specifier);
  }

  /** See `LinkEnvironment`. */
  broughtTo({ requires }: PatchModule, own: Asking, specifier: string): readonly [unknown] | null {
    const file = requires?.[specifier];
    const added = file !== undefined && this.replaces(specifier, own) ? this.added.find((m) => m.file === file) : undefined;
    return added ? [this.load(added)] : null;
  }

  /** Whether the patch, which changes the dependency as well, gives the one that the process has what is expected of it. */
  isGiven({ specifier, name }: Expected): boolean {
    const own = createRequire(pathToFileURL(`${this.root}package.json`));
    return this.patch.modules.some(
      (m) =>
        m.package !== null &&
        isOf(specifier, { dependency: m.package.name }) &&
        m.format === 'commonjs' &&
        m.exports.some((given) => given.name === name) &&
        installedVersion(specifier, own.resolve) === m.package.version,
    );
  }

  private requireFrom(file: string, requires: Requires | undefined, own: Asking): (specifier: string) => unknown {
    return (specifier) => {
      const added = this.find(specifier, file, requires, own);
      return added ? this.load(added) : own(specifier);
    };
  }

  private find(specifier: string, from: string, requires: Requires | undefined, own: Asking): AddedModule | undefined {
    const brought = requires?.[specifier];
    if (brought !== undefined) {
      const isUpgrade = !from.startsWith('node_modules/') && this.upgrades.some((upgrade) => isOf(specifier, upgrade));
      const stays = isUpgrade ? !this.replaces(specifier, own) : this.isInstalled(brought, specifier, own.resolve);
      return stays ? undefined : this.added.find((m) => m.file === brought);
    }
    if (!specifier.startsWith('.')) return undefined;
    const target = posix.join(posix.dirname(from), specifier).replace(/\/$/, '');
    const candidates = [target, `${target}.js`, `${target}.cjs`, `${target}.mjs`, `${target}.json`, `${target}/index.js`];
    return this.added.find((m) => candidates.includes(m.file));
  }

  /** Whether the code of the package goes by the version of a dependency that the patch brings: all of it, or none. */
  private replaces(specifier: string, own: Asking): boolean {
    this.replaced ??= new Set(this.upgrades.filter((upgrade) => !suffices(upgrade, own)).map(({ dependency }) => dependency));
    return this.upgrades.some((upgrade) => isOf(specifier, upgrade) && this.replaced!.has(upgrade.dependency));
  }

  /** Whether the process finds the very version of a package that the patch brings along: it is used, and not loaded twice. */
  private isInstalled(file: string, specifier: string, resolve: (specifier: string) => string): boolean {
    const folder = INSTALLED.exec(`/${file}`)?.[1];
    const brought = this.added.find((m) => `/${m.file}` === `${folder}/package.json`);
    return brought !== undefined && installedVersion(specifier, resolve) === versionIn(brought.source);
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
    const module = new Module(path) as Module & { _compile(source: string, path: string, format: 'commonjs'): void; paths: string[] };
    module.filename = path;
    module.paths = (Module as unknown as { _nodeModulePaths(from: string): string[] })._nodeModulePaths(dirname(path));
    this.loaded.set(added.file, module);
    const { resolve } = createRequire(pathToFileURL(path));
    const whole = module.require.bind(module);
    // What the patch brings itself is not on the disk to be resolved, and gives away nothing else than its own text says.
    const ask = (specifier: string): unknown => {
      const given = whole(specifier);
      this.arrived();
      return this.shown(given, specifier, resolve);
    };
    const outer = Object.assign(ask, { resolve });
    module.require = this.requireFrom(added.file, added.requires, outer as NodeJS.Require) as typeof module.require;
    try {
      module._compile(added.source, path, 'commonjs');
    } catch (error) {
      this.loaded.delete(added.file);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  /** What code that the patch brings along finds in what it asks for. */
  private shown(exports: unknown, specifier: string, resolve: (specifier: string) => string): unknown {
    if (this.giving.size === 0 || isBuiltin(specifier)) return exports;
    const file = this.givingAt(resolve(specifier));
    if (file === null) return exports;
    if (!this.views.has(exports)) this.views.set(exports, withGiven(exports, this.givenBy(file)));
    return this.views.get(exports);
  }

  private givingAt(path: string): string | null {
    const absolute = path.replaceAll('\\', '/');
    const file = absolute.startsWith(this.root) ? absolute.slice(this.root.length) : '';
    return this.giving.has(file) ? file : null;
  }

  /** ES modules that exist in the patch only are resolved and loaded from it by their address. */
  private hook(): void {
    if (this.hooked) return;
    this.hooked = true;
    const mark = `?livepatch=${encodeURIComponent(this.patch.name)}`;
    const standIn = `${mark}&given`;
    registerHooks({
      resolve: (specifier, context, nextResolve) => {
        const marked = specifier.endsWith(mark);
        // nb: an ES module that was required loses the query of its address as a parent, so parents go by their path.
        const parent = context.parentURL?.startsWith('file:') ? fileURLToPath(context.parentURL) : undefined;
        const importer = parent === undefined ? undefined : this.at(parent);
        if (marked || importer) {
          const wanted = marked ? specifier.slice(0, -mark.length) : specifier;
          const own = importAt(this.root + (importer?.file ?? ''), () => ({ resolve: (name: string) => nextResolve(name, context).url }));
          const brought = importer && this.find(wanted, importer.file, importer.requires, own);
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
        const found = nextResolve(specifier, context);
        // What `require` asks for is no namespace.
        if (importer?.format !== 'module' || !found.url.startsWith('file:') || context.conditions.includes('require')) return found;
        if (this.givingAt(fileURLToPath(found.url)) === null) return found;
        return { url: found.url + standIn, format: 'module', shortCircuit: true };
      },
      load: (url, context, nextLoad) => {
        if (url.endsWith(standIn)) {
          const real = url.slice(0, -standIn.length);
          const file = this.givingAt(fileURLToPath(real));
          if (file === null) return nextLoad(url, context);
          return { format: 'module', source: standInText(real, this.givenBy(file)), shortCircuit: true };
        }
        if (!url.endsWith(mark)) return nextLoad(url, context);
        const added = this.at(fileURLToPath(url.slice(0, -mark.length)));
        return added ? { format: added.format, source: added.source, shortCircuit: true } : nextLoad(url, context);
      },
    });
  }
}

const isOf = (specifier: string, { dependency }: Pick<Upgrade, 'dependency'>): boolean =>
  specifier === dependency || specifier.startsWith(`${dependency}/`);

/** Whether the process's own version of a dependency has what the new code takes of it. */
function suffices({ expects, range }: Upgrade, own: Asking): boolean {
  return expects.every((expected) => {
    if (!has(expected, own)) return false;
    return !expected.otherwise || isWithin(installedVersion(expected.specifier, own.resolve) ?? '', range) === true;
  });
}

/** Whether what a dependency gives has what is expected of it. */
export function has({ specifier, name }: Expected, require: (specifier: string) => unknown): boolean {
  let given: unknown;
  try {
    given = require(specifier);
  } catch {
    // It has no such module, or none that can be asked for here.
    return false;
  }
  const isNamespace = types.isModuleNamespaceObject(given);
  if (name === '*') return true;
  if (name === '') return typeof (isNamespace ? (given as { default?: unknown }).default : given) === 'function';
  return given !== null && given !== undefined && name in Object(given);
}

function installedVersion(specifier: string, resolve: (specifier: string) => string): string | undefined {
  try {
    const installed = INSTALLED.exec(resolve(specifier))?.[1];
    return installed === undefined ? undefined : versionIn(readFileSync(`${installed}/package.json`, 'utf8'));
  } catch {
    return undefined;
  }
}

function versionIn(manifest: string): string | undefined {
  const { version } = JSON.parse(manifest) as { version?: unknown };
  return typeof version === 'string' ? version : undefined;
}
