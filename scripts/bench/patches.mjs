/** Patches for measurements, written by hand for top-level functions: the builder has no part in what they cost. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const dist = (path) => import(new URL(`../../dist/${path}`, import.meta.url).href);
const { analyzeModule } = await dist('source/analyze.js');
const { INSTRUMENTATION, planModule } = await dist('instrument/plan.js');
const { encodePatch, hashOf } = await dist('patch/format.js');

/** Puts `change(text)` in place of the text of each function that `paths` names. */
export function patchOf(name, file, format, paths, change) {
  const text = readFileSync(file, 'utf8');
  const plan = planModule(analyzeModule(text, format, file));
  const sites = paths.map((path) => plan.sites.find((site) => site.fn.path === path));
  const code = sites.map((site, key) => {
    const own = change(text.slice(site.fn.node.start, site.fn.node.end));
    if (!site.tracked) return own;
    const open = own.indexOf('{', own.indexOf(')')) + 1;
    return `${own.slice(0, open)}const $lp_a=$lp.in(${key});try{${own.slice(open, -1)}}finally{$lp_out($lp_a)}}`;
  });
  return encodePatch({
    name,
    mode: 'task',
    replace: true,
    instrumentation: INSTRUMENTATION,
    origin: { from: 'bench', to: 'bench' },
    modules: [
      {
        file: basename(file),
        package: null,
        hash: hashOf(text),
        format,
        ids: plan.ids,
        units: [{ handle: 0, kind: 'module', instance: null, code: `(function($lp){return {f:[${code.join(',\n')}],b:{}}})` }],
        functions: sites.map((site, key) => ({
          site: site.id,
          path: site.fn.path,
          unit: 0,
          key,
          shape: 'direct',
          captures: [],
          tracked: site.tracked,
          line: 1,
        })),
        privates: [],
        members: [],
        exports: [],
      },
    ],
    added: [],
    verdicts: [],
  });
}
