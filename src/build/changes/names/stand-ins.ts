/**
 * Functions in whose place the new version has a value of another kind: one of another package or file, one that a call makes
 * or a condition chooses, as in `exports.parse = memoize(parseText)`. Who holds the running function goes on calling that, so the
 * new version is read as one that calls the other.
 */
import type { AnyNode, AssignmentProperty, Identifier, ImportDefaultSpecifier, ImportSpecifier, VariableDeclarator } from 'acorn';
import { planModule, runsOnce } from '../../../instrument/plan.ts';
import type { ModulePlan } from '../../../instrument/plan.ts';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { Binding, FunctionInfo, ModuleModel } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { functionAround } from '../../version/program/function-around.ts';
import { isOnlyCalled, makesInstances } from '../../version/values/holding.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';
import { declaredExports, givenAway } from './given-away.ts';
import type { GivenAway } from './given-away.ts';

/** What a stand-in calls its arguments, by which it is known. */
export const STAND_IN = '$given';
/** Throws where the process has something else there. */
const CHECK =
  "((fn)=>{if(typeof fn!=='function'||/^class\\b/.test(Function.prototype.toString.call(fn)))throw new TypeError('what stands in for it is not a function');return fn})";

/** The new version with stand-ins; null where there are none. */
export function withStandIns(base: ModuleModel, next: ModuleModel): ModuleModel | null {
  if (base.format !== next.format) return null;
  const writer = new StandIns(base, next);
  writer.declared();
  writer.given();
  return writer.result;
}

class StandIns {
  private readonly base: ModuleModel;
  private readonly next: ModuleModel;
  private readonly edits: Edits;
  private readonly old: NamedFunctions;
  private readonly exported: ReturnType<typeof declaredExports>;
  private scopes: Map<string, FunctionInfo> | null = null;
  private plan: ModulePlan | null = null;
  /** The variables that have become stand-ins. */
  private readonly named = new Set<string>();
  private count = 0;

  constructor(base: ModuleModel, next: ModuleModel) {
    this.base = base;
    this.next = next;
    this.old = new NamedFunctions(base);
    this.exported = declaredExports(base);
    this.edits = new Edits(next.text);
  }

  get result(): ModuleModel | null {
    return this.count === 0 ? null : analyzeModule(this.edits.render().text, this.next.format, this.next.file);
  }

  /** Variables that have the name of a function. */
  declared(): void {
    for (const node of nodesOf(this.next.program, 'VariableDeclarator')) {
      if (!node.init || !givesFunction(node.init as AnyNode)) continue;
      if (node.id.type === 'Identifier') this.ofVariable(node, node.id);
      else if (node.id.type === 'ObjectPattern')
        for (const property of node.id.properties)
          if (property.type === 'Property' && property.value.type === 'Identifier') this.ofPattern(node, property, property.value);
    }
    for (const node of this.next.program.body as AnyNode[])
      for (const specifier of node.type === 'ImportDeclaration' ? node.specifiers : [])
        if (specifier.type !== 'ImportNamespaceSpecifier') this.ofImport(node, specifier);
  }

  /** `const parse = memoize(parseText)` */
  private ofVariable(node: VariableDeclarator & AnyNode, { name }: Identifier): void {
    const fn = this.functionUnder(name, node);
    const statement = this.statementOf(node);
    const declared = statement?.type === 'ExportNamedDeclaration' ? statement.declaration : null;
    if (!fn || (declared?.type === 'VariableDeclaration' && declared.declarations.length > 1)) return;
    const other = this.stand(name);
    const made = `${other}=${CHECK}(${this.text(node.init as AnyNode)})`;
    if (declared) this.edits.insert(statement!.start, `const ${made};`);
    else this.edits.insert(node.start, `${made},`);
    this.edits.cut(node.init!.start, node.init!.end, standIn(fn, other));
  }

  /** `const { parse } = require('./parse')` */
  private ofPattern(node: AnyNode, property: AssignmentProperty, { name }: Identifier): void {
    const fn = this.functionUnder(name, node);
    if (!fn || this.statementOf(node)?.type === 'ExportNamedDeclaration') return;
    const [other, taken] = [this.stand(name), this.name(name)];
    if (property.shorthand) this.edits.insert(property.end, `:${taken}`);
    else this.edits.cut(property.value.start, property.value.end, taken);
    this.edits.insert(node.end, `,${other}=${CHECK}(${taken}),${name}=${standIn(fn, other)}`);
  }

  /** `import { parse } from './parse.js'`: modules that ask for each other may have it only when it is called. */
  private ofImport(node: AnyNode, { type, local, start, end }: ImportSpecifier | ImportDefaultSpecifier): void {
    const fn = this.functionUnder(local.name, node);
    if (!fn) return;
    const other = this.stand(local.name);
    if (type === 'ImportSpecifier' && start === local.start) this.edits.insert(end, ` as ${other}`);
    else this.edits.cut(local.start, local.end, other);
    this.edits.insert(node.end, `;const ${local.name}=${standIn(fn, other)};`);
  }

  /** What the old version has under the name of a variable, where who holds it can go on as what that is given. */
  private functionUnder(name: string, node: AnyNode): AnyNode | null {
    if (!this.old.names.has(name)) return null;
    const around = functionAround({ model: this.next }, node);
    const was = this.scope(around.path);
    const [old, now] = [was?.body.bindings.get(name), around.body.bindings.get(name)];
    const fn = old && this.old.named(old);
    if (!fn || !now || !isPlain(fn, name) || makesInstances(old) || !isOne(now) || !this.runsOnce(was!)) return null;
    return isOnlyCalled(old) && !(was === this.base.root && this.exported.has(name)) ? null : fn;
  }

  private statementOf(node: AnyNode): AnyNode | undefined {
    return (this.next.program.body as AnyNode[]).find((one) => one.start <= node.start && node.end <= one.end);
  }

  private stand(name: string): string {
    this.named.add(name);
    return this.name(name);
  }

  /** What takes the place of functions that the module gives away. */
  given(): void {
    const { base, next } = this;
    const was = base.format === 'module' ? this.exported : givenAway(base);
    for (const [name, after] of givenAway(next)) {
      const before = was.get(name);
      if (!before || (after.value.type === 'Identifier' && this.named.has(after.value.name))) continue;
      const value = before.value.type === 'Identifier' ? this.old.called(before.value.name) : before.value;
      if (!value || !isPlain(value, name, nameOf(before.value)) || this.goesOn(before.value) || this.isAskedOf(name)) continue;
      this.putGiven(name, value, after);
    }
  }

  /** Whether somebody may hold it who goes on with it as what has its name. */
  private goesOn(given: AnyNode): boolean {
    if (given.type !== 'Identifier' || !this.next.root.body.bindings.has(given.name)) return false;
    const references = this.base.root.body.bindings.get(given.name)?.references ?? [];
    return references.some(
      ({ node, parent, read }) => read && node !== given && !(parent.type === 'CallExpression' && parent.callee === node),
    );
  }

  private putGiven(name: string, fn: AnyNode, { form, statement, value, source }: GivenAway): void {
    const { edits, next } = this;
    const key = name.replace(/.*\./, '');
    if (form === 'forwarded') {
      const other = this.name(key);
      edits.insert(statement.start, `import{${this.text((value as { local: AnyNode }).local)} as ${other}}from ${JSON.stringify(source)};`);
      edits.insert(statement.start, `const ${other}$=${standIn(fn, other)};export{${other}$ as ${key}};`);
      const comma = /^\s*,/.exec(next.text.slice(value.end))?.[0].length ?? 0;
      edits.cut(value.start, value.end + comma);
    } else if (form === 'getter') {
      if (!/^[\w$]+$/.test(key)) return;
      this.count++;
      const lines = this.text(statement).split('\n').length - this.text(value).split('\n').length;
      this.put(statement, `exports.${key}=${standIn(fn, this.text(value))};${'\n'.repeat(lines)}`);
    } else if (givesFunction(value) || this.isVariable(value)) {
      const other = this.name(key);
      edits.insert(statement.start, `const ${other}=${CHECK}(${this.text(value)});`);
      this.put(value, `${form === 'shorthand' ? `${key}:` : ''}${standIn(fn, other)}`);
    }
  }

  /** A variable that is given what may be a function once. */
  private isVariable(value: AnyNode): boolean {
    const binding = value.type === 'Identifier' ? this.next.root.body.bindings.get(value.name) : undefined;
    const init = binding && isOneValue(binding) ? valueOf(this.next, binding) : null;
    return init !== null && givesFunction(init);
  }

  /** Whether code asks a property of what is given away. */
  private isAskedOf(name: string): boolean {
    const isIt = (object: AnyNode): boolean => {
      const text = memberText(object) ?? '';
      return text.endsWith(`exports.${name}`) || text === name;
    };
    return nodesOf(this.next.program, 'MemberExpression').some(({ object }) => isIt(object as AnyNode));
  }

  /** The function of the old version that has a path. */
  private scope(path: string): FunctionInfo | undefined {
    this.scopes ??= new Map(this.base.functions.map((fn) => [fn.path, fn]));
    return this.scopes.get(path);
  }

  private runsOnce(fn: FunctionInfo): boolean {
    this.plan ??= planModule(this.base);
    return fn === this.base.root || runsOnce(this.plan.handleOf.get(fn)?.kind);
  }

  private name(key: string): string {
    return `$${key}$${++this.count}`;
  }

  private text({ start, end }: AnyNode): string {
    return this.next.text.slice(start, end);
  }

  private put({ start, end }: AnyNode, text: string): void {
    this.edits.cut(start, end, text);
  }
}

function standIn(fn: AnyNode, other: string): string {
  return fn.type === 'ArrowFunctionExpression'
    ? `(...${STAND_IN})=>Reflect.apply(${other},void 0,${STAND_IN})`
    : `function(...${STAND_IN}){return Reflect.apply(${other},this,${STAND_IN})}`;
}

/** A function that asks for no `this`, so that it is no constructor, and gives its result at once. */
function isPlain(node: AnyNode, ...names: string[]): boolean {
  const { id = null } = node as { id?: AnyNode | null };
  if (!isFunctionNode(node) || [...names, id ? nameOf(id) : ''].some((name) => /^[A-Z]/.test(name))) return false;
  if ((node as { async?: boolean }).async || (node as { generator?: boolean }).generator) return false;
  let asks = false;
  walk(node, (inner) => {
    asks ||= inner.type === 'ThisExpression' || inner.type === 'MetaProperty';
    return !asks && (inner === node || !isFunctionNode(inner) || inner.type === 'ArrowFunctionExpression');
  });
  return !asks;
}

const nameOf = (node: AnyNode): string => (node.type === 'Identifier' ? node.name : '');

/** What may give a function that the module does not write out there. */
function givesFunction(value: AnyNode): boolean {
  switch (value.type) {
    case 'CallExpression':
      return !isFunctionNode(value.callee as AnyNode);
    case 'MemberExpression':
    case 'ConditionalExpression':
    case 'LogicalExpression':
      return true;
    default:
      return false;
  }
}

/** A variable that is only called and handed on: nobody asks it for a property, or whether it is another. */
const isOne = (binding: Binding): boolean =>
  isOneValue(binding) &&
  binding.references.every(
    ({ node, parent, read }) =>
      !read || !(parent.type === 'MemberExpression' ? parent.object === node : /^(?:New|Binary)Expression$/.test(parent.type)),
  );

const isOneValue = ({ declarations, reassigned }: Binding): boolean => declarations.length === 1 && !reassigned;

/** The functions of a module that have a name. */
class NamedFunctions {
  readonly names = new Set<string>();
  private readonly model: ModuleModel;
  private readonly declared = new Map<AnyNode, AnyNode>();

  constructor(model: ModuleModel) {
    this.model = model;
    for (const { node } of model.functions) if (node.type === 'FunctionDeclaration' && node.id) this.declared.set(node.id, node as AnyNode);
    for (const { id, init } of nodesOf(model.program, 'VariableDeclarator'))
      if (id.type === 'Identifier' && init && isFunctionNode(init as AnyNode)) this.declared.set(id, init as AnyNode);
    for (const id of this.declared.keys()) this.names.add((id as { name: string }).name);
  }

  named(binding: Binding): AnyNode | null {
    return (isOneValue(binding) && this.declared.get(binding.declarations[0]!)) || null;
  }

  /** Of the top level. */
  called(name: string): AnyNode | null {
    const binding = this.model.root.body.bindings.get(name);
    return binding ? this.named(binding) : null;
  }
}

function valueOf(model: ModuleModel, { declarations: [id] }: Binding): AnyNode | null {
  return (nodesOf(model.program, 'VariableDeclarator').find((node) => node.id === id)?.init as AnyNode | null | undefined) ?? null;
}
