/**
 * What a compiler gave away as a whole, since a module had a default and nothing else: `module.exports = exports['default']`, as
 * Babel's add-module-exports writes it. Where the new version gives a name beside it, it gives away its exports instead, and who
 * has asked for the module holds the function. That goes on, and gets the names: who asks for `default`, also by a compiler's
 * helper, finds the same on the one as on the other.
 */
import type { AnyNode, AssignmentExpression } from 'acorn';
import { analyzeModule } from '../../../source/analyze.ts';
import { Edits } from '../../../source/edits.ts';
import type { ModuleModel } from '../../../source/model.ts';
import { memberText } from '../../../source/paths.ts';
import { memberName } from '../../version/program/member-name.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import { isUndefined } from '../../version/forms/nothing.ts';
import { sideFor } from '../../version/side.ts';

/** What a function has by itself. */
const OWN = /^(?:name|length|prototype|arguments|caller)$/;

interface Given {
  readonly name: string;
  readonly statement: AnyNode;
  readonly value: AnyNode;
}

/** The new version, where it gives the names on the function that is its default. */
export function withKeptDefault(base: ModuleModel, next: ModuleModel): ModuleModel {
  if (base.format !== 'commonjs' || next.format !== 'commonjs' || !givesDefault(base) || asked(next, 'module.exports') > 0) return next;
  const all = givenBy(next);
  const named = all.filter(({ name }) => name !== 'default');
  const defaults = all.filter(({ name }) => name === 'default');
  if (
    named.length === 0 ||
    defaults.length !== 1 ||
    ![...defaults, ...givenBy(base)].every((one) => one.name !== 'default' || isFunction(one))
  )
    return next;
  // Code that does more with the exports, or puts such a name on something else, may tell the two apart.
  const isPlain = named.every(
    ({ name, value }) => !OWN.test(name) && value.type === 'Identifier' && named.filter((one) => one.name === name).length === 1,
  );
  const blank = blankIn(next);
  const isKnown = (at: AnyNode): boolean =>
    [...all.map(({ statement }) => statement), ...blank].some(({ start, end }) => start <= at.start && at.end <= end);
  const puts = nodesOf(next.program, 'AssignmentExpression').filter(
    ({ left }) => left.type === 'MemberExpression' && memberText(left.object) !== 'exports',
  );
  const isPut = puts.some(({ left }) => left.type === 'MemberExpression' && named.some(({ name }) => name === memberName(left)));
  const isUnset = blank.some((statement) => statement.start > defaults[0]!.statement.start && unsets(statement, 'exports.default'));
  if (
    !isPlain ||
    isPut ||
    isUnset ||
    !sideFor(next).refs.every((ref) => ref.node.name !== 'exports' || isKnown(ref.node as AnyNode) || marks(ref.parent))
  )
    return next;
  const edits = new Edits(next.text);
  const { end } = defaults[0]!.statement;
  const set = ({ name, value }: Given): string => ` module.exports.${name} = ${next.text.slice(value.start, value.end)};`;
  // What stands behind the default may have its value from there on only.
  const isBehind = ({ statement }: Pick<Given, 'statement'>): boolean => statement.start >= end;
  for (const statement of blank) edits.cut(statement.start, statement.end, isBehind({ statement }) ? '' : 'exports.default = void 0;');
  for (const one of named) edits.cut(one.statement.start, one.statement.end, isBehind(one) ? set(one) : '');
  const whole = '; module.exports = exports.default; module.exports.default = exports.default;';
  edits.insert(end, whole, ...named.flatMap((one) => (isBehind(one) ? [] : set(one))));
  return analyzeModule(edits.render().text, next.format, next.file);

  function isFunction({ statement, value }: Given): boolean {
    const side = sideFor(defaults.some((one) => one.statement === statement) ? next : base);
    return side.definitionMeant(value) !== null;
  }
}

/** `module.exports = exports["default"]`, and nothing else as a whole. */
function givesDefault(model: ModuleModel): boolean {
  const [only, ...more] = nodesOf(model.program, 'AssignmentExpression').filter(
    ({ left }) => memberText(left as AnyNode) === 'module.exports',
  );
  if (!only || more.length > 0 || memberText(only.right) !== 'exports.default') return false;
  return bodyOf(model).some((node) => assignmentOf(node) === only) && givenBy(model).every(({ name }) => name === 'default');
}

/** `exports.__esModule = true`, or what defines that. */
function marks(parent: AnyNode): boolean {
  if (parent.type === 'MemberExpression') return memberName(parent) === '__esModule';
  const [, key] = parent.type === 'CallExpression' ? parent.arguments : [];
  return key?.type === 'Literal' && key.value === '__esModule';
}

/** What the top level gives away by a name, but for what compilers begin with: `exports.one = void 0`. */
function givenBy(model: ModuleModel): readonly Given[] {
  return bodyOf(model).flatMap((statement) => {
    const own = assignmentOf(statement);
    const name = own && own.left.type === 'MemberExpression' && memberText(own.left.object) === 'exports' ? memberName(own.left) : null;
    if (name === null || name === '__esModule' || isUndefined(lastOf(own!))) return [];
    return [{ name, statement, value: own!.right as AnyNode }];
  });
}

function blankIn(model: ModuleModel): readonly AnyNode[] {
  return bodyOf(model).filter((statement) => {
    const own = statement.type === 'ExpressionStatement' ? assignmentOf(statement) : null;
    return own !== null && isUndefined(lastOf(own)) && memberText(own.left as AnyNode)?.startsWith('exports.') === true;
  });
}

function unsets(node: AnyNode, name: string): boolean {
  const own = node.type === 'ExpressionStatement' ? node.expression : node;
  return own.type === 'AssignmentExpression' && (memberText(own.left as AnyNode) === name || unsets(own.right as AnyNode, name));
}

const bodyOf = ({ program }: ModuleModel): readonly AnyNode[] => (program as AnyNode & { readonly body: readonly AnyNode[] }).body;

/** Also where a variable gets it: `var _default = exports.default = parse`. */
function assignmentOf(statement: AnyNode): AssignmentExpression | null {
  const [only, ...more] = statement.type === 'VariableDeclaration' ? statement.declarations : [];
  const value = statement.type === 'ExpressionStatement' ? statement.expression : more.length === 0 ? only?.init : null;
  return value?.type === 'AssignmentExpression' && value.operator === '=' ? value : null;
}

function lastOf({ right }: AssignmentExpression): AnyNode {
  return right.type === 'AssignmentExpression' ? lastOf(right) : (right as AnyNode);
}

const asked = ({ program }: ModuleModel, text: string): number =>
  nodesOf(program, 'MemberExpression').filter((node) => memberText(node) === text).length;
