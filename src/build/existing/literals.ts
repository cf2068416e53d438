/** What an object literal of a function gives to objects in the new version only: those that calls of the old one have made lack it. */
import type { AnyNode, MemberExpression, Property, VariableDeclarator } from 'acorn';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { keyName, memberText } from '../../source/paths.ts';
import type { ModuleContext } from '../code/context.ts';
import { isOfGain } from '../version/objects/gains.ts';
import { isKeptLiteral, isKeptVariable } from '../hazards/kept-literals.ts';
import { nodesWithin } from '../version/program/nodes.ts';
import { saysAsKey } from '../version/objects/options.ts';
import { usesAsValue } from '../version/objects/reads.ts';
import { memberName } from '../version/program/member-name.ts';
import { isReadElsewhere, ONLY_WHERE_NONE } from './instances.ts';
import { classNamed, isConstructor } from '../version/objects/create.ts';
import type { InScope } from '../version/objects/create.ts';
import { isNeeded } from '../version/objects/needed.ts';
import type { OutdatedObjects } from '../../patch/format.ts';
import { isThis } from '../version/forms/this-names.ts';
import { isFunctionNode, walk } from '../version/program/walk.ts';

/**
 * Only of names that are new to the module: what code of it read before, it has found or done without. Gives the objects of which
 * none may be alive, since new code cannot do without what they were made without. `fills`: objects of a constructor get a property
 * with its value all the same. `isDerived`: of a variable that closures find with what the new code gives it.
 */
export function reportLiterals(
  ctx: ModuleContext,
  base: FunctionInfo,
  fn: FunctionInfo,
  fills: (maker: FunctionInfo, name: string) => boolean,
  isDerived: (binding: Binding) => boolean,
): readonly OutdatedObjects[] {
  const { next, log, around } = ctx;
  const outdated: OutdatedObjects[] = [];
  const root = fn.node as AnyNode;
  const had = methodsIn(base);
  walk(root, (node, parents) => {
    if (node !== root && isFunctionNode(node)) return false;
    if (node.type !== 'ObjectExpression' || !isKeptLiteral(next, fn, node, parents)) return true;
    const declarator = parents.findLast(({ type }) => type === 'VariableDeclarator') as VariableDeclarator | undefined;
    const variable = declarator?.id.type === 'Identifier' ? fn.body.lookup(declarator.id.name) : null;
    if (variable && isDerived(variable)) return true;
    const isApi = node.properties.some((p) => isMethod(p) && had.has(keyName(p.key, false)));
    for (const property of node.properties) {
      if (property.type !== 'Property') continue;
      const symbol = property.computed ? wellKnown(property.key) : null;
      if (property.computed && symbol === null) continue;
      const name = symbol ?? keyName(property.key, false);
      // What the language asks for under such a symbol, code does not say.
      if (isKnown(ctx, fn, property, name) || (symbol === null && !isReadElsewhere(name, fn, ctx))) {
        // Those who have been given the object may call what it has.
        if (isApi && isMethod(property) && !had.has(name))
          log.add('instances-lack', next, property, `${base.path} ${name}`, `objects that calls of it made have no ${name}`);
        continue;
      }
      // What is made of it has been made, with what was given.
      const isSpent = parents.some(({ type }) => type === 'NewExpression') && !isHandedOn(name, property.value);
      const isKeptSo = ctx.resolver.keptOptions.some(({ value, names }) => names.has(name) && contains(value, property));
      if (isKeptSo || (!isSpent && isOfGain(around.gains(name), node, (key) => !around.knewButConstants(key)))) {
        log.add(
          'entry-supplied',
          next,
          property,
          `${base.path} ${name}`,
          'new code reads it of objects that were written out before as well',
        );
        continue;
      }
      const path = `${base.path} ${name}`;
      const reason = `objects that calls of it made have no ${name}, which other code reads`;
      const isByAuthor = around.hook?.module === ctx.file;
      const type = isByAuthor ? null : classNeeding(ctx, name, parents.at(-1), fills);
      if (type) outdated.push({ scope: type.handle.id, objects: `instances=>instances(${type.name})`, path, reason, late: true });
      log.add('instances-lack', next, property, path, type ? `${reason}: ${ONLY_WHERE_NONE}` : reason);
    }
    return true;
  });
  reportPut(ctx, base, fn, isDerived);
  return outdated;
}

/** The same of what is put on an object that is kept, or that something is made of: `options.limit ??= 9; return new Client(options)`. */
function reportPut(ctx: ModuleContext, base: FunctionInfo, fn: FunctionInfo, isDerived: (binding: Binding) => boolean): void {
  const { base: old, next, log } = ctx;
  for (const { left, right } of nodesWithin(next.model.program, 'AssignmentExpression', fn.node.start, fn.node.end)) {
    const name = left.type === 'MemberExpression' && left.object.type === 'Identifier' ? memberName(left) : null;
    const object = name === null ? null : next.refAt((left as MemberExpression).object as AnyNode);
    if (name === null || object?.fn !== fn || object.binding?.scope.fn !== fn || isThis(object.node as AnyNode)) continue;
    const path = `${base.path} ${name}`;
    if (saysAsKey(old.model, name) || !isReadElsewhere(name, fn, ctx) || log.rows.some((row) => row.path === path)) continue;
    if (!isDerived(object.binding) && isKeptVariable(next, fn, object.binding))
      log.add('instances-lack', next, right as AnyNode, path, `what calls of it have made was given no ${name}`);
  }
}

/** `max` of an object that has it under that name itself. */
const isHandedOn = (name: string, value: AnyNode): boolean => value.type === 'MemberExpression' && memberName(value) === name;

/** Whether code of the old module may have read the entry: a method of the same name is another thing than a value that is no function. */
function isKnown({ base, next }: ModuleContext, fn: FunctionInfo, property: Property, name: string): boolean {
  if (!saysAsKey(base.model, name)) return false;
  return isFunctionNode(property.value) || usesAsValue(name, base.model) || !usesAsValue(name, next.model, fn);
}

/**
 * The class of the module that makes an object of a literal, `new Box({ … })`, where other code than its constructor cannot do
 * without the entry, and the running module has a name for it.
 */
function classNeeding(
  { base, next, match, around }: ModuleContext,
  name: string,
  parent: AnyNode | undefined,
  fills: (maker: FunctionInfo, name: string) => boolean,
): InScope | null {
  const made = parent?.type === 'NewExpression' ? next.definitionOf(parent.callee as AnyNode) : null;
  const maker = made && ('members' in made ? made.members.find(isConstructor) : made);
  const old = maker && match.baseOf.get(maker);
  return old && !fills(old, name) && isNeeded(name, maker, base, next, around) ? classNamed(base, old) : null;
}

/** The entries of literals of a function that are functions written out, and what else it has under the names of properties. */
function methodsIn({ node }: FunctionInfo): ReadonlySet<string> {
  const found = new Set<string>();
  walk(node as AnyNode, (inner) => {
    if (inner.type === 'Property' && !inner.computed) found.add(keyName(inner.key, false));
    if (inner.type === 'MemberExpression') found.add(memberName(inner) ?? '');
    return inner === (node as AnyNode) || !isFunctionNode(inner);
  });
  return found;
}

const isMethod = (property: AnyNode): property is Property & AnyNode =>
  property.type === 'Property' && !property.computed && isFunctionNode(property.value);

/** `Symbol.iterator`, and others that the language has. */
function wellKnown(key: AnyNode): string | null {
  const name = memberText(key) ?? '';
  return /^Symbol\.\w+$/.test(name) && typeof Reflect.get(Symbol, name.slice('Symbol.'.length)) === 'symbol' ? name : null;
}
