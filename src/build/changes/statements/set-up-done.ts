/**
 * What a function that starts a program newly makes for others, as the secret of a server: a variable that is new, or a global
 * property that nobody knew. In a program that runs the function has run and nothing would ever set it, so the new version is read
 * as one that also sets it as it loads, where the text shows all that it takes to do so. Only by their names functions tell that
 * they have run: what any other sets, or a value that is written out and may stand for a choice, is not set for it.
 */
import type { AnyNode, AssignmentExpression, CallExpression, Function as FunctionNode, Program, Statement } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { Binding, FunctionInfo, ModuleModel } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { importsOf } from '../../version/modules/imports.ts';
import { moduleAsked } from '../../version/program/ran.ts';
import { sideFor } from '../../version/side.ts';
import type { Side } from '../../version/side.ts';
import { memberName } from '../../version/program/member-name.ts';
import { rootOf, walk } from '../../version/program/walk.ts';
import { booleanOf, isNull, isUndefined } from '../../version/forms/nothing.ts';

export interface SetUpDone {
  readonly next: ModuleModel;
  readonly done: readonly { readonly at: AnyNode; readonly by: string; readonly what: string }[];
}

/** What has run in a program that answers. */
const STARTS = /^_?(?:init(?:iali[sz]e)?|start(?:up)?|set_?up|boot(?:strap)?|main|listen|launch)(?:Server|App|Application|Service)?$/i;
/** What it gives only this process has, as it has an object that it makes. */
const BY_CHANCE = /random/i;
/** Calls that change nothing, by chance and the clock or not. */
const GLOBAL_CALLS =
  /^(?:crypto\.(?:randomUUID|getRandomValues)|Buffer\.(?:from|alloc|concat)|Math\.\w+|Date\.now|performance\.now|process\.(?:hrtime(?:\.bigint)?|cwd|uptime)|Symbol(?:\.for)?|String|Number|Boolean|BigInt|JSON\.(?:parse|stringify)|Object\.(?:freeze|create|keys|values|entries|fromEntries))$/;
const MADE = /^(?:Map|Set|WeakMap|WeakSet|Date|URL|AbortController|TextEncoder|TextDecoder|\w+Array)$/;
const CRYPTO_CALLS = /^(?:random(?:Bytes|UUID|Int)|getRandomValues|createHash|createHmac)$/;
const READS =
  /^(?:toString|toUpperCase|toLowerCase|slice|substring|trim|concat|join|split|replace|replaceAll|padStart|padEnd|at|digest|update)$/;
/** Expressions that do nothing but what is called in them. */
const KNOWN: ReadonlySet<string> = new Set([
  'ArrayExpression',
  'BinaryExpression',
  'CallExpression',
  'ConditionalExpression',
  'Identifier',
  'Literal',
  'LogicalExpression',
  'MemberExpression',
  'NewExpression',
  'ObjectExpression',
  'ParenthesizedExpression',
  'Property',
  'TemplateElement',
  'TemplateLiteral',
  'UnaryExpression',
]);
const GLOBAL_SET = /\bglobal(?:This)?\s*(?:\.\s*[\w$]+|\[[^\]]*\])\s*=(?!=)/;

/** Null where there is none. `isNew`: whether the old version does not say a word anywhere. */
export function withSetUpDone(base: ModuleModel, next: ModuleModel, isNew: (word: string) => boolean): SetUpDone | null {
  if (!mayHaveNewState(base, next)) return null;
  const old = new Map(base.functions.map((fn) => [fn.path, fn]));
  const side = sideFor(next);
  const done: { at: AnyNode; by: string; what: string; text: string }[] = [];
  for (const fn of next.functions) {
    const before = old.get(fn.path);
    const { body } = fn.node as Partial<FunctionNode>;
    if (!before || body?.type !== 'BlockStatement' || side.runsOnce(fn) || !STARTS.test(fn.path.replace(/.*[/.#]/, ''))) continue;
    for (const statement of body.body) {
      const assignment = assignmentOf(statement);
      if (!assignment || !isNewState(assignment, fn, base, side, isNew)) continue;
      const slice = new Slice(side, fn, body.body, statement).of(assignment);
      const target = next.text.slice(assignment.left.start, assignment.left.end);
      if (slice !== null) done.push({ at: assignment, by: fn.path, what: target, text: `${target}=(()=>{${slice}})();` });
    }
  }
  // Two that set the same are for the author to tell apart.
  const only = done.filter((one) => done.every((other) => other === one || other.what !== one.what));
  if (only.length === 0) return null;
  const edits = new Edits(next.text);
  edits.insert((next.program as Program).body.at(-1)!.end, `;${only.map(({ text }) => text).join('')}`);
  return { next: analyzeModule(edits.render().text, next.format, next.file), done: only };
}

/** By its names alone: most modules have none. */
function mayHaveNewState(base: ModuleModel, next: ModuleModel): boolean {
  const isAdded = ({ kind, reassigned, name }: Binding): boolean => /^(?:let|var)$/.test(kind) && reassigned && !base.root.body.find(name);
  return [...next.root.body.bindings.values()].some(isAdded) || GLOBAL_SET.test(next.text);
}

function assignmentOf(statement: Statement): AssignmentExpression | null {
  const expression = statement.type === 'ExpressionStatement' ? statement.expression : null;
  return expression?.type === 'AssignmentExpression' && expression.operator === '=' ? expression : null;
}

/** Whether it is new, and code beside the function may go by it: a closure of it may have been made before. */
function isNewState(
  { left }: AssignmentExpression,
  fn: FunctionInfo,
  base: ModuleModel,
  side: Side,
  isNew: (word: string) => boolean,
): boolean {
  if (left.type === 'Identifier') {
    const binding = side.refAt(left)?.binding;
    if (binding?.scope.fn.kind !== 'module' || base.root.body.find(left.name)) return false;
    const isOnce = binding.references.every(({ write, node }) => !write || node === left || binding.declarations.includes(node));
    const readers = binding.references.filter(({ read }) => read).map(({ fn: reader }) => reader);
    return isOnce && readers.length > 0 && !readers.includes(fn) && beginsEmpty(binding, side);
  }
  if (left.type !== 'MemberExpression' || !/^global(?:This)?$/.test(memberText(left.object) ?? '')) return false;
  if (side.refAt(left.object as AnyNode)?.binding !== null) return false;
  const { property } = left;
  const name = left.computed ? symbolName(property as AnyNode) : property.type === 'Identifier' ? property.name : null;
  return name !== null && isNew(name) && !says(fn, left, side);
}

/** Whether a function says the same anywhere else: it may ask first. */
function says({ node: root }: FunctionInfo, left: AnyNode, side: Side): boolean {
  let found = false;
  walk(root as AnyNode, (node) => {
    found ||= node !== left && side.text(node) === side.text(left);
    return !found;
  });
  return found;
}

function symbolName(key: AnyNode): string | null {
  if (key.type !== 'CallExpression' || memberText(key.callee) !== 'Symbol.for') return null;
  const [name] = key.arguments;
  return name?.type === 'Literal' && typeof name.value === 'string' ? name.value : null;
}

function beginsEmpty({ declarations }: Binding, side: Side): boolean {
  return declarations.every((id) => {
    const value = side.valueOf(id);
    return value === null || (value !== undefined && (isUndefined(value) || isNull(value) || booleanOf(value) === false));
  });
}

/** The statements of a function that one assignment takes, as far as they go by nothing that a call is given. */
class Slice {
  private readonly side: Side;
  private readonly fn: FunctionInfo;
  private readonly statements: readonly Statement[];
  private readonly taken: Set<Statement>;
  private isMade = false;

  constructor(side: Side, fn: FunctionInfo, statements: readonly Statement[], assignment: Statement) {
    this.side = side;
    this.fn = fn;
    this.statements = statements.filter((statement) => statement !== assignment);
    this.taken = new Set([assignment]);
  }

  /** The body of a function that gives the value; null where the text does not show all of it, or nothing is made. */
  of({ right }: AssignmentExpression): string | null {
    if (!this.isKnown(right as AnyNode) || !this.isMade) return null;
    const { text } = this.side.model;
    const before = this.statements.filter((statement) => this.taken.has(statement));
    return `${before.map(({ start, end }) => `${text.slice(start, end)};`).join('')}return ${text.slice(right.start, right.end)}`;
  }

  private isKnown(value: AnyNode): boolean {
    let found = true;
    walk(value, (node) => {
      found &&= KNOWN.has(node.type);
      if (node.type === 'NewExpression') this.isMade = true;
      else if (node.type === 'CallExpression') this.isMade ||= BY_CHANCE.test(memberText(node.callee) ?? '');
      if (node.type === 'NewExpression') found &&= this.isGlobal(node.callee) && MADE.test(memberText(node.callee) ?? '');
      else if (node.type === 'CallExpression') found &&= this.isKnownCall(node);
      else if (node.type === 'Identifier') found &&= this.isKnownName(node);
      return found;
    });
    return found;
  }

  private isKnownCall({ callee }: CallExpression): boolean {
    const text = (memberText(callee) ?? '').replace(/^global(?:This)?\./, '');
    if (this.isGlobal(callee) ? GLOBAL_CALLS.test(text) : this.isOfCrypto(callee)) return true;
    // What an object of the module does is not told by the name of its method.
    const isOfModule = memberText(callee) !== undefined && this.side.refAt(rootOf(callee))?.binding?.scope.fn.kind === 'module';
    return callee.type === 'MemberExpression' && !isOfModule && READS.test(memberName(callee) ?? '');
  }

  private isGlobal(callee: AnyNode): boolean {
    return this.side.refAt(rootOf(callee))?.binding === null;
  }

  /** `randomBytes(8)`, `crypto.randomUUID()`, `crypto_1.default.randomBytes(8)` */
  private isOfCrypto(callee: AnyNode): boolean {
    const binding = this.side.refAt(rootOf(callee))?.binding;
    const from = binding ? importsOf(this.side).get(binding) : undefined;
    if (!from || moduleAsked(from.source) !== 'crypto') return false;
    return CRYPTO_CALLS.test(callee.type === 'Identifier' ? from.imported : (memberText(callee) ?? '').replace(/.*\./, ''));
  }

  /** A variable of the function is known where all that is done to it is. */
  private isKnownName(id: AnyNode): boolean {
    const binding = this.side.refAt(id)?.binding;
    // The name of a property, or what the platform has.
    if (!binding) return true;
    if (binding.reassigned || binding.scope.fn.kind === 'module') return !binding.reassigned;
    const names = [...binding.declarations, ...binding.references.map(({ node }) => node)];
    const isUse = ({ start, end }: Statement): boolean => names.some((name) => start <= name.start && name.end <= end);
    const isOwn = binding.scope === this.fn.body && /^(?:const|let|var)$/.test(binding.kind);
    return isOwn && this.statements.every((statement) => !isUse(statement) || this.take(statement));
  }

  private take(statement: Statement): boolean {
    if (this.taken.has(statement)) return true;
    this.taken.add(statement);
    if (statement.type === 'ExpressionStatement')
      return statement.expression.type === 'CallExpression' && this.isKnown(statement.expression);
    if (statement.type !== 'VariableDeclaration') return false;
    return statement.declarations.every(({ id, init }) => id.type === 'Identifier' && (!init || this.isKnown(init)));
  }
}
