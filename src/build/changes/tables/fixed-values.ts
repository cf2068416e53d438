/** What code puts into a table that is the same each time: nobody can tell it from what was put there before. */
import type { AnyNode, CallExpression, ForOfStatement, Function as FunctionNode } from 'acorn';
import { namedBy } from '../../../instrument/forwarding.ts';
import { contains } from '../../../source/contains.ts';
import type { Binding, FunctionInfo, Reference } from '../../../source/model.ts';
import { isMutated } from '../../version/values/effects.ts';
import { isOfLiterals } from '../../version/forms/enums.ts';
import { isBare } from '../../version/values/object-kinds.ts';
import type { Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import { walk } from '../../version/program/walk.ts';

/** What of the language gives the same each time. */
const PLATFORM = /^(?:Array|BigInt|Infinity|Map|NaN|Number|Object|Set|String|undefined)$/;
/** Methods of strings that give strings or numbers. */
const OF_STRINGS = /^(?:charAt|charCodeAt|codePointAt|padStart|toLowerCase|toString|toUpperCase|trim)$/;

export class FixedValues {
  private readonly side: Side;
  private readonly table: Binding;
  /** The code that puts them there, and which of it is of functions that it calls. */
  private readonly parts: readonly AnyNode[];
  private readonly fillers: ReadonlySet<FunctionInfo>;
  /** By a variable what a loop takes it from: `for (const name of list)`. */
  private readonly lists = new Map<AnyNode, AnyNode>();
  private readonly asking = new Set<AnyNode>();

  constructor(side: Side, table: Binding, parts: readonly AnyNode[], fillers: ReadonlySet<FunctionInfo>) {
    this.side = side;
    this.table = table;
    this.parts = parts;
    this.fillers = fillers;
    for (const part of parts)
      walk(part, (node) => {
        const declared = node.type === 'ForOfStatement' && node.left.type === 'VariableDeclaration' ? node.left.declarations[0] : null;
        if (declared) this.lists.set(declared.id, (node as ForOfStatement).right);
      });
  }

  /** Whether all that the code goes by is its own, or never changes. */
  areConstant(): boolean {
    return this.parts.every(({ start, end }) =>
      this.side.refsIn(start, end).every(({ node, parent, binding }) => {
        if (binding === null) return PLATFORM.test(node.name);
        if (this.isFunction(binding)) return parent.type !== 'MemberExpression';
        return binding === this.table || this.isOwn(binding) || this.isConstant(binding);
      }),
    );
  }

  /** `{}`, `[]`, `new Map()`, `Object.create(null)`, with no more in it than such values. */
  isNewTable(value: AnyNode): boolean {
    if (isBare(value) && value.type !== 'ObjectExpression') return true;
    if (value.type === 'ObjectExpression')
      return value.properties.every((p) => p.type === 'Property' && p.kind === 'init' && !p.computed && this.isFixed(p.value as AnyNode));
    if (value.type === 'ArrayExpression') return this.isListOfFixed(value);
    if (value.type !== 'NewExpression' || value.callee.type !== 'Identifier' || !/^(?:Map|Set)$/.test(value.callee.name)) return false;
    return value.arguments.every((given) => this.isListOfFixed(given as AnyNode));
  }

  /** A primitive value, or a function of the module. */
  isFixed(value: AnyNode): boolean {
    switch (value.type) {
      case 'Literal':
        return value.regex === undefined;
      case 'TemplateLiteral':
        return true;
      case 'UnaryExpression':
      case 'BinaryExpression':
        return value.type !== 'UnaryExpression' || value.operator !== 'delete';
      case 'ConditionalExpression':
        return this.isFixed(value.consequent) && this.isFixed(value.alternate);
      case 'MemberExpression': {
        const binding = value.object.type === 'Identifier' ? this.side.refAt(value.object)?.binding : null;
        return binding != null && this.isConstant(binding);
      }
      case 'CallExpression':
        return value.callee.type === 'MemberExpression' && OF_STRINGS.test(memberName(value.callee) ?? '');
      case 'Identifier': {
        const binding = this.side.refAt(value)?.binding;
        if (binding === null) return PLATFORM.test(value.name);
        return (
          binding != null &&
          (this.isFunction(binding) || this.isSource(binding, (source) => this.isFixed(source)) || this.isPrimitive(binding))
        );
      }
      default:
        return false;
    }
  }

  private isListOfFixed(list: AnyNode): boolean {
    if (list.type === 'ArrayExpression') return list.elements.every((one) => one !== null && this.isFixed(one as AnyNode));
    const binding = list.type === 'Identifier' ? this.side.refAt(list)?.binding : null;
    return binding != null && (this.isSource(binding, (source) => this.isListOfFixed(source)) || this.isConstant(binding));
  }

  /** Whether it holds of all that a parameter is given, or a variable of the code begins with or goes through. */
  private isSource(binding: Binding, holds: (source: AnyNode) => boolean): boolean {
    const [id] = binding.declarations;
    if (!id || binding.reassigned || this.asking.has(id as AnyNode)) return false;
    this.asking.add(id as AnyNode);
    try {
      if (binding.kind === 'param') return this.isGiven(binding, holds);
      const value = this.isOwn(binding) ? this.side.valueOf(id) : null;
      if (value) return holds(value);
      const list = this.lists.get(id as AnyNode);
      return list !== undefined && this.isListOfFixed(list);
    } finally {
      this.asking.delete(id as AnyNode);
    }
  }

  private isGiven(binding: Binding, holds: (source: AnyNode) => boolean): boolean {
    const filler = [...this.fillers].find((fn) => fn === binding.scope.fn);
    const at = filler ? (filler.node as FunctionNode).params.findIndex((param) => param === binding.declarations[0]) : -1;
    if (!filler || at < 0 || filler.usesArguments) return false;
    return namedBy(filler)!.references.every(({ read, parent }) => {
      const given = (parent as CallExpression).arguments?.[at] as AnyNode | undefined;
      return !read || (given !== undefined && given.type !== 'SpreadElement' && holds(given));
    });
  }

  private isOwn({ declarations: [id] }: Binding): boolean {
    return id !== undefined && this.parts.some((own) => contains(own, id));
  }

  private isFunction({ declarations: [id], reassigned }: Binding): boolean {
    return id !== undefined && !reassigned && this.side.functionDeclaredBy(id) !== null;
  }

  private isPrimitive(binding: Binding): boolean {
    const value = this.valueOf(binding);
    return value?.type === 'Literal' && value.regex === undefined;
  }

  /** A constant of the module that is primitive, or a list or a table of such that nobody else may change, or an enumeration. */
  private isConstant(binding: Binding): boolean {
    if (this.isEnumeration(binding)) return true;
    const value = this.valueOf(binding);
    if (!value || this.isPrimitive(binding)) return value !== null;
    const held = value.type === 'ArrayExpression' ? value.elements : value.type === 'ObjectExpression' ? value.properties : null;
    const isFlat = held?.every(
      (one) => one?.type === 'Literal' || (one?.type === 'Property' && !one.computed && one.value.type === 'Literal'),
    );
    return isFlat === true && !isMutated(binding) && binding.references.every((ref) => this.isKept(ref));
  }

  private isEnumeration(binding: Binding): boolean {
    const own = this.side.enumerations.filter(({ id }) => this.side.refAt(id)?.binding === binding);
    return own.length > 0 && own.every((one) => isOfLiterals(one)) && !isMutated(binding);
  }

  private isKept({ node, parent, read }: Reference): boolean {
    if (!read || (parent.type === 'MemberExpression' && parent.object === node)) return true;
    if (parent.type === 'ForOfStatement' || parent.type === 'ForInStatement') return parent.right === node;
    return this.parts.some((own) => contains(own, node));
  }

  private valueOf({ declarations: [id, ...more], reassigned, kind, scope }: Binding): AnyNode | null {
    if (!id || more.length > 0 || reassigned || kind === 'param' || !this.side.runsOnce(scope.fn)) return null;
    return this.side.valueOf(id) ?? null;
  }
}
