// Another tool's loader hook, synchronous as livepatch's own.
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith('/program.cjs') || loaded.source == null) return loaded;
    return { ...loaded, source: `${loaded.source}\nglobalThis.ADDED = 'added by a hook';\n` };
  },
});
