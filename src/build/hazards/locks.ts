/** Functions that take and free locks otherwise than they did: while the transition lasts, code of both versions does so at once. */
import type { AnyNode, CallExpression } from 'acorn';
import type { FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

/** By the last of their names: `mutex.acquire()`, `lockFile(path)`, `navigator.locks.request(…)`, `Atomics.wait(…)`. */
const LOCKS =
  /(?:^|\.)(?:(?:try|un|with)?_?[lL]ock(?:[A-Z_]\w*)?|acquire\w*|release(?:[A-Z_]\w*)?|runExclusive|locks\.request|Atomics\.(?:wait|waitAsync|notify))$/;

const MOST = 4;

export function reportLocks({ base, next, match, log }: ModuleContext): void {
  for (const [fn, baseFn] of match.baseOf) {
    if (base.runsOnce(baseFn) || !match.differs(fn)) continue;
    const now = locksIn(fn);
    const was = locksIn(baseFn);
    const index = now.findIndex(({ name }, i) => name !== was[i]?.name);
    if (index < 0 && now.length === was.length) continue;
    const at = now[index]?.call ?? (fn.node as AnyNode);
    log.add('locks-changed', next, at, baseFn.path, `it calls ${listed(now)}, where the old version calls ${listed(was)}`);
  }
}

interface Lock {
  readonly name: string;
  readonly call: CallExpression & AnyNode;
}

/** In the order of the text. Functions within are looked at by themselves. */
function locksIn(fn: FunctionInfo): readonly Lock[] {
  const found: Lock[] = [];
  const root = fn.node as AnyNode;
  walk(root, (node) => {
    if (node !== root && isFunctionNode(node)) return false;
    if (node.type !== 'CallExpression') return true;
    const name = memberText(node.callee);
    if (name !== undefined && LOCKS.test(name)) found.push({ name, call: node });
    return true;
  });
  return found.sort((a, b) => a.call.start - b.call.start);
}

function listed(locks: readonly Lock[]): string {
  if (locks.length === 0) return 'none';
  const names = locks.slice(0, MOST).map(({ name }) => `${name}()`);
  return `${names.join(', ')}${locks.length > MOST ? ' and more' : ''}`;
}
