/**
 * Classes that a compiler wrote out as functions in the old version, and that the new one leaves as they are, as where a package
 * no longer compiles for engines without classes. Whoever holds the running class holds that function, so the new version is
 * read as one that is written out in the same way, each method on its line.
 */
import type { AnyNode, CallExpression, ClassDeclaration, Function as FunctionNode, MethodDefinition } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { ModuleModel } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { functionAround } from '../../version/program/function-around.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';

export interface WrittenOut {
  readonly next: ModuleModel;
  readonly names: ReadonlySet<string>;
}

type Method = MethodDefinition & AnyNode;
type NamedClass = ClassDeclaration & AnyNode;

/** Null where there are none. */
export function withOldClasses(base: ModuleModel, next: ModuleModel): WrittenOut | null {
  if (!/\bclass\b/.test(next.text)) return null;
  const byDefault = new Set(next.program.body.map((node) => (node.type === 'ExportDefaultDeclaration' ? node.declaration : null)));
  const classes = nodesOf(next.program, 'ClassDeclaration').filter((node): node is NamedClass => !byDefault.has(node));
  const old = classes.length === 0 ? new Map<string, Form>() : writtenOut(base);
  const names = new Set<string>();
  const edits = new Edits(next.text);
  for (const node of classes) {
    const { name } = node.id;
    const methods = methodsOf(node);
    const form = old.get(name);
    if (!form || !methods || classes.some((other) => other !== node && other.id.name === name)) continue;
    // The name of its prototype would hide another of that name.
    if (form.prototype !== `${name}.prototype` && next.text.slice(node.start, node.end).includes(form.prototype)) continue;
    // What is made by an expression is there only behind it.
    if (!form.isWrapped && methods.slice(1).some(({ kind }) => kind === 'constructor')) continue;
    writeOut(edits, node, methods, form);
    names.add(name);
  }
  return names.size === 0 ? null : { next: analyzeModule(edits.render().text, next.format, next.file), names };
}

/** How a class is written out. */
interface Form {
  /** `var Name = (function () { function Name() {…} …; return Name; }())`; else `var Name = function Name() {…}`. */
  readonly isWrapped: boolean;
  /** What its prototype is called there. */
  readonly prototype: string;
}

/** By the names, where each stands for one class. */
function writtenOut(model: ModuleModel): Map<string, Form> {
  const { program } = model;
  // The body of a class is strict code.
  const isStrict = (node: AnyNode): boolean => functionAround({ model }, node).strict;
  const found = new Map<string, Form | null>();
  for (const node of nodesOf(program, 'VariableDeclarator')) {
    if (node.id.type !== 'Identifier') continue;
    const { name } = node.id;
    const form = node.init && !found.has(name) ? formOf(node.init, name) : null;
    found.set(name, form && isStrict(node) ? form : null);
  }
  return new Map([...found].flatMap(([name, form]) => (form ? [[name, form] as const] : [])));
}

function formOf(init: AnyNode, name: string): Form | null {
  const value = init.type === 'ParenthesizedExpression' ? init.expression : init;
  const prototype = `${name}.prototype`;
  if (value.type === 'FunctionExpression') return value.id?.name === name ? { isWrapped: false, prototype } : null;
  const call = value as CallExpression & AnyNode;
  if (call.type !== 'CallExpression' || call.arguments.length > 0 || !isFunctionNode(call.callee as AnyNode)) return null;
  const { body, params } = call.callee as unknown as FunctionNode;
  if (body.type !== 'BlockStatement' || params.length > 0) return null;
  const last = body.body.at(-1);
  const returns = last?.type === 'ReturnStatement' && last.argument?.type === 'Identifier' && last.argument.name === name;
  if (!returns || !body.body.some((statement) => statement.type === 'FunctionDeclaration' && statement.id.name === name)) return null;
  // Methods that a helper defines are another form.
  if (body.body.some((statement) => statement.type === 'ExpressionStatement' && isGivenTo(statement.expression, name))) return null;
  const declared = body.body.flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []));
  const alias = declared.find((one) => one.init && memberText(one.init) === prototype && one.id.type === 'Identifier');
  return { isWrapped: true, prototype: alias?.id.type === 'Identifier' ? alias.id.name : prototype };
}

/** `createClass(Name, …)` */
function isGivenTo(node: AnyNode, name: string): boolean {
  if (node.type !== 'CallExpression' || memberText(node.callee as AnyNode) === 'Object.defineProperty') return false;
  return node.arguments[0]?.type === 'Identifier' && node.arguments[0].name === name;
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

function writeOut(edits: Edits, { id: { name }, start, body }: ClassDeclaration, methods: readonly Method[], form: Form): void {
  const { isWrapped, prototype } = form;
  const hasConstructor = methods.some(({ kind }) => kind === 'constructor');
  const made = hasConstructor ? '' : `function ${name}(){}`;
  const alias = prototype === `${name}.prototype` ? '' : `var ${prototype}=${name}.prototype;`;
  const head = isWrapped ? `var ${name}=(function(){${made}${alias}` : `var ${name}=${made}${hasConstructor ? '' : ';'}`;
  edits.cut(start, body.start + 1, head);
  for (const [i, method] of methods.entries()) {
    const { value, kind } = method;
    const key = JSON.stringify(method.key.type === 'Identifier' ? method.key.name : (method.key as { value: unknown }).value);
    const owner = method.static ? name : prototype;
    const target = method.key.type === 'Identifier' ? `${owner}.${method.key.name}` : `${owner}[${key}]`;
    const kindOf = `${value.async ? 'async ' : ''}function${value.generator ? '*' : ''} `;
    const rest = (at: Method | undefined): boolean => at !== undefined && isOther(method, at);
    if (kind === 'constructor') edits.cut(method.start, value.start, `function ${name}`);
    else if (kind === 'method') edits.cut(method.start, value.start, `${target}=${kindOf}`);
    else {
      edits.cut(method.start, value.start, `${rest(methods[i - 1]) ? ',' : `Object.defineProperty(${owner},${key},{`}${kind}:${kindOf}`);
      if (!rest(methods[i + 1])) edits.insert(method.end, ',enumerable:false,configurable:true});');
    }
    if (kind === 'method' || (kind === 'constructor' && !isWrapped)) edits.insert(method.end, ';');
  }
  edits.cut(body.end - 1, body.end, isWrapped ? `return ${name};}());` : '');
}

/** Whether two members beside each other are what reads and what writes one property. */
function isOther(one: Method, other: Method): boolean {
  const nameOf = ({ key }: Method): unknown => (key.type === 'Identifier' ? key.name : (key as { value: unknown }).value);
  const kinds = `${one.kind} ${other.kind}`;
  return one.static === other.static && nameOf(one) === nameOf(other) && (kinds === 'get set' || kinds === 'set get');
}
