/** The verdicts on code that takes the text of a function that has changed: see code/own-texts.ts. */
import type { AnyNode } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import type { ModuleContext } from '../code/context.ts';
import { generatorsIn } from './generated.ts';

/** `isNew` tells what runs as new code; one verdict for each function, the graver one. */
export function reportOwnText({ next, resolver, log }: ModuleContext, isNew: (fn: FunctionInfo) => boolean): void {
  const left = new Map<FunctionInfo, { readonly node: AnyNode; readonly carried: boolean }>();
  for (const { fn, ref, text, constant } of resolver.texts.values()) {
    const carried = text !== null && (constant ? resolver.fresh.has(constant) : isNew(ref.fn));
    if (left.get(fn)?.carried !== false) left.set(fn, { node: ref.node as AnyNode, carried });
  }
  for (const [fn, { node, carried }] of left) {
    if (carried) {
      log.add('text-kept', next, node, fn.path, 'new code takes the text of the new version here; what was made of the old one stays');
      continue;
    }
    const what = 'its text is taken here, and the function that exists gives that of the old version';
    if (generatorsIn(next).length > 0) log.add('generated-code', next, node, fn.path, `code is made of text, and ${what}`);
    else log.add('text-kept', next, node, fn.path, what);
  }
}
