/**
 * Functions that a bundler makes of modules. Each runs once, when the first that asks for the module does, so its names are
 * as good as those of a module. Only what provably runs once counts: a helper of the bundler calls it, or the loader of the
 * bundle does by a table, or it returns at once when it has run.
 */
import type { AnyNode, BlockStatement, CallExpression, Function as FunctionNode, Statement } from 'acorn';
import { childrenOf } from '../source/children.ts';
import type { Binding, FunctionInfo, ModuleModel } from '../source/model.ts';
import { patternOf } from '../source/text.ts';

export interface BundledModule {
  /** What its parameters are, by their names: null where it has none for it. */
  readonly exports: string | null;
  readonly module: string | null;
  /** A variable around it that stands for one of them instead, or for what the module gives away as a whole. */
  readonly around?: { readonly binding: Binding; readonly is: 'exports' | 'module' | 'module.exports' };
  /** Where the loader of the bundle finds it: the table, and what the loader calls that and what it gives. */
  readonly table?: { readonly node: AnyNode; readonly binding: Binding; readonly given: readonly (Binding | null)[] };
  /** The function that is asked for the module, and runs it once. */
  readonly within?: FunctionInfo;
  /** Its helper runs it where it stands: once, if the code around it runs once. */
  readonly atOnce?: true;
  /** The statement of its body behind which it is certain that it runs; null where nothing stands before. */
  readonly guard: AnyNode | null;
}

type GuardedModule = BundledModule & Required<Pick<BundledModule, 'around'>>;

/** What esbuild and Rolldown put around the function; esbuild numbers names that clash. */
const HELPER = /^__(commonJS|esm)(Min)?(\$?\d+)?$/;
/** The same by what it does, where its name is another: each forgets the function or what it made when it has run. */
const MAKES_EXPORTS = /\(([\w$]+)=\{exports:\{\}\}\)\.exports,\1\b/;
const FORGETS = /\(([\w$]+)=0\)/;
/** What Rollup's plugin for CommonJS put around them once, `createCommonjsModule`: it gives the function a module of its own. */
const GIVES_MODULE = /\b([\w$]+)=\{(?:path:[^{}]*,)?exports:\{\}[^]*?\b(?<fn>[\w$]+)\(\1,\1\.exports\)/;
const GIVES_MODULE_MINIFIED = /\b(?<fn>[\w$]+)\(([\w$]+)=\{exports:\{\}\},\2\.exports\)/;
/** What webpack puts around the CommonJS modules among those that it makes one of, `__webpack_require__.cw`. */
const RUNS_KEPT = /if\((?<fn>[\w$]+)\)\{var ([\w$]+)=\1[;,]\1=0[;,]([\w$]+)=\{exports:\{\}\}[;,]\2\.call\(\3\.exports,\3,\3\.exports\)/;
const MAX_HELPER = 400;
/** How a loader calls a module, or a parameter that only webpack writes: without either nothing in the text is a table of modules. */
const MAY_LOAD = /\]\s*(?:\.\s*call\s*)?\(\s*(?:[\w$.]+\s*,\s*)*[\w$]+\s*\.\s*exports\b|__(?:unused_)?webpack_/;
/** How Rollup calls what tells that a module has run, unless a minifier does: others keep what they have made in this way as well. */
const FLAG = /^hasRequired|^.{1,3}$/;
/** How webpack calls the parameters, unless they are minified. */
const WEBPACK = /^(__unused_webpack_|__webpack_)/;

export function bundledModules(model: ModuleModel): Map<FunctionInfo, BundledModule> {
  const found = new Map<FunctionInfo, BundledModule>();
  let tables: Tables | null | undefined;
  const helpers = new Helpers(model);
  for (const fn of model.functions) {
    const names = namesOf(fn);
    if (names === null) continue;
    let own = helpers.moduleOf(fn, names) ?? guarded(fn) ?? wrapped(fn, names);
    if (own === null && standsInTable(fn)) {
      if (tables === undefined) tables = MAY_LOAD.test(model.text) ? new Tables(model) : null;
      own = tables?.moduleOf(fn, names) ?? null;
    }
    if (own !== null) found.set(fn, own);
  }
  return found;
}

/** The names of its parameters; null where it cannot be such a function. */
function namesOf(fn: FunctionInfo): readonly string[] | null {
  if ((fn.kind !== 'function' && fn.kind !== 'arrow' && fn.kind !== 'method') || fn.async || fn.generator || fn.insideWith) return null;
  const { params, body } = fn.node as FunctionNode;
  if (body.type !== 'BlockStatement' || params.length > 5) return null;
  const names = params.flatMap((p) => (p.type === 'Identifier' ? p.name : []));
  return names.length === params.length ? names : null;
}

/** Whether it keeps a function until the module is asked for, or runs it at once; and what it gives the function first. */
interface Helper {
  readonly does: 'keeps' | 'runs';
  readonly first: 'exports' | 'module';
}

const KEEPS: Helper = { does: 'keeps', first: 'exports' };
const KEEPS_MODULE_FIRST: Helper = { does: 'keeps', first: 'module' };
const RUNS: Helper = { does: 'runs', first: 'module' };

/** How often a name stands in a text. */
const uses = (text: string, name: string): number => text.split(/[^\w$]+/).filter((word) => word === name).length;

/** The helpers of bundlers, by their names or by what they do. */
class Helpers {
  private readonly model: ModuleModel;
  private readonly known = new Map<FunctionInfo, Helper | null>();
  private readonly once = new Map<string, boolean>();
  /** Functions that may be one, by what declares them or by themselves, or by the property that they are put into: null where more are. */
  private named: ReadonlyMap<AnyNode | string, FunctionInfo | null> | null = null;

  constructor(model: ModuleModel) {
    this.model = model;
  }

  /** `__commonJS({ 'file.js'(exports, module) { … } })`, `__esmMin(() => { … })`, `__webpack_require__.cw((module) => { … })`. */
  moduleOf(fn: FunctionInfo, names: readonly string[]): BundledModule | null {
    let given: AnyNode = fn.node as AnyNode;
    let call = fn.ancestors.at(-1);
    if (call?.type === 'Property') {
      given = fn.ancestors.at(-2)!;
      if (given.type !== 'ObjectExpression' || given.properties.length !== 1) return null;
      call = fn.ancestors.at(-3);
    }
    if (call?.type !== 'CallExpression' || call.arguments[0] !== given || call.arguments.length > 2) return null;
    const helper = this.called(call.callee as AnyNode, fn);
    if (helper === null || (helper.does === 'keeps' && call.arguments.length > 1)) return null;
    const [first = null, second = null] = names;
    const [exports, module] = helper.first === 'exports' ? [first, second] : [second, first];
    if (helper.does === 'keeps') return { exports, module, guard: null };
    return given === (fn.node as AnyNode) ? { exports, module, guard: null, atOnce: true } : null;
  }

  private called(callee: AnyNode, { scope }: FunctionInfo): Helper | null {
    this.named ??= this.helpers();
    if (callee.type === 'ArrowFunctionExpression') {
      const own = this.named.get(callee);
      return own ? this.helper(own) : null;
    }
    const object = callee.type === 'MemberExpression' && !callee.computed ? callee.object : callee;
    const binding = object.type === 'Identifier' ? scope.parent?.lookup(object.name) : null;
    if (!binding || binding.reassigned) return null;
    if (object === callee && HELPER.test(binding.name)) return KEEPS;
    if (object === callee) {
      const own = this.named.get(binding.declarations[0]!);
      return own ? this.helper(own) : null;
    }
    const property = givenText(callee);
    const own = property === null ? null : this.named.get(property);
    const helper = own && own.scope.parent?.lookup(binding.name) === binding ? this.helper(own) : null;
    return helper && this.isPutOnce(property!) ? helper : null;
  }

  /** Whether nothing else is put into the property, by its name. */
  private isPutOnce(property: string): boolean {
    let once = this.once.get(property);
    if (once === undefined) {
      const name = patternOf(property.slice(property.indexOf('.')));
      const puts = this.model.text.match(new RegExp(String.raw`${name}\s*=(?!=)`, 'g'));
      this.once.set(property, (once = puts?.length === 1));
    }
    return once;
  }

  private helpers(): ReadonlyMap<AnyNode | string, FunctionInfo | null> {
    const named = new Map<AnyNode | string, FunctionInfo | null>();
    for (const fn of this.model.functions) {
      if (fn.node.end - fn.node.start > MAX_HELPER) continue;
      const parent = fn.kind === 'arrow' || fn.kind === 'function' ? fn.ancestors.at(-1) : undefined;
      if (parent?.type === 'VariableDeclarator' && fn.kind === 'arrow') named.set(parent.id, fn);
      else if (fn.node.type === 'FunctionDeclaration' && fn.node.id) named.set(fn.node.id, fn);
      // Where a helper is needed once, a minifier writes its code there.
      if (fn.kind === 'arrow' && parent?.type === 'CallExpression' && parent.callee === fn.node) named.set(fn.node as AnyNode, fn);
      const put = parent?.type === 'AssignmentExpression' && parent.left.type === 'MemberExpression' ? givenText(parent.left) : null;
      if (put !== null) named.set(put, named.has(put) ? null : fn);
    }
    return named;
  }

  private helper(fn: FunctionInfo): Helper | null {
    let known = this.known.get(fn);
    if (known === undefined) this.known.set(fn, (known = this.does(fn)));
    return known;
  }

  private does(fn: FunctionInfo): Helper | null {
    const [first] = (fn.node as FunctionNode).params;
    if (first?.type !== 'Identifier') return null;
    const text = this.model.text.slice(fn.node.start, fn.node.end).replace(/\/\/[^\n]*|(?<![\w$])\s+|\s+(?![\w$])/g, '');
    if (fn.kind === 'arrow' && (MAKES_EXPORTS.test(text) || FORGETS.exec(text)?.[1] === first.name)) return KEEPS;
    if (RUNS_KEPT.exec(text)?.groups!['fn'] === first.name) return KEEPS_MODULE_FIRST;
    const runs = (GIVES_MODULE.exec(text) ?? GIVES_MODULE_MINIFIED.exec(text))?.groups!['fn'];
    return runs === first.name && uses(text, first.name) === 2 ? RUNS : null;
  }
}

/** `function requireFile() { if (hasRun) return exports; hasRun = 1; … return exports }`, as Rollup writes it. */
function guarded(fn: FunctionInfo): BundledModule | null {
  const own = guardedBy(fn);
  return own && wrapperIn(fn, own) ? null : own;
}

const bodyOf = ({ node }: FunctionInfo): readonly AnyNode[] => ((node as FunctionNode).body as BlockStatement).body;

function guardedBy(fn: FunctionInfo): GuardedModule | null {
  if (fn.node.type !== 'FunctionDeclaration' || fn.node.params.length > 0) return null;
  const body = bodyOf(fn);
  const [first, second] = body;
  const flag = first && flagOf(first);
  if (!flag || !FLAG.test(flag.name) || !second || !sets(second, flag.name)) return null;
  const last = body.at(-1)!;
  if (last.type !== 'ReturnStatement' || givenText(last.argument) !== flag.gives) return null;
  const binding = fn.scope.parent?.lookup(flag.name);
  if (!binding || binding.references.filter(({ write }) => write).length !== 1) return null;
  const [name, isModule] = flag.gives.endsWith('.exports') ? [flag.gives.slice(0, -'.exports'.length), true] : [flag.gives, false];
  const given = fn.scope.parent?.lookup(name);
  if (!given || given.scope.fn === fn) return null;
  const is = isModule
    ? 'module'
    : given.references.some(({ write, node, parent }) => write && parent.type === 'AssignmentExpression' && parent.left === node)
      ? 'module.exports'
      : 'exports';
  return { exports: null, module: null, around: { binding: given, is }, guard: second };
}

/** A function of its own that is all such a module does: `(function (module, exports) { … })(file, file.exports)`; and what that is given. */
function wrapperIn(fn: FunctionInfo, { around: { binding, is } }: GuardedModule): { readonly node: AnyNode; readonly given: Given } | null {
  const body = bodyOf(fn);
  const [, , statement] = body;
  if (body.length !== 4 || statement!.type !== 'ExpressionStatement' || statement!.expression.type !== 'CallExpression') return null;
  const { callee, arguments: all } = statement!.expression;
  if (callee.type !== 'FunctionExpression' || all.length === 0) return null;
  const [module, exports] = is === 'module' ? [binding.name, `${binding.name}.exports`] : [null, binding.name];
  const given = all.map((argument) => {
    const text = givenText(argument as AnyNode);
    return text === exports ? 'exports' : text === module && text !== null ? 'module' : null;
  });
  return given.includes(null) ? null : { node: callee, given };
}

type Given = readonly ('exports' | 'module' | null)[];

/** That function is the module then: it runs where what stands around it does, once. */
function wrapped(fn: FunctionInfo, names: readonly string[]): BundledModule | null {
  const outer = fn.scope.parent?.fn;
  const own = outer ? guardedBy(outer) : null;
  const wrapper = own && wrapperIn(outer!, own);
  if (wrapper?.node !== fn.node) return null;
  const at = (what: 'exports' | 'module'): string | null => names[wrapper.given.indexOf(what)] ?? null;
  return { exports: at('exports'), module: at('module'), within: outer!, guard: null };
}

function flagOf(statement: Statement | { readonly type: string }): { readonly name: string; readonly gives: string } | null {
  const node = statement as AnyNode;
  if (node.type !== 'IfStatement' || node.alternate || node.test.type !== 'Identifier') return null;
  const then = node.consequent.type === 'BlockStatement' && node.consequent.body.length === 1 ? node.consequent.body[0]! : node.consequent;
  const gives = then.type === 'ReturnStatement' ? givenText(then.argument) : null;
  return gives === null ? null : { name: node.test.name, gives };
}

/** `file` or `file.exports`. */
function givenText(node: AnyNode | null | undefined): string | null {
  if (node?.type === 'Identifier') return node.name;
  if (node?.type !== 'MemberExpression' || node.computed || node.object.type !== 'Identifier') return null;
  return node.property.type === 'Identifier' ? `${node.object.name}.${node.property.name}` : null;
}

function sets(statement: AnyNode, name: string): boolean {
  if (statement.type !== 'ExpressionStatement' || statement.expression.type !== 'AssignmentExpression') return false;
  const { left, right, operator } = statement.expression;
  return operator === '=' && left.type === 'Identifier' && left.name === name && right.type === 'Literal' && Boolean(right.value);
}

function standsInTable(fn: FunctionInfo): boolean {
  const [holder, parent] = fn.ancestors.slice(-2);
  if (parent?.type === 'Property') return holder?.type === 'ObjectExpression' && parent.kind === 'init' && !parent.computed;
  return parent?.type === 'ArrayExpression';
}

/** A number or the path of a file, as bundlers name the modules that they have read. */
function isModuleKey(key: AnyNode): boolean {
  return key.type === 'Literal' && (typeof key.value === 'number' || (typeof key.value === 'string' && /[./\\]/.test(key.value)));
}

/** Which arguments of the loader's call a module gets its exports and itself as. */
interface Loader {
  readonly table: Binding;
  readonly exports: number;
  readonly module: number;
  readonly given: readonly (Binding | null)[];
  /** Browserify lists what each module asks for beside it. */
  readonly listed: boolean;
}

interface LoaderCall {
  readonly table: AnyNode;
  readonly exports: number;
  readonly module: number;
  readonly given: readonly AnyNode[];
  readonly listed: boolean;
}

/** The tables of modules in a bundle: those of which code takes a function by its key and calls it with `module.exports`. */
class Tables {
  private readonly loaders: readonly Loader[];

  constructor(model: ModuleModel) {
    const calls = new Map<AnyNode, LoaderCall>();
    const left: AnyNode[] = [model.program];
    for (let node = left.pop(); node; node = left.pop()) {
      const found = node.type === 'CallExpression' ? loaderCall(node) : null;
      if (found) calls.set(found.table, found);
      left.push(...childrenOf(node));
    }
    this.loaders =
      calls.size === 0
        ? []
        : model.references.flatMap(({ node, binding, scope }) => {
            const own = calls.get(node);
            if (!own || !binding) return [];
            const given = own.given.map((argument) => (argument.type === 'Identifier' ? scope.lookup(argument.name) : null));
            return [{ ...own, given, table: binding }];
          });
  }

  moduleOf(fn: FunctionInfo, names: readonly string[]): BundledModule | null {
    const above = fn.ancestors.at(-1)!;
    let depth = above.type === 'Property' ? -2 : -1;
    let table = fn.ancestors.at(depth)!;
    const outer = fn.ancestors.at(depth - 1);
    const isListed = above.type === 'ArrayExpression' && outer?.type === 'Property' && above.elements[0] === (fn.node as AnyNode);
    if (isListed) {
      depth -= 2;
      table = fn.ancestors.at(depth)!;
    }
    const holder = fn.ancestors.at(depth - 1);
    const loader = this.loaders.find((own) => own.listed === isListed && holds(holder, table, own.table));
    if (loader) {
      const { exports, module, given, table: binding } = loader;
      return { exports: names[exports] ?? null, module: names[module] ?? null, table: { node: table, binding, given }, guard: null };
    }
    // The loader may be in another file, and the names tell.
    if (isListed || !names.some((name) => WEBPACK.test(name)) || (above.type === 'Property' && !isModuleKey(above.key))) return null;
    const [module, exports] = names;
    return { exports: exports ?? null, module: module ?? null, guard: null };
  }
}

/** `modules[id](module, module.exports, require)`, `modules[id].call(module.exports, …)`, `modules[id][0].call(…)`. */
function loaderCall({ callee, arguments: all }: CallExpression): LoaderCall | null {
  let given: readonly AnyNode[] = all;
  let target: AnyNode = callee;
  if (target.type !== 'MemberExpression') return null;
  if (!target.computed) {
    if (target.property.type !== 'Identifier' || target.property.name !== 'call') return null;
    target = target.object;
    given = given.slice(1);
  }
  let listed = false;
  if (target.type === 'MemberExpression' && target.computed && target.property.type === 'Literal' && target.property.value === 0) {
    listed = true;
    target = target.object;
  }
  if (target.type !== 'MemberExpression' || !target.computed || target.object.type !== 'Identifier') return null;
  const exports = given.findIndex((argument) => givenText(argument)?.endsWith('.exports') === true);
  if (exports < 0) return null;
  const name = givenText(given[exports])!.slice(0, -'.exports'.length);
  const module = given.findIndex((argument) => argument.type === 'Identifier' && argument.name === name);
  return module < 0 ? null : { table: target.object, exports, module, given, listed };
}

/** Whether `binding` stands for a table: it is declared as that, or is the parameter that gets it. */
function holds(holder: AnyNode | undefined, table: AnyNode, binding: Binding): boolean {
  if (holder?.type === 'VariableDeclarator') return holder.id === binding.declarations[0];
  if (holder?.type !== 'CallExpression') return false;
  const callee: AnyNode = holder.callee.type === 'MemberExpression' ? (holder.callee.object as AnyNode) : holder.callee;
  const position = holder.arguments.indexOf(table as never);
  return (
    (callee.type === 'FunctionExpression' || callee.type === 'ArrowFunctionExpression') &&
    position >= 0 &&
    callee.params[holder.callee.type === 'MemberExpression' ? position - 1 : position] === binding.declarations[0]
  );
}
