/**
 * Tables that the top level makes by a literal and fills by further statements. Either version of the source makes one in an
 * expression: all of it runs again, on objects that nobody else sees, so that what differs can be changed in the one that is there.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import { contains } from '../../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { effectsOf, isEffectFree } from '../../version/values/effects.ts';
import type { Effects } from '../../version/values/effects.ts';
import type { Items, Named } from '../../version/forms/items.ts';
import { kindOf } from '../../version/values/object-kinds.ts';
import { targetBinding } from '../../version/values/outlived.ts';
import type { Owner, Side } from '../../version/side.ts';
import { isFunctionNode, rootOf, walk } from '../../version/program/walk.ts';

/** What makes a table, in the order of the text. */
export interface Making {
  readonly item: Named;
  /** Variables that the statements fill or count by, functions of the module that these call and that know them, and the statements. */
  readonly parts: readonly (Named | AnyNode)[];
  readonly tables: ReadonlyMap<Binding, Named>;
  readonly functions: ReadonlyMap<Binding, Named>;
  /** The functions of the module that it runs. */
  readonly called: ReadonlySet<FunctionInfo>;
}

/** What is another each time, or holds what cannot be seen. */
const BY_CHANCE = /^(?:Date\.now|Symbol|Math\.random|performance\.now|crypto\.\w+|process\.\w+(?:\.bigint)?)$/;
const SHOWN = /^(?:Array|Map|Object|RegExp|Set|U?[Ii]nt\w+Array|Float\w+Array)$/;

const KINDS = /^(?:ObjectExpression|ArrayExpression|new (?:Map|Set))$/;
const FREEZES = /^Object\.(?:freeze|seal|preventExtensions)$/;
/** What looks at itself, waits or ends what it stands in is not run again. */
const NOT_AGAIN = /^(?:Await|Yield|MetaProperty|Super|ThisExpression|Import|Return|Throw)/;

/** How a version makes what a name stands for; null where it does more than that. */
export function makingOf(side: Side, fn: FunctionInfo, items: Items, name: string): Making | null {
  const item = items.named.get(name);
  const making = item && new Maker(side, fn, items);
  if (!making?.takes(item!) || !making.gather() || !making.knowsCalled()) return null;
  const { tables, functions, called } = making;
  return { item: item!, parts: making.inOrder(), tables, functions, called };
}

export const placeOf = (part: Named | AnyNode): AnyNode => ('extract' in part ? part.node : part);

class Maker {
  readonly called = new Set<FunctionInfo>();
  private readonly side: Side;
  private readonly fn: FunctionInfo;
  private readonly items: Items;
  readonly tables = new Map<Binding, Named>();
  private readonly statements = new Set<AnyNode>();
  private readonly known = new Map<AnyNode, Effects>();
  readonly functions = new Map<Binding, Named>();

  constructor(side: Side, fn: FunctionInfo, items: Items) {
    this.side = side;
    this.fn = fn;
    this.items = items;
  }

  /** Whether a variable begins as a table, by what can run again. */
  takes(item: Named): boolean {
    const { value, pattern } = item;
    const binding = this.bindingOf(item.name);
    if (!binding || item.kind !== 'variable' || item.group || !value || pattern?.type !== 'Identifier') return false;
    if (!KINDS.test(kindOf(value) ?? '') || binding.reassigned || isFrozen(binding)) return false;
    this.tables.set(binding, item);
    return this.runsAgain(value) && isEffectFree(value, this.side, this.fn);
  }

  /** Finds all statements that have a hand in it; false where one of them does more. */
  gather(): boolean {
    for (let size = -1; size < this.statements.size + this.tables.size;) {
      size = this.statements.size + this.tables.size;
      for (const node of this.candidates()) if (!this.statements.has(node) && this.fills(node) && !this.add(node)) return false;
    }
    for (const item of this.items.named.values())
      if (item.value && item.kind === 'variable' && !isFunctionNode(item.value) && this.fills(item.value)) return false;
    return true;
  }

  private *candidates(): Iterable<AnyNode> {
    yield* this.items.others;
    for (const { target, node } of this.items.assigned) if (this.isTable(targetBinding(rootOf(target), this.side, this.fn))) yield node;
  }

  private isTable(binding: Binding | null): boolean {
    return binding !== null && this.tables.has(binding);
  }

  private effects(node: AnyNode): Effects {
    let found = this.known.get(node);
    if (!found) this.known.set(node, (found = effectsOf(node, this.side, this.fn)));
    return found;
  }

  private fills(node: AnyNode): boolean {
    for (const binding of this.effects(node).bindings) if (this.tables.has(binding)) return true;
    return false;
  }

  private add(node: AnyNode): boolean {
    const { unknown, external, defines, bindings, called } = this.effects(node);
    if (unknown || external || defines || !this.runsAgain(node)) return false;
    this.statements.add(node);
    for (const fn of called) this.called.add(fn);
    if (![...called].every((fn) => isRepeatable(fn.node as AnyNode))) return false;
    return [...bindings].every((binding) => {
      if (this.tables.has(binding) || binding.declarations.some((id) => contains(node, id))) return true;
      const item = this.items.named.get(binding.name);
      return item !== undefined && this.bindingOf(binding.name) === binding && this.takes(item);
    });
  }

  private runsAgain(node: AnyNode): boolean {
    let may = isRepeatable(node);
    walk(node, (inner) => {
      may &&= !NOT_AGAIN.test(inner.type);
      return may && !isFunctionNode(inner);
    });
    return may;
  }

  /** Whether each function that it runs knows the tables at most by names that can stand for others. */
  knowsCalled(): boolean {
    const written = [...this.statements, ...[...this.tables.values()].flatMap(({ value }) => value ?? [])];
    const pending = [...this.called].filter(({ node }) => !written.some((part) => contains(part, node as AnyNode)));
    for (let size = -1; size < this.functions.size;) {
      size = this.functions.size;
      for (const fn of pending) {
        const binding = namedBy(fn);
        if ((binding && this.functions.has(binding)) || !this.knowsTables(fn)) continue;
        const item =
          binding && this.bindingOf(binding.name) === binding && !binding.reassigned ? this.items.named.get(binding.name) : undefined;
        if (!item || item.targets.length > 0) return false;
        this.functions.set(binding!, item);
      }
    }
    return true;
  }

  private knowsTables({ node }: FunctionInfo): boolean {
    return this.side
      .refsIn((node as FunctionNode).start, (node as FunctionNode).end)
      .some(({ binding }) => binding !== null && (this.tables.has(binding) || this.functions.has(binding)));
  }

  inOrder(): (Named | AnyNode)[] {
    const parts = [...this.tables.values(), ...this.functions.values(), ...this.statements];
    return parts.sort((a, b) => placeOf(a).start - placeOf(b).start);
  }

  private bindingOf(name: string): Binding | undefined {
    return this.items.named.get(name)?.hoisted ?? this.fn.body.bindings.get(name) ?? this.fn.scope.bindings.get(name);
  }
}

/** Whether code gives the same whenever it runs, and all of what it makes can be seen. */
function isRepeatable(code: AnyNode): boolean {
  let may = true;
  walk(code, (node, parents) => {
    if (node.type === 'NewExpression') may &&= node.callee.type === 'Identifier' && SHOWN.test(node.callee.name);
    if (node.type === 'CallExpression') may &&= !BY_CHANCE.test(memberText(node.callee) ?? '');
    // One that is only made runs nothing.
    return may && (node === code || !isFunctionNode(node) || parents.at(-1)?.type === 'CallExpression');
  });
  return may;
}

/** Whether code says of the object that it is not to change. */
export function isFrozen({ references }: Binding): boolean {
  return references.some(({ parent }) => parent.type === 'CallExpression' && FREEZES.test(memberText(parent.callee) ?? ''));
}

/** Functions and classes that a table may have got. */
export interface Made {
  /** Those that stand in what makes it or are named there, and are the same whenever it is made. */
  readonly same: readonly Owner[];
  /** Others are made, which may hold what each time is another. */
  readonly others: boolean;
}

export function madeBy({ parts, called }: Making, side: Side): Made {
  const same = new Set<Owner>();
  let others = [...called].some(({ children }) => children.length > 0);
  for (const part of parts) {
    if ('extract' in part && part.kind === 'function') continue;
    const place = 'extract' in part ? part.value! : part;
    for (const owner of [...side.model.functions, ...side.model.classes]) {
      const node = owner.node as AnyNode;
      if (!contains(place, node)) continue;
      const holds = side
        .refsIn(node.start, node.end)
        .some(({ binding }) => binding !== null && isWithin(binding, place) && !isWithin(binding, node));
      if (holds) others = true;
      else same.add(owner);
    }
    for (const { binding } of side.refsIn(place.start, place.end)) {
      const named = binding && side.definitionNamed(binding);
      if (named) same.add(named);
    }
  }
  return { same: [...same], others };
}

const isWithin = ({ scope }: Binding, node: AnyNode): boolean => scope.node.type !== 'Program' && contains(node, scope.node);

/** The expression, of the texts that its parts have. */
export function makingText({ item, parts }: Making, text: (node: AnyNode) => string): string {
  const lines = parts.map((part) => {
    if (!('extract' in part)) return `${text(part)};`;
    if (part.kind === 'function') return text(part.node);
    const value = part.value!;
    return `${part.keyword} ${text(part.pattern!)}=${value.type === 'SequenceExpression' ? `(${text(value)})` : text(value)};`;
  });
  return `(()=>{${lines.join('\n')}\nreturn ${text(item.pattern!)}})()`;
}
