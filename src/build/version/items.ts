/** The statements of a scope that runs once, taken apart into what can be compared by name. */
import type { AnyNode, AssignmentProperty, BlockStatement, Function as FunctionNode, Program, VariableDeclaration } from 'acorn';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { memberText } from '../../source/paths.ts';
import { definitions, isCreateClass } from './definitions.ts';
import { EXPORT_STAR } from './effects.ts';
import { moduleAsked, requiredBy } from './ran.ts';
import type { Side } from './side.ts';
import { isFunctionNode, walk } from './walk.ts';

/** A name that the scope binds. */
export interface Named {
  readonly kind: 'function' | 'variable' | 'class' | 'import';
  readonly name: string;
  readonly node: AnyNode;
  /** The function, the class, or the initialiser behind any chain of assignments. */
  readonly value: AnyNode | null;
  /** Canonical text of how the name takes its part of the value; empty where it takes it whole. */
  readonly extract: string;
  readonly keyword: 'const' | 'let' | 'var';
  /** The pattern to declare the name with: one property of an object pattern, or the declarator's whole left side. */
  readonly pattern: AnyNode | null;
  /** Declared together: a pattern that cannot be taken apart. */
  readonly group: AnyNode | null;
  /** `x = exports.x = …`: what else gets the value. */
  readonly targets: readonly AnyNode[];
  /** Where it comes from, of an import or of `require` with a literal. */
  readonly source: string | null;
  /** The imported name; `*` the whole of it. */
  readonly imported: string;
  /** The module of the bundle that it is taken from. */
  readonly asked?: FunctionInfo;
  /** The variable, where it is declared around the scope. */
  readonly hoisted?: Binding;
}

export interface Exported {
  readonly name: string;
  /** The local name, or the name in `source`. */
  readonly local: string;
  readonly source: string | null;
  /** `export default` of an expression. */
  readonly value: AnyNode | null;
  readonly node: AnyNode;
}

export interface Assigned {
  /** The static text of the target, `exports.parse`. */
  readonly key: string;
  /** What is assigned: a member expression, or a name; for `Object.defineProperty` the object. */
  readonly target: AnyNode;
  readonly value: AnyNode;
  readonly node: AnyNode;
  /** The name that `Object.defineProperty` gives to a new property of the target. */
  readonly defines: string | null;
  /** The value is a getter. */
  readonly getter: boolean;
  /** The property is not enumerable. */
  readonly hidden: boolean;
  /** A descriptor that only says how a property that is there behaves: it is the value then. */
  readonly flags: boolean;
  /** It only sets what may be there, and can be done once more. */
  readonly again: boolean;
  /** It stands on the prototype of the target. */
  readonly onPrototype?: true;
}

export interface Items {
  readonly named: ReadonlyMap<string, Named>;
  readonly exported: ReadonlyMap<string, Exported>;
  readonly assigned: readonly Assigned[];
  /** What `exports.a = exports.b = void 0` assigns, before what is given away under these names is there. */
  readonly unset: ReadonlySet<string>;
  /** `import 'x'`, a `require` that nothing takes the value of, and `export * from 'x'`, by their text. */
  readonly links: ReadonlyMap<string, AnyNode>;
  /** The modules all of whose names this one gives away, `export *` and what TypeScript makes of it. */
  readonly stars: ReadonlyMap<string, AnyNode>;
  /** The modules whose names are copied into the exports, over those that stand there. */
  readonly copies: ReadonlyMap<string, AnyNode>;
  /** Everything else, in order. */
  readonly others: readonly AnyNode[];
}

/** The statements of a module, or of a wrapper around one. */
export function bodyOf(fn: FunctionInfo): readonly AnyNode[] {
  if (fn.kind === 'module') return (fn.node as Program).body;
  return ((fn.node as FunctionNode).body as BlockStatement).body;
}

export function itemsOf(side: Side, scope: FunctionInfo): Items {
  const named = new Map<string, Named>();
  const exported = new Map<string, Exported>();
  const assigned: Assigned[] = [];
  const unset = new Set<string>();
  const links = new Map<string, AnyNode>();
  const stars = new Map<string, AnyNode>();
  const copies = new Map<string, AnyNode>();
  const others: AnyNode[] = [];

  const declareFunction = (node: AnyNode, name: string): void => {
    named.set(name, {
      kind: node.type === 'FunctionDeclaration' ? 'function' : 'class',
      name,
      node,
      value: node,
      extract: '',
      keyword: 'const',
      pattern: null,
      group: null,
      targets: [],
      source: null,
      imported: '',
    });
  };

  const isHoisted = (name: string): boolean => {
    const binding = side.hoisted.size > 0 ? scope.body.bindings.get(name) : undefined;
    return binding !== undefined && side.hoisted.has(binding);
  };

  /** The module that a name stands for as a whole. */
  const wholeOf = (node: AnyNode): { readonly source: string; readonly imported: '*' } | null => {
    const item = node.type === 'Identifier' ? named.get(node.name) : undefined;
    return item?.imported === '*' && item.source !== null ? { source: item.source, imported: '*' } : null;
  };

  const declareVariables = (declaration: VariableDeclaration): void => {
    for (const declarator of declaration.declarations) {
      const { targets, value } = unchain(declarator.init ?? null);
      const required = value ? (requireOf(value) ?? wholeOf(value)) : null;
      const asked = value && !required ? side.inBundle.asked(value) : null;
      const imported = required?.imported ?? asked?.imported ?? '';
      const common = {
        kind: 'variable' as const,
        node: declarator as AnyNode,
        value,
        keyword: declaration.kind as 'const' | 'let' | 'var',
        targets,
        source: required?.source ?? null,
        ...(asked ? { asked: asked.module } : {}),
      };
      if (declarator.id.type === 'Identifier') {
        // `var x;` again, or a `var` that only names a function declared elsewhere, declares nothing new.
        if (!value && (named.has(declarator.id.name) || isHoisted(declarator.id.name))) continue;
        named.set(declarator.id.name, {
          ...common,
          name: declarator.id.name,
          extract: '',
          pattern: declarator.id,
          group: null,
          imported,
        });
        continue;
      }
      const simple = declarator.id.type === 'ObjectPattern' && imported === '*' ? declarator.id.properties.every(isSimpleProperty) : false;
      const splittable =
        simple ||
        (declarator.id.type === 'ObjectPattern' &&
          declarator.id.properties.every(isSimpleProperty) &&
          value !== null &&
          isRepeatable(value));
      if (splittable && declarator.id.type === 'ObjectPattern') {
        for (const property of declarator.id.properties as AssignmentProperty[]) {
          const local = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
          const name = (local as { name: string }).name;
          const key = property.key.type === 'Identifier' ? property.key.name : String((property.key as { value: unknown }).value);
          const plain = property.value.type === 'Identifier';
          named.set(name, {
            ...common,
            name,
            extract: side.text(property),
            pattern: property,
            group: null,
            imported: imported === '*' && plain ? key : '',
            source: plain ? common.source : null,
          });
        }
        continue;
      }
      const extract = side.text(declarator.id);
      for (const name of boundNames(declarator.id))
        named.set(name, {
          ...common,
          name,
          extract: `${name} of ${extract}`,
          pattern: declarator.id,
          group: declarator,
          imported: '',
          source: null,
        });
    }
  };

  const visit = (statement: AnyNode): void => {
    switch (statement.type) {
      case 'FunctionDeclaration':
      case 'ClassDeclaration':
        declareFunction(statement, statement.id!.name);
        return;
      case 'VariableDeclaration':
        declareVariables(statement);
        return;
      case 'ImportDeclaration': {
        const source = moduleAsked(String(statement.source.value));
        if (statement.specifiers.length === 0) links.set(`import ${source}`, statement);
        for (const specifier of statement.specifiers) {
          const imported =
            specifier.type === 'ImportDefaultSpecifier'
              ? 'default'
              : specifier.type === 'ImportNamespaceSpecifier'
                ? '*'
                : moduleName(specifier.imported);
          const name = specifier.local.name;
          named.set(name, {
            kind: 'import',
            name,
            node: statement,
            value: null,
            extract: '',
            keyword: 'const',
            pattern: null,
            group: null,
            targets: [],
            source,
            imported,
          });
        }
        return;
      }
      case 'ExportNamedDeclaration': {
        const { declaration } = statement;
        if (declaration) {
          visit(declaration);
          const names =
            declaration.type === 'VariableDeclaration' ? declaration.declarations.flatMap((d) => boundNames(d.id)) : [declaration.id!.name];
          for (const name of names) exported.set(name, { name, local: name, source: null, value: null, node: statement });
          return;
        }
        const source = statement.source ? moduleAsked(String(statement.source.value)) : null;
        for (const specifier of statement.specifiers) {
          const name = moduleName(specifier.exported);
          exported.set(name, { name, local: moduleName(specifier.local), source, value: null, node: statement });
        }
        return;
      }
      case 'ExportDefaultDeclaration': {
        const value = statement.declaration as AnyNode;
        if ((value.type === 'FunctionDeclaration' || value.type === 'ClassDeclaration') && value.id) {
          declareFunction(value, value.id.name);
          exported.set('default', { name: 'default', local: value.id.name, source: null, value: null, node: statement });
        } else if (value.type === 'Identifier')
          exported.set('default', { name: 'default', local: value.name, source: null, value: null, node: statement });
        else exported.set('default', { name: 'default', local: '', source: null, value, node: statement });
        return;
      }
      case 'ExportAllDeclaration':
        if (!statement.exported) stars.set(String(statement.source.value), statement);
        links.set(`export * ${statement.exported ? moduleName(statement.exported) : ''} from ${String(statement.source.value)}`, statement);
        return;
      case 'EmptyStatement':
        return;
      case 'ReturnStatement': {
        // What Babel's helper returns is the class it was given.
        const members = statement.argument && isCreateClass(statement.argument) ? definitions(statement.argument, side) : null;
        if (members) for (const own of members) assigned.push({ ...own, node: statement });
        else others.push(statement);
        return;
      }
      case 'IfStatement': {
        const taken = side.environment.taken(statement);
        if (taken === undefined) return;
        if (taken !== statement && taken.type === 'BlockStatement' && !taken.body.some(isLexical))
          for (const inner of taken.body) visit(inner);
        else if (taken !== statement && taken.type !== 'BlockStatement') visit(taken);
        else others.push(taken);
        return;
      }
      case 'ExpressionStatement': {
        if (statement.directive !== undefined || isInert(statement.expression)) return;
        if (statement.expression.type === 'SequenceExpression') {
          // Minified and generated code joins statements with commas; each of them is one to run again, or not.
          for (const expression of statement.expression.expressions) visitExpression(expression, expression);
        } else visitExpression(statement.expression, statement);
        return;
      }
      default:
        others.push(statement);
    }
  };

  const visitExpression = (whole: AnyNode, statement: AnyNode): void => {
    const expression = side.environment.taken(whole);
    if (expression === undefined) return;
    if (expression !== whole && expression.type === 'SequenceExpression') {
      for (const inner of expression.expressions) visitExpression(inner, inner);
      return;
    }
    const star = starOf(expression, side);
    if (star !== null) stars.set(star, expression);
    for (const node of copiedBy(expression)) {
      const whole = requireOf(node) ?? wholeOf(node);
      if (whole?.imported === '*') copies.set(whole.source, node);
    }
    const required = requiredBy(expression);
    if (required !== null) {
      links.set(`import ${required}`, expression);
      return;
    }
    const defined = definitions(expression, side);
    if (defined) {
      for (const own of defined) assigned.push({ ...own, key: side.rooted(own.target, own.key), node: statement });
      return;
    }
    const { targets, value } = unchain(expression);
    const keys = targets.map((t) => side.targetText(t));
    const load = side.loads.filter(({ node }) => node.start >= expression.start && node.end <= expression.end);
    for (const { node, source } of load) links.set(`import ${source}`, node);
    if (targets.length === 0 || value === null || keys.some((key) => key === undefined || key.includes('[]'))) {
      others.push(expression === (statement as { expression?: AnyNode }).expression ? statement : expression);
      return;
    }
    // `exports.a = exports.b = void 0` only tells a lexer about names.
    if (value.type === 'UnaryExpression' && value.operator === 'void') {
      for (const key of keys) unset.add(key!);
      return;
    }
    const name = targets.find((target) => target.type === 'Identifier');
    const binding = name && side.refAt(name)?.binding;
    if (binding && side.hoisted.get(binding) === scope) {
      const required = requireOf(value) ?? wholeOf(value);
      const asked = required ? null : side.inBundle.asked(value);
      named.set(binding.name, {
        kind: 'variable',
        name: binding.name,
        node: expression,
        value,
        extract: '',
        keyword: 'let',
        pattern: name,
        group: null,
        targets: targets.filter((target) => target !== name),
        source: required?.source ?? null,
        imported: required?.imported ?? asked?.imported ?? '',
        ...(asked ? { asked: asked.module } : {}),
        hoisted: binding,
      });
      return;
    }
    targets.forEach((target, i) =>
      assigned.push({
        key: keys[i]!,
        target,
        value,
        node: statement,
        defines: null,
        getter: false,
        hidden: false,
        flags: false,
        again: true,
      }),
    );
  };

  for (const statement of bodyOf(scope)) visit(statement);
  return { named, exported, assigned, unset, links, stars, copies, others };
}

/** The module all of whose names TypeScript's helper exports. */
function starOf(node: AnyNode, side: Side): string | null {
  const source = starred(node, side);
  return source && requiredBy(source);
}

/** What gives the module of which `node`, a statement or a call, exports all names: the helper of each TypeScript takes it another way. */
export function starred(node: AnyNode, side: Side): AnyNode | null {
  if (node.type === 'ExpressionStatement') return starred(node.expression, side);
  if (node.type !== 'CallExpression') return null;
  const callee = side.model.text.slice(node.callee.start, node.callee.end);
  const [source, target, ...more] = node.arguments as AnyNode[];
  const isStar = target ? EXPORT_STAR.test(callee) && memberText(target) === 'exports' : /^(tslib(_\d+)?\.)?__export$/.test(callee);
  return isStar && source && more.length === 0 && requiredBy(source) !== null ? source : null;
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

/** One key for a property of the exports of a CommonJS module, whichever way its text names them. */
export function exportKey(key: string, { named }: Items): string {
  const at = key.indexOf('.');
  if (at < 0) return key;
  if (key.startsWith('module.exports.')) return key.slice('module.'.length);
  const targets = named.get(key.slice(0, at))?.targets ?? [];
  return targets.some((target) => memberText(target) === 'module.exports') ? `exports${key.slice(at)}` : key;
}

/** `require('x')`, also through an interop helper, and `require('x').name`. */
export function requireOf(node: AnyNode): { readonly source: string; readonly imported: string } | null {
  const required = requiredBy(node);
  if (required !== null) return { source: required, imported: '*' };
  if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier') {
    const inner = requireOf(node.object);
    return inner?.imported === '*' ? { source: inner.source, imported: node.property.name } : null;
  }
  return null;
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

export function boundNames(pattern: AnyNode): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((p) => boundNames(p.type === 'RestElement' ? p.argument : p.value));
    case 'ArrayPattern':
      return pattern.elements.flatMap((e) => (e ? boundNames(e) : []));
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    case 'RestElement':
      return boundNames(pattern.argument);
    default:
      return [];
  }
}

function moduleName(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as { value?: unknown }).value);
}

function isLexical(node: AnyNode): boolean {
  return (
    node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration' || (node.type === 'VariableDeclaration' && node.kind !== 'var')
  );
}

/** A statement without effect: a bare value, or `0 && …`, which only a lexer reads. */
function isInert(node: AnyNode): boolean {
  if (node.type === 'Literal' || node.type === 'Identifier') return true;
  if (node.type === 'UnaryExpression' && (node.operator === 'void' || node.operator === '!')) return isInert(node.argument);
  return node.type === 'LogicalExpression' && node.operator === '&&' && node.left.type === 'Literal' && !node.left.value;
}
