/** Where the load hook is right: on which versions of Node, in what process. Imports nothing: it runs before anything else is loaded. */

/**
 * Earlier versions run module.registerHooks hooks wrongly when CommonJS is re-entered
 * (https://github.com/nodejs/node/pull/59929).
 */
export function unsupported(version: string): string | null {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const supported =
    (major === 22 && (minor > 22 || (minor === 22 && patch >= 3))) ||
    (major === 24 && (minor > 11 || (minor === 11 && patch >= 1))) ||
    major >= 26;
  return supported ? null : `ERR_NODE_VERSION Node ${version} is not supported: livepatch needs ^22.22.3, ^24.11.1 or >=26.`;
}

/** `--frozen-intrinsics`: see original-text.ts for what has to be replaced. */
export function frozen(prototype: object = Function.prototype): string | null {
  return Object.getOwnPropertyDescriptor(prototype, 'toString')?.configurable === false
    ? 'ERR_INTRINSICS_FROZEN The built-in objects of this process are frozen.'
    : null;
}

/** `--no-experimental-require-module`: livepatch loads its own parts so, when it needs them. */
export const cannotRequire = (features: { readonly require_module?: boolean }): string | null =>
  features.require_module === false ? 'ERR_NO_REQUIRE_MODULE This process cannot require ES modules.' : null;
