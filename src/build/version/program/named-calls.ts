/** Calls of what goes by a name. */
import type { AnyNode, CallExpression } from 'acorn';
import type { Reference } from '../../../source/model.ts';
import { askedOnce } from './asked-once.ts';
import type { Side } from '../side.ts';

/** A name that is called, in the call. */
export interface NamedCall extends Reference {
  readonly parent: CallExpression & AnyNode;
}

/** All of a module, in source order. */
export const namedCalls = askedOnce((side: Side): readonly NamedCall[] => side.refs.filter(isCalled));

function isCalled(ref: Reference): ref is NamedCall {
  return ref.parent.type === 'CallExpression' && ref.parent.callee === ref.node;
}
