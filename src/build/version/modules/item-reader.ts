/** Takes the statements of a scope that runs once apart into items. */
import type {
  AnyNode,
  AssignmentProperty,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Function as FunctionNode,
  Identifier,
  ImportDeclaration,
  ImportDefaultSpecifier,
  ImportNamespaceSpecifier,
  ImportSpecifier,
  ObjectPattern,
  VariableDeclarator,
} from 'acorn';
import { contains } from '../../../source/contains.ts';
import type { FunctionInfo } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { definitions, isCreateClass } from '../forms/definitions.ts';
import { enumerationOf } from '../forms/enums.ts';
import { meant } from '../forms/given-again.ts';
import { bodyOf, boundNames, requireOf, starred } from '../forms/items.ts';
import type { Assigned, Exported, Items, Named } from '../forms/items.ts';
import { declaredWithin, isDeclaration, isDeclaredBefore } from './variable-declarations.ts';
import { moduleAsked, requiredBy } from '../program/ran.ts';
import { returnedLast } from '../forms/returned-last.ts';
import { reverseMapped } from '../forms/reverse-mapped.ts';
import type { Side } from '../side.ts';
import { isFunctionNode, walk } from '../program/walk.ts';

/** `inside`: statements of blocks of the scope that are taken as those of the scope itself are, too. */
export function itemsOf(side: Side, scope: FunctionInfo, inside: readonly AnyNode[] = []): Items {
  const reader = new ItemReader(side, scope);
  reader.read([...bodyOf(scope), ...inside]);
  return reader;
}

/** What a name has that nothing more is known of. */
const PLAIN = { extract: '', keyword: 'const', pattern: null, group: null, targets: [], source: null, imported: '' } as const;
/** What an assignment is that only sets a property. */
const SETS = { defines: null, getter: false, hidden: false, flags: false, again: true } as const;

class ItemReader implements Items {
  readonly named = new Map<string, Named>();
  readonly exported = new Map<string, Exported>();
  readonly assigned: Assigned[] = [];
  readonly unset = new Set<string>();
  readonly links = new Map<string, AnyNode>();
  readonly stars = new Map<string, AnyNode>();
  readonly copies = new Map<string, AnyNode>();
  readonly others: AnyNode[] = [];
  private readonly side: Side;
  private readonly scope: FunctionInfo;

  constructor(side: Side, scope: FunctionInfo) {
    this.side = side;
    this.scope = scope;
  }

  read(statements: readonly AnyNode[]): void {
    for (const statement of statements) this.visit(statement);
    for (const id of declaredWithin(this.others, this.scope))
      if (!this.named.has(id.name))
        this.named.set(id.name, { ...PLAIN, kind: 'variable', keyword: 'var', name: id.name, node: id, value: null, pattern: id });
  }

  private visit(statement: AnyNode): void {
    switch (statement.type) {
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        this.definition(statement, statement.id!.name);
        return;
      case 'VariableDeclaration':
        for (const declarator of statement.declarations) this.variables(declarator, statement.kind as VariableKind);
        return;
      case 'ImportDeclaration':
        this.imports(statement);
        return;
      case 'ExportNamedDeclaration':
        this.exports(statement);
        return;
      case 'ExportDefaultDeclaration':
        this.exportsDefault(statement);
        return;
      case 'ExportAllDeclaration': {
        const source = String(statement.source.value);
        if (!statement.exported) this.stars.set(source, statement);
        this.links.set(`export * ${statement.exported ? moduleName(statement.exported) : ''} from ${source}`, statement);
        return;
      }
      case 'EmptyStatement':
        return;
      case 'ReturnStatement': {
        // What Babel's helper returns is the class it was given.
        const members = statement.argument && isCreateClass(statement.argument) ? definitions(statement.argument, this.side) : null;
        const { before, last } = returnedLast(statement);
        if (members) for (const own of members) this.assigned.push({ ...own, node: statement });
        else this.others.push(last);
        for (const one of before) this.expression(one, one);
        return;
      }
      case 'IfStatement': {
        const taken = this.side.environment.taken(statement);
        if (taken === undefined) return;
        if (taken !== statement && taken.type === 'BlockStatement' && !taken.body.some(isLexical))
          for (const inner of taken.body) this.visit(inner);
        else if (taken !== statement && taken.type !== 'BlockStatement') this.visit(taken);
        else this.others.push(taken);
        return;
      }
      case 'ExpressionStatement': {
        const { directive, expression } = statement;
        if (directive !== undefined || isInert(expression)) return;
        // Minified and generated code joins statements with commas; each of them is one to run again, or not.
        if (expression.type === 'SequenceExpression') for (const one of expression.expressions) this.expression(one, one);
        else this.expression(expression, statement);
        return;
      }
      default:
        this.others.push(statement);
    }
  }

  private definition(node: AnyNode, name: string): void {
    this.named.set(name, { ...PLAIN, kind: node.type === 'FunctionDeclaration' ? 'function' : 'class', name, node, value: node });
  }

  private variables(declarator: VariableDeclarator, keyword: VariableKind): void {
    const { id } = declarator;
    const { targets, value } = unchain(declarator.init ?? null);
    const { imported, ...from } = this.from(value);
    const common = { kind: 'variable' as const, node: declarator as AnyNode, value, keyword, targets, ...from };
    if (id.type === 'Identifier') {
      // `var x;` again, or a `var` that only names a function declared elsewhere, declares nothing new.
      if (!value && (this.named.has(id.name) || this.isHoisted(id.name))) return;
      // One that declares it again only gives it a value.
      if (value && isDeclaredBefore(id, this.scope) && !isDeclaration(id, value, this.side, this.scope)) {
        const keys = [id, ...targets].map((target) => this.side.targetText(target));
        // What is assigned to an object that has no name, `x = (a = {}).b = {}`, is as in a statement of its own.
        if (keys.includes(undefined)) this.others.push(declarator);
        else
          for (const [i, target] of [id, ...targets].entries())
            this.assigned.push({ ...SETS, key: keys[i]!, target, value, node: declarator });
        return;
      }
      this.named.set(id.name, { ...common, name: id.name, extract: '', pattern: id, group: null, imported });
    } else if (id.type === 'ObjectPattern' && id.properties.every(isSimpleProperty) && (imported === '*' || (value && isRepeatable(value))))
      this.properties(id, common, imported);
    else {
      const extract = this.side.text(id);
      for (const name of boundNames(id))
        this.named.set(name, {
          ...common,
          name,
          extract: `${name} of ${extract}`,
          pattern: id,
          group: declarator,
          imported: '',
          source: null,
        });
    }
  }

  /** Each name of an object pattern as if it was declared by itself. */
  private properties({ properties }: ObjectPattern, common: Common, imported: string): void {
    for (const property of properties as AssignmentProperty[]) {
      const local = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
      const { name } = local as { name: string };
      const key = property.key.type === 'Identifier' ? property.key.name : String((property.key as { value: unknown }).value);
      const isPlain = property.value.type === 'Identifier';
      this.named.set(name, {
        ...common,
        name,
        extract: this.side.text(property),
        pattern: property,
        group: null,
        imported: imported === '*' && isPlain ? key : '',
        source: isPlain ? common.source : null,
      });
    }
  }

  private imports(statement: ImportDeclaration): void {
    const source = moduleAsked(String(statement.source.value));
    if (statement.specifiers.length === 0) this.links.set(`import ${source}`, statement);
    for (const specifier of statement.specifiers) {
      const { name } = specifier.local;
      this.named.set(name, { ...PLAIN, kind: 'import', name, node: statement, value: null, source, imported: importedName(specifier) });
    }
  }

  private exports(statement: ExportNamedDeclaration): void {
    const { declaration } = statement;
    const add = (name: string, local: string, source: string | null): void =>
      void this.exported.set(name, { name, local, source, value: null, node: statement });
    if (declaration) {
      this.visit(declaration);
      const isList = declaration.type === 'VariableDeclaration';
      const names = isList ? declaration.declarations.flatMap((d) => boundNames(d.id)) : [declaration.id!.name];
      for (const name of names) add(name, name, null);
      return;
    }
    const source = statement.source ? moduleAsked(String(statement.source.value)) : null;
    for (const { exported, local } of statement.specifiers) add(moduleName(exported), moduleName(local), source);
  }

  private exportsDefault(statement: ExportDefaultDeclaration): void {
    const value = statement.declaration as AnyNode;
    const isNamed = (value.type === 'FunctionDeclaration' || value.type === 'ClassDeclaration') && Boolean(value.id);
    const local = isNamed ? (value as { id: { name: string } }).id.name : value.type === 'Identifier' ? value.name : null;
    if (isNamed) this.definition(value, local!);
    this.exported.set('default', {
      name: 'default',
      local: local ?? '',
      source: null,
      value: local === null ? value : null,
      node: statement,
    });
  }

  private expression(whole: AnyNode, statement: AnyNode): void {
    const { side } = this;
    const expression = side.environment.taken(whole);
    if (expression === undefined) return;
    if (expression !== whole && expression.type === 'SequenceExpression') {
      for (const inner of expression.expressions) this.expression(inner, inner);
      return;
    }
    this.notePassedOn(expression);
    const required = requiredBy(expression);
    if (required !== null) return void this.links.set(`import ${required}`, expression);
    const defined = reverseMapped(expression) ?? definitions(expression, side);
    if (defined) {
      for (const own of defined) this.assigned.push({ ...own, key: side.rooted(own.target, own.key), node: statement });
      return;
    }
    const load = side.loads.filter(({ node }) => contains(expression, node));
    for (const { node, source } of load) this.links.set(`import ${source}`, node);
    this.assigns(expression, statement);
    const exported = enumerationOf(expression)?.exported;
    if (exported) this.assigned.push({ ...SETS, key: memberText(exported.target)!, ...exported, node: statement });
  }

  /** The modules whose names the exports get. */
  private notePassedOn(expression: AnyNode): void {
    const star = starOf(expression, this.side);
    if (star !== null) this.stars.set(star, expression);
    for (const node of copiedBy(expression)) {
      const whole = requireOf(node) ?? this.wholeOf(node);
      if (whole?.imported === '*') this.copies.set(whole.source, node);
    }
  }

  private assigns(expression: AnyNode, statement: AnyNode): void {
    const { targets, value: written } = unchain(expression);
    const value = written && meant(written, this, this.side);
    const keys = targets.map((target) => this.side.targetText(target));
    if (targets.length === 0 || value === null || keys.some((key) => key === undefined || key.includes('[]'))) {
      this.others.push(expression === (statement as { expression?: AnyNode }).expression ? statement : expression);
      return;
    }
    // `exports.a = exports.b = void 0` only tells a lexer about names.
    if (value.type === 'UnaryExpression' && value.operator === 'void') {
      for (const key of keys) this.unset.add(key!);
      return;
    }
    const pattern = targets.find((target) => target.type === 'Identifier');
    const binding = pattern && this.side.refAt(pattern)?.binding;
    const isHoisted = binding && this.side.hoisted.get(binding) === this.scope;
    if (isHoisted || (binding && isDeclaration(pattern as Identifier, value, this.side, this.scope))) {
      const others = targets.filter((target) => target !== pattern);
      this.named.set(binding.name, {
        kind: 'variable',
        name: binding.name,
        node: expression,
        value,
        extract: '',
        keyword: isHoisted ? 'let' : (binding.kind as VariableKind),
        pattern,
        group: null,
        targets: others,
        ...this.from(value),
        ...(isHoisted ? { hoisted: binding } : {}),
      });
      return;
    }
    for (const [i, target] of targets.entries()) this.assigned.push({ ...SETS, key: keys[i]!, target, value, node: statement });
  }

  /** Where a value comes from: another file, or another module of the bundle. */
  private from(value: AnyNode | null): Pick<Named, 'source' | 'imported' | 'asked'> {
    const required = value ? (requireOf(value) ?? this.wholeOf(value)) : null;
    const asked = value && !required ? this.side.inBundle.asked(value) : null;
    const imported = required?.imported ?? asked?.imported ?? '';
    return { source: required?.source ?? null, imported, ...(asked ? { asked: asked.module } : {}) };
  }

  /** The module that a name stands for as a whole. */
  private wholeOf(node: AnyNode): { readonly source: string; readonly imported: '*' } | null {
    const item = node.type === 'Identifier' ? this.named.get(node.name) : undefined;
    return item?.imported === '*' && item.source !== null ? { source: item.source, imported: '*' } : null;
  }

  private isHoisted(name: string): boolean {
    const binding = this.side.hoisted.size > 0 ? this.scope.body.bindings.get(name) : undefined;
    return binding !== undefined && this.side.hoisted.has(binding);
  }
}

type VariableKind = Named['keyword'];
type Common = Pick<Named, 'kind' | 'node' | 'value' | 'keyword' | 'targets' | 'source' | 'asked'>;

function importedName(specifier: ImportSpecifier | ImportDefaultSpecifier | ImportNamespaceSpecifier): string {
  if (specifier.type === 'ImportDefaultSpecifier') return 'default';
  return specifier.type === 'ImportNamespaceSpecifier' ? '*' : moduleName(specifier.imported);
}

/** The module all of whose names TypeScript's helper exports. */
function starOf(node: AnyNode, side: Side): string | null {
  const source = starred(node, side);
  return source && requiredBy(source);
}

/** What a statement copies into the exports, name by name: `module.exports = { ...lib }`, `Object.assign(exports, lib)`, what Babel makes of `export *`. */
function copiedBy(node: AnyNode): readonly AnyNode[] {
  const isExports = (target: AnyNode | undefined): boolean => target !== undefined && /^(module\.)?exports$/.test(memberText(target) ?? '');
  const { targets, value } = unchain(node);
  if (value?.type === 'ObjectExpression')
    return targets.some(isExports) ? value.properties.flatMap((p) => (p.type === 'SpreadElement' ? p.argument : [])) : [];
  if (value?.type !== 'CallExpression') return [];
  const [target, ...given] = value.arguments as AnyNode[];
  if (memberText(value.callee) === 'Object.assign') return isExports(target) || targets.some(isExports) ? given : [];
  const { callee } = value;
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'CallExpression' || targets.length > 0) return [];
  const copies =
    memberText(callee.object.callee) === 'Object.keys' && callee.property.type === 'Identifier' && callee.property.name === 'forEach';
  return copies && target && copiesToExports(target) ? (callee.object.arguments as AnyNode[]) : [];
}

/** Whether a function defines on the exports what it is given the name of. */
function copiesToExports(fn: AnyNode): boolean {
  let found = false;
  const parameter = isFunctionNode(fn) ? (fn as FunctionNode).params[0] : undefined;
  const key = parameter?.type === 'Identifier' ? parameter.name : null;
  walk(fn, (node) => {
    if (node.type === 'CallExpression' && memberText(node.callee) === 'Object.defineProperty') {
      const [target, name] = node.arguments;
      found ||= target?.type === 'Identifier' && target.name === 'exports' && name?.type === 'Identifier' && name.name === key;
    }
    return !found;
  });
  return found;
}

/** Takes `a = b = value` apart. */
function unchain(node: AnyNode | null): { targets: AnyNode[]; value: AnyNode | null } {
  const targets: AnyNode[] = [];
  let value = node;
  while (
    value?.type === 'AssignmentExpression' &&
    value.operator === '=' &&
    (value.left.type === 'MemberExpression' || value.left.type === 'Identifier')
  ) {
    targets.push(value.left);
    value = value.right;
  }
  return { targets, value };
}

/** Whether evaluating it once for each name gives what evaluating it once for all does. */
function isRepeatable(node: AnyNode): boolean {
  return (
    node.type === 'Identifier' ||
    node.type === 'ThisExpression' ||
    requireOf(node) !== null ||
    (node.type === 'MemberExpression' && isRepeatable(node.object))
  );
}

function isSimpleProperty(property: AnyNode): boolean {
  if (property.type !== 'Property' || property.computed) return false;
  return property.value.type === 'Identifier' || (property.value.type === 'AssignmentPattern' && property.value.left.type === 'Identifier');
}

function moduleName(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as { value?: unknown }).value);
}

function isLexical(node: AnyNode): boolean {
  return /^(?:Function|Class)Declaration$/.test(node.type) || (node.type === 'VariableDeclaration' && node.kind !== 'var');
}

/** A statement without effect: a bare value, `0 && …`, which only a lexer reads, or `C.prototype.size`, of which a comment tells. */
function isInert(node: AnyNode): boolean {
  if (node.type === 'Literal' || node.type === 'Identifier') return true;
  if (node.type === 'MemberExpression') return /\.prototype\.[\w$]+$/.test(memberText(node) ?? '');
  if (node.type === 'UnaryExpression' && (node.operator === 'void' || node.operator === '!')) return isInert(node.argument);
  return node.type === 'LogicalExpression' && node.operator === '&&' && node.left.type === 'Literal' && !node.left.value;
}
