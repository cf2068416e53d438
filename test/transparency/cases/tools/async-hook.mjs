// Another tool's loader hooks, on a thread of their own.
import { register } from 'node:module';

const hooks = `export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.endsWith('/program.mjs') || loaded.source == null) return loaded;
  return { ...loaded, source: loaded.source + "\\nglobalThis.ADDED = 'added by a hook';\\n" };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
