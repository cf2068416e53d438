/**
 * Parameters of functions that are called in place, `(function (Math) { … })(Math)`, which only one version has: one that stands
 * for the global variable of its name changes nothing, nor does one that the new version does without.
 */
import type { AnyNode, CallExpression, Function as FunctionNode, Identifier } from 'acorn';
import { analyzeModule } from '../../source/analyze.ts';
import { Edits } from '../../source/edits.ts';
import type { FunctionInfo, ModuleModel } from '../../source/model.ts';

interface Wrapper {
  readonly fn: FunctionInfo;
  readonly call: CallExpression & AnyNode;
  /** What each parameter is given, by its name. */
  readonly given: ReadonlyMap<string, AnyNode | undefined>;
  readonly references: ModuleModel['references'];
}

/** The new version, with the parameters that the old one has. */
export function withOldParameters(base: ModuleModel, next: ModuleModel): ModuleModel {
  const [old, now] = [wrappersOf(base), wrappersOf(next)];
  if (old.length !== now.length) return next;
  const edits = new Edits(next.text);
  let found = false;
  for (const [i, wrapper] of now.entries()) {
    const { given } = old[i]!;
    if ([...given.keys()].join() === [...wrapper.given.keys()].join() || !isFree(wrapper, old[i]!)) continue;
    found = true;
    const textOf = (name: string): string => {
      const [model, value] = wrapper.given.has(name) ? [next, wrapper.given.get(name)] : [base, given.get(name)];
      return value ? model.text.slice(value.start, value.end) : 'undefined';
    };
    put(edits, (wrapper.fn.node as FunctionNode).params, next.text.indexOf('(', wrapper.fn.node.start) + 1, [...given.keys()]);
    put(edits, wrapper.call.arguments, wrapper.call.end - 1, [...given.keys()].map(textOf));
  }
  return found ? analyzeModule(edits.render().text, next.format, next.file) : next;
}

/** Whether the parameters that only one version has change nothing. */
function isFree(now: Wrapper, before: Wrapper): boolean {
  const both = [...now.given.keys()].filter((name) => before.given.has(name));
  if ([...before.given.keys()].filter((name) => now.given.has(name)).join() !== both.join()) return false;
  if ([...now.given.keys()].some((name) => !before.given.has(name) && !standsForGlobal(now, name))) return false;
  const { fn, references } = now;
  const isWithin = ({ start }: Identifier): boolean => fn.node.start <= start && start < fn.node.end;
  return [...before.given.keys()].every((name) => {
    if (now.given.has(name)) return true;
    if (fn.body.bindings.has(name)) return false;
    return standsForGlobal(before, name) || !references.some(({ node }) => node.name === name && isWithin(node));
  });
}

/** Whether a parameter is what its name stands for around the function, in every module. */
function standsForGlobal({ fn, given, references }: Wrapper, name: string): boolean {
  const value = given.get(name);
  if (fn.scope.bindings.get(name)?.reassigned !== false) return false;
  if (!value) return name === 'undefined';
  return value.type === 'Identifier' && value.name === name && references.some((ref) => ref.node === value && ref.binding === null);
}

/** The functions of statements that call them in place, and do no more. */
function wrappersOf({ functions, references, text }: ModuleModel): Wrapper[] {
  return functions.flatMap((fn) => {
    const [statement, call] = fn.ancestors.slice(-2);
    if (fn.parent?.kind !== 'module' || statement?.type !== 'ExpressionStatement' || call?.type !== 'CallExpression') return [];
    const { params } = fn.node as FunctionNode;
    const isPlain = call.callee === (fn.node as AnyNode) && !fn.usesArguments && !fn.scope.evalVisible;
    const isWritten = /^function\s*[\w$]*\s*\(/.test(text.slice(fn.node.start, fn.node.end));
    if (!isPlain || !isWritten) return [];
    const given = new Map(params.map((one, i) => [(one as Identifier).name, call.arguments[i] as AnyNode | undefined]));
    return given.size < call.arguments.length ? [] : [{ fn, call, given, references }];
  });
}

function put(edits: Edits, nodes: readonly AnyNode[], at: number, texts: readonly string[]): void {
  if (nodes.length === 0) edits.insert(at, texts.join(', '));
  else edits.cut(nodes[0]!.start, nodes.at(-1)!.end, texts.join(', '));
}
