/**
 * Functions of other modules that code calls by what a variable holds of them: one that is bound, a member that was taken, what
 * a call of one has given. Of that a name says so: `make#parse` is a method of what `make` gives, as of what a class makes, and
 * `make#()` the function that it gives.
 */
import type { AnyNode } from 'acorn';
import type { Binding } from '../../source/model.ts';
import type { Import } from '../version/modules/imports.ts';
import { propertyName } from '../version/forms/own-properties.ts';
import type { Side } from '../version/side.ts';
import { memberName } from '../version/program/member-name.ts';
import { takenFrom } from '../version/forms/taken-from.ts';
import { importCalled } from './at-load.ts';
import type { ImportCall } from './at-load.ts';

export type FromOther = Pick<ImportCall, 'source' | 'names'>;

/** From variable to variable. */
const MOST_STEPS = 4;

/** What of another module a call calls, through variables too. */
export function calledOfOther(side: Side, imports: ReadonlyMap<Binding, Import>, callee: AnyNode): FromOther | null {
  return importCalled(side, imports, callee) ?? heldOfOther(side, imports, callee, MOST_STEPS);
}

/** The member of that name of an object which a variable holds, or which is made where it stands. */
export function memberOfOther(side: Side, imports: ReadonlyMap<Binding, Import>, object: AnyNode, name: string): FromOther | null {
  return imports.size === 0 ? null : memberOf(side, imports, object, name, MOST_STEPS);
}

/** The same where only a variable leads to it. */
export function heldOfOther(
  side: Side,
  imports: ReadonlyMap<Binding, Import>,
  callee: AnyNode,
  steps: number = MOST_STEPS,
): FromOther | null {
  if (imports.size === 0 || steps === 0) return null;
  if (callee.type === 'Identifier') {
    const value = heldBy(side, callee);
    if (value) return valueOf(value);
    const taken = takenBy(side, callee);
    return taken && memberOf(side, imports, taken.value, taken.name, steps);
  }
  const name = callee.type === 'MemberExpression' ? propertyName(callee) : null;
  return callee.type === 'MemberExpression' && name !== null ? memberOf(side, imports, callee.object as AnyNode, name, steps) : null;

  /** The function that a value is. */
  function valueOf(value: AnyNode): FromOther | null {
    switch (value.type) {
      case 'Identifier':
      case 'MemberExpression':
        return importCalled(side, imports, value) ?? heldOfOther(side, imports, value, steps - 1);
      case 'CallExpression': {
        const own = value.callee as AnyNode;
        if (own.type === 'MemberExpression' && memberName(own) === 'bind') {
          const object = own.object as AnyNode;
          return importCalled(side, imports, object) ?? heldOfOther(side, imports, object, steps - 1);
        }
        return under(importCalled(side, imports, own) ?? heldOfOther(side, imports, own, steps - 1), '#()');
      }
      default:
        return null;
    }
  }
}

/** Of what a call has given, or `new`. */
function memberOf(side: Side, imports: ReadonlyMap<Binding, Import>, object: AnyNode, name: string, steps: number): FromOther | null {
  const made = object.type === 'Identifier' ? heldBy(side, object) : object;
  if (made?.type === 'AwaitExpression') return memberOf(side, imports, made.argument, name, steps);
  if (made?.type === 'Identifier') return under(importCalled(side, imports, made), `.${name}`);
  if (made?.type !== 'CallExpression' && made?.type !== 'NewExpression') return null;
  const own = made.callee as AnyNode;
  return under(importCalled(side, imports, own) ?? heldOfOther(side, imports, own, steps - 1), `#${name}`);
}

/** The last name that such a one says, as it stands in the text. */
export const lastNameOf = (name: string): string => /[\w$]*(?=\W*$)/.exec(name)![0];

function under(found: FromOther | null, what: string): FromOther | null {
  return found && { source: found.source, names: found.names.map((name) => (name === '' ? what.replace(/^\./, '') : name + what)) };
}

/** What a variable holds that is given one value, where it is declared. */
function heldBy(side: Side, id: AnyNode): AnyNode | null {
  const declared = declarationOf(side, id);
  return (declared && side.valueOf(declared)) || null;
}

function takenBy(side: Side, id: AnyNode): { readonly value: AnyNode; readonly name: string } | null {
  const declared = declarationOf(side, id);
  return (declared && takenFrom(side).get(declared)) ?? null;
}

function declarationOf(side: Side, id: AnyNode): AnyNode | null {
  const binding = side.refAt(id)?.binding;
  if (!binding || binding.kind === 'param' || binding.kind === 'import' || binding.reassigned || binding.declarations.length !== 1)
    return null;
  return binding.declarations[0]! as AnyNode;
}
