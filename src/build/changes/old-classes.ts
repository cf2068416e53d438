/**
 * Classes that a compiler wrote out as functions in the old version, and that the new one leaves as they are, as where a package
 * no longer compiles for engines without classes. Whoever holds the running class holds that function, so the new version is
 * read as one that is written out in the same way, each method on its line.
 */
import type { AnyNode, CallExpression, ClassDeclaration, Function as FunctionNode, MethodDefinition } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import { Edits } from '../../source/edits.ts';
import type { ModuleModel } from '../../source/model.ts';
import { isFunctionNode, walk } from '../version/walk.ts';

export interface WrittenOut {
  readonly next: ModuleModel;
  readonly names: ReadonlySet<string>;
}

type Method = MethodDefinition & AnyNode;

/** Null where there are none. */
export function withOldClasses(base: ModuleModel, next: ModuleModel): WrittenOut | null {
  // The body of a class is strict code.
  if (!base.root.strict || !/\bclass\b/.test(next.text)) return null;
  const classes: ClassDeclaration[] = [];
  walk(next.program, (node, parents) => {
    if (node.type === 'ClassDeclaration' && parents.at(-1)?.type !== 'ExportDefaultDeclaration') classes.push(node as ClassDeclaration);
    return true;
  });
  const old = classes.length === 0 ? new Set<string>() : writtenOut(base);
  const names = new Set<string>();
  const edits = new Edits(next.text);
  for (const node of classes) {
    const { name } = node.id;
    const methods = methodsOf(node);
    if (!old.has(name) || !methods || classes.some((other) => other !== node && other.id.name === name)) continue;
    writeOut(edits, node, methods);
    names.add(name);
  }
  return names.size === 0 ? null : { next: analyzeModule(edits.render().text, next.format, next.file), names };
}

/** The names of `var Name = (function () { function Name() {…} …; return Name; }())`, where each stands for one. */
function writtenOut({ program }: ModuleModel): Set<string> {
  const found = new Map<string, number>();
  walk(program, (node) => {
    if (node.type !== 'VariableDeclarator' || node.id.type !== 'Identifier') return true;
    const { name } = node.id;
    found.set(name, (found.get(name) ?? 0) + (node.init && isClass(node.init, name) ? 1 : 2));
    return true;
  });
  return new Set([...found].flatMap(([name, count]) => (count === 1 ? name : [])));
}

function isClass(init: AnyNode, name: string): boolean {
  const call = (init.type === 'ParenthesizedExpression' ? init.expression : init) as CallExpression & AnyNode;
  if (call.type !== 'CallExpression' || call.arguments.length > 0 || !isFunctionNode(call.callee as AnyNode)) return false;
  const { body, params } = call.callee as unknown as FunctionNode;
  if (body.type !== 'BlockStatement' || params.length > 0) return false;
  const last = body.body.at(-1);
  const returns = last?.type === 'ReturnStatement' && last.argument?.type === 'Identifier' && last.argument.name === name;
  return returns && body.body.some((statement) => statement.type === 'FunctionDeclaration' && statement.id.name === name);
}

/** What a class consists of, where that is no more than methods with names; null for any other. */
function methodsOf({ superClass, body: { body }, decorators }: ClassDeclaration & { decorators?: readonly unknown[] }): Method[] | null {
  if (superClass || decorators?.length) return null;
  const methods: Method[] = [];
  for (const member of body) {
    if (member.type !== 'MethodDefinition' || member.computed || usesSuper(member.value)) return null;
    if (member.key.type !== 'Identifier' && !(member.key.type === 'Literal' && typeof member.key.value === 'string')) return null;
    methods.push(member as Method);
  }
  return methods;
}

function usesSuper(fn: AnyNode): boolean {
  let found = false;
  walk(fn, (node) => {
    found ||= node.type === 'Super' || node.type === 'PrivateIdentifier' || (node.type === 'MetaProperty' && node.meta.name === 'new');
    return !found;
  });
  return found;
}

function writeOut(edits: Edits, { id: { name }, start, body }: ClassDeclaration, methods: readonly Method[]): void {
  const made = methods.some(({ kind }) => kind === 'constructor') ? '' : `function ${name}(){}`;
  edits.cut(start, body.start + 1, `var ${name}=(function(){${made}`);
  for (const [i, method] of methods.entries()) {
    const { value, kind } = method;
    const key = JSON.stringify(method.key.type === 'Identifier' ? method.key.name : (method.key as { value: unknown }).value);
    const owner = method.static ? name : `${name}.prototype`;
    const target = method.key.type === 'Identifier' ? `${owner}.${method.key.name}` : `${owner}[${key}]`;
    const head = `${value.async ? 'async ' : ''}function${value.generator ? '*' : ''} `;
    const rest = (at: Method | undefined): boolean => at !== undefined && isOther(method, at);
    if (kind === 'constructor') edits.cut(method.start, value.start, `function ${name}`);
    else if (kind === 'method') edits.cut(method.start, value.start, `${target}=${head}`);
    else {
      edits.cut(method.start, value.start, `${rest(methods[i - 1]) ? ',' : `Object.defineProperty(${owner},${key},{`}${kind}:${head}`);
      if (!rest(methods[i + 1])) edits.insert(method.end, ',enumerable:false,configurable:true});');
    }
    if (kind === 'method') edits.insert(method.end, ';');
  }
  edits.cut(body.end - 1, body.end, `return ${name};}());`);
}

/** Whether two members beside each other are what reads and what writes one property. */
function isOther(one: Method, other: Method): boolean {
  const nameOf = ({ key }: Method): unknown => (key.type === 'Identifier' ? key.name : (key as { value: unknown }).value);
  const kinds = `${one.kind} ${other.kind}`;
  return one.static === other.static && nameOf(one) === nameOf(other) && (kinds === 'get set' || kinds === 'set get');
}
