/** The calls by which a function comes to a value, also by its variables and by what a list is gone through with. */
import type { AnyNode, CallExpression, Function as FunctionNode, MemberExpression } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { memberName } from '../version/program/member-name.ts';
import { isFunctionNode } from '../version/program/walk.ts';
import type { Side } from '../version/side.ts';
import { callsOf } from '../version/values/result-calls.ts';

type Call = CallExpression & AnyNode;

/** From variable to variable, and from a list to one in it. */
const MOST_STEPS = 4;

/** What calls of them give is made of what they are given gives. */
const MAPS = /^(?:map|flatMap|from)$/;
/** What they give has what the list had. */
const LISTS = /^(?:concat|filter|flat|flatMap|map|reverse|slice|sort|toReversed|toSorted)$/;

export function callsFor(value: AnyNode, fn: FunctionInfo, side: Side): readonly Call[] {
  return new Calls(side).of(value, fn, MOST_STEPS);
}

class Calls {
  private readonly side: Side;
  /** What one has led to serves for all. */
  private readonly seen = new Set<Binding>();

  constructor(side: Side) {
    this.side = side;
  }

  of(value: AnyNode, fn: FunctionInfo, steps: number): readonly Call[] {
    if (value.type === 'Identifier') {
      const given = steps > 0 ? this.givenTo(value, fn) : [];
      return given.flatMap((one) => this.of(one, fn, steps - 1));
    }
    const calls = callsOf(value);
    return steps > 0 ? [...calls, ...calls.flatMap((call) => this.within(call, fn, steps - 1))] : calls;
  }

  /** What a variable of the function is given. */
  private givenTo(node: AnyNode, fn: FunctionInfo): readonly AnyNode[] {
    const { side } = this;
    const binding = side.refAt(node)?.binding;
    if (!binding || binding.kind === 'param' || binding.scope.fn !== fn || this.seen.size === this.seen.add(binding).size) return [];
    const declared = binding.declarations.flatMap((id) => side.valueOf(id) ?? []);
    const assigned = binding.references.flatMap(({ node: one, parent, write }) =>
      write && parent.type === 'AssignmentExpression' && parent.left === one && parent.operator === '=' ? parent.right : [],
    );
    return [...declared, ...assigned];
  }

  /** Those of what maps a list, and those for the list itself. */
  private within({ callee, arguments: given }: Call, fn: FunctionInfo, steps: number): readonly Call[] {
    if (callee.type !== 'MemberExpression') return [];
    const name = memberName(callee) ?? '';
    const list = callee.object.type === 'Identifier' && LISTS.test(name) ? this.of(callee.object, fn, steps) : [];
    if (!MAPS.test(name)) return list;
    return [...list, ...given.flatMap((by) => (by.type === 'SpreadElement' ? [] : this.by(by as AnyNode, steps)))];
  }

  private by(by: AnyNode, steps: number): readonly Call[] {
    const { side } = this;
    const bound = by.type === 'CallExpression' && by.callee.type === 'MemberExpression' && memberName(by.callee) === 'bind';
    if (bound) return this.by((by.callee as MemberExpression).object as AnyNode, steps);
    if (!isFunctionNode(by)) {
      // `list.map(this.parse, this)` calls it as `this.parse(one)` does.
      const isNamed = by.type === 'MemberExpression' || (by.type === 'Identifier' && side.definitionOf(by) !== null);
      return isNamed ? [{ type: 'CallExpression', callee: by, arguments: [], optional: false, start: by.start, end: by.end } as Call] : [];
    }
    const own = side.fnAt.get(by);
    const { body } = by as FunctionNode;
    const values: readonly AnyNode[] =
      (body as AnyNode).type === 'BlockStatement' ? (own?.returns.flatMap(({ node }) => node.argument ?? []) ?? []) : [body as AnyNode];
    return own ? values.flatMap((value) => this.of(value, own, steps)) : [];
  }
}
