/** The callbacks that the builder writes itself, for what a patch has to do to data. */

/** Callbacks of one module from several parts of its patch, each as `PatchModule.hooks` wants it. */
export function together(parts: readonly (string | null)[]): string | null {
  const codes = parts.filter((code) => code !== null);
  if (codes.length < 2) return codes[0] ?? null;
  const run = (name: string): string => `${name}(c){for(const p of $lp_parts)p.${name}?.(c)}`;
  return `(function($lp){const $lp_parts=[${codes.map((code) => `${code}($lp)`).join(',')}];return{${run('postPatch')},${run('postUnpatch')}}})`;
}
