/** Expressions that run nothing but the language and leave all as it is: they give the same wherever they are evaluated. */
import type { AnyNode } from 'acorn';
import { memberText } from '../../../source/paths.ts';
import { memberName } from '../program/member-name.ts';
import { isPattern } from './object-kinds.ts';
import { isClassNode, isFunctionNode, walk } from '../program/walk.ts';

/** What gives the same whenever it is asked of the same, and leaves that as it is. */
export const PURE = new Set([
  'Array',
  'Boolean',
  'Infinity',
  'JSON',
  'Map',
  'Math',
  'NaN',
  'Number',
  'Object',
  'RegExp',
  'Set',
  'String',
  'undefined',
]);
const CALLED =
  /^(?:Array\.(?:from|isArray)|Boolean|JSON\.stringify|Math\.(?!random)\w+|Number(?:\.\w+)?|Object\.(?:entries|freeze|fromEntries|keys|values)|RegExp|String)$/;
/** Methods of the language that give something of what they are called on, or a copy, and put nothing there. */
export const COPIES =
  /^(?:at|charAt|charCodeAt|concat|endsWith|every|filter|find|findIndex|flat|flatMap|get|has|includes|indexOf|join|lastIndexOf|map|padEnd|padStart|reduce|reduceRight|repeat|replace|replaceAll|slice|some|split|startsWith|substring|toLowerCase|toSorted|toString|toUpperCase|trim)$/;
const NEVER = /^(?:This|Await|Yield|Assignment|Update|TaggedTemplate|Import|Meta)Expression$|^(?:MetaProperty|Super)$/;
/** What the language makes of a list of entries. */
export const MADE_OF = /^(?:Map|Set)$/;

/** Whether what an expression runs is of the language and leaves all as it is. */
export function isPure(value: AnyNode): boolean {
  let pure = !isFunctionNode(value) && !isClassNode(value);
  walk(value, (node, parents) => {
    if (NEVER.test(node.type) || isClassNode(node)) pure = false;
    else if (isFunctionNode(node)) {
      const parent = parents.at(-1);
      const isCallback = parent?.type === 'CallExpression' && parent.callee !== node && !parents.some((one) => isFunctionNode(one));
      pure &&= isCallback && node.type === 'ArrowFunctionExpression' && !node.async;
    } else if (node.type === 'UnaryExpression') {
      pure &&= node.operator !== 'delete';
    } else if (node.type === 'MemberExpression') {
      pure &&= memberText(node) !== 'Math.random';
    } else if (node.type === 'NewExpression') {
      pure &&= node.callee.type === 'Identifier' && PURE.has(node.callee.name);
    } else if (node.type === 'CallExpression') {
      const { callee } = node;
      const method = callee.type === 'MemberExpression' ? memberName(callee) : null;
      pure &&= CALLED.test(memberText(callee) ?? '') || (method !== null && COPIES.test(method) && !node.optional);
    }
    return pure;
  });
  return pure;
}

/** Whether a literal holds nothing but primitive values that are written out. */
export function isOfPrimitives(value: AnyNode): boolean {
  switch (value.type) {
    case 'ArrayExpression':
      return value.elements.every((entry) => entry !== null && isPrimitive(entry as AnyNode));
    case 'ObjectExpression':
      return value.properties.every(
        (own) => own.type === 'Property' && !own.computed && own.kind === 'init' && !own.method && !own.shorthand && isPrimitive(own.value),
      );
    case 'NewExpression': {
      const [given, ...more] = value.arguments;
      const isMade = value.callee.type === 'Identifier' && MADE_OF.test(value.callee.name) && more.length === 0;
      if (!isMade || given?.type !== 'ArrayExpression') return false;
      const isPair = (entry: AnyNode): boolean => entry.type === 'ArrayExpression' && isOfPrimitives(entry);
      const isEntry = memberText(value.callee) === 'Map' ? isPair : isPrimitive;
      return given.elements.every((entry) => entry !== null && isEntry(entry as AnyNode));
    }
    default:
      return false;
  }
}

function isPrimitive(value: AnyNode): boolean {
  if (value.type === 'UnaryExpression') return /^[-+!]$/.test(value.operator) && isPrimitive(value.argument);
  if (value.type === 'TemplateLiteral') return value.expressions.length === 0;
  return value.type === 'Literal' && !isPattern(value);
}

/** Methods of the language that give a text, a number or yes and no. */
export const GIVES_PRIMITIVE =
  /^(?:charAt|charCodeAt|endsWith|every|has|hasOwnProperty|includes|indexOf|isPrototypeOf|join|lastIndexOf|localeCompare|padEnd|padStart|propertyIsEnumerable|repeat|replace|replaceAll|search|some|startsWith|substring|test|toString|trim)$/;
const COUNTS = /^(?:flags|length|size|source)$/;
const MAKES_PRIMITIVE = /^(?:Array\.isArray|Boolean|JSON\.stringify|Math\.\w+|Number(?:\.\w+)?|String)$/;

/** Whether a pure expression gives a primitive value whatever it is evaluated of. */
export function givesPrimitive(value: AnyNode): boolean {
  switch (value.type) {
    case 'BinaryExpression':
    case 'TemplateLiteral':
    case 'UnaryExpression':
      return true;
    case 'Literal':
      return !isPattern(value);
    case 'ConditionalExpression':
      return givesPrimitive(value.consequent) && givesPrimitive(value.alternate);
    case 'LogicalExpression':
      return givesPrimitive(value.left) && givesPrimitive(value.right);
    case 'MemberExpression':
      return COUNTS.test(memberName(value) ?? '');
    case 'CallExpression': {
      const method = value.callee.type === 'MemberExpression' ? memberName(value.callee) : null;
      return MAKES_PRIMITIVE.test(memberText(value.callee) ?? '') || (method !== null && GIVES_PRIMITIVE.test(method));
    }
    default:
      return false;
  }
}
