/**
 * The check that runs before anything else is loaded, so it imports nothing and uses no syntax newer than the
 * oldest Node that can load a module at all. The range is that of package.json "engines".
 */

/** Whether `module.registerHooks` handles CommonJS re-entry right in this version, such as "24.11.1". */
export function supportsNode(version: string): boolean {
  const parts = version.split('.').map(Number);
  const major = parts[0] || 0;
  const minor = parts[1] || 0;
  const patch = parts[2] || 0;
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 3);
  if (major === 24) return minor > 11 || (minor === 11 && patch >= 1);
  return major >= 26;
}
