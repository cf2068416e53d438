/** What may be thrown away, as it can be had again: values, and objects of the language. */
import type { AnyNode } from 'acorn';

/** Classes of the language, whose objects nobody minds to have twice. */
const BUILT_IN = /^(Array|Date|Function|Map|Object|Promise|RegExp|Set|URL|WeakMap|WeakSet|\w+Array)$/;

/** What a function of such a name gives is in use for as long as it is there: a connection, a client, a process. */
const OPENS = /^(connect|create|listen|open|spawn|start)/i;

/** Whether an expression gives no object of the program's own classes, nor what is opened, connected or created. */
export function isPlain(value: AnyNode): boolean {
  switch (value.type) {
    case 'AwaitExpression':
      return isPlain(value.argument);
    case 'NewExpression':
      return value.callee.type === 'Identifier' ? BUILT_IN.test(value.callee.name) : calledAs(value.callee).startsWith('Intl.');
    case 'CallExpression': {
      const name = calledAs(value.callee);
      return name === 'Object.create' || !OPENS.test(name.slice(name.lastIndexOf('.') + 1));
    }
    default:
      return true;
  }
}

/** `name` or `object.name`; empty for what is called by no name. */
function calledAs(callee: AnyNode): string {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return '';
  return `${calledAs(callee.object)}.${callee.property.name}`;
}
