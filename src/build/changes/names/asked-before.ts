/** What new code takes of another module of the patch, which nobody may have loaded where the running code does not ask for it. */
import type { TopDiff } from '../top.ts';

/** Gives the object with what the module in `file` gives away anew, to code that asks for it by `source`. */
export function givenIn({ ctx, handle, old }: TopDiff, file: string, source: string): string {
  const asks = [...old.named.values(), ...old.exported.values()].some((one) => one.source === source) || old.links.has(`import ${source}`);
  const given = `$lp.m(${JSON.stringify(file)})`;
  return ctx.resolver.helper(handle, asks ? given : `($lp.require(${JSON.stringify(source)}),${given})`);
}
