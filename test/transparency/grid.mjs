// Every form of function with every form of parameter list and body: the text of a program that makes each of them and
// prints all that a caller can see of it, one line a function.

import { compileFunction } from 'node:vm';

const forms = {
  declaration: 'function f(PARAMS) { BODY } return f;',
  expression: 'return function (PARAMS) { BODY };',
  named: 'return function own(PARAMS) { BODY };',
  arrow: 'return (PARAMS) => { BODY };',
  'arrow expression': 'return (PARAMS) => [VALUE];',
  method: 'return { m(PARAMS) { BODY } }.m;',
  'computed method': 'return { ["c" + 1](PARAMS) { BODY } }.c1;',
  'method with super': 'return { __proto__: { s: 7 }, m(PARAMS) { log(super.s); BODY } }.m;',
  async: 'return async function af(PARAMS) { BODY };',
  'async with await': 'return async function aw(PARAMS) { await null; BODY };',
  'async with try': 'return async function at(PARAMS) { try { await null; BODY } finally { log("finally"); } };',
  'async arrow': 'return async (PARAMS) => { BODY };',
  'async arrow with await': 'return async (PARAMS) => { await null; BODY };',
  'async arrow expression': 'return async (PARAMS) => [await VALUE];',
  'async method': 'return { async m(PARAMS) { await 1; BODY } }.m;',
  generator: 'return function* g(PARAMS) { log(yield 1); BODY };',
  'generator method': 'return { *m(PARAMS) { try { yield* [1, 2]; BODY } finally { log("finally"); } } }.m;',
  'async generator': 'return async function* ag(PARAMS) { yield 1; BODY };',
  'class method': 'class C { m(PARAMS) { BODY } } return C.prototype.m;',
  'static method': 'class C { static m(PARAMS) { BODY } } return C.m;',
  'private method': 'class C { #m(PARAMS) { BODY } static get(o) { return o.#m; } } return C.get(new C());',
  setter: 'class C { set s(PARAMS) { BODY } } return Object.getOwnPropertyDescriptor(C.prototype, "s").set;',
  constructor: 'return class C { constructor(PARAMS) { BODY } };',
  'constructor with fields': 'return class C { #p = log("field"); q = this; constructor(PARAMS) { BODY } };',
  'derived constructor': 'return class D extends Object { constructor(PARAMS) { super(); BODY } };',
  'derived with fields': 'return class D extends Array { x = log("field"); constructor(PARAMS) { log("before"); super(2); BODY } };',
  'field arrow': 'return new (class { f = (PARAMS) => { BODY }; })().f;',
  'field function': 'return new (class { f = function (PARAMS) { BODY }; })().f;',
  'in a static block': 'let f; class C { static { f = (PARAMS) => { BODY }; } } return f;',
  'in a class of a derived constructor':
    'return new (class extends Object { constructor() { super(); this.f = (PARAMS) => { BODY }; } })().f;',
  'returned by a wrapper': 'return (function () { return function (PARAMS) { BODY }; })();',
};
const parameters = {
  none: '',
  one: 'a',
  two: 'a, b',
  rest: '...r',
  'one and rest': 'a, ...r',
  default: 'a = log("d")',
  defaults: 'a = log("d1"), b = log("d2") + a',
  object: '{ x }',
  'object with defaults': '{ x = log("x"), y: { z } = log("y") && {} } = log("o") && {}',
  'object, computed': '{ [log("key")]: x }',
  'empty object': '{}',
  'object rest': '{ x, ...others }',
  array: '[p, q = log("q")]',
  'array default': '[p] = [5]',
  'empty array': '[]',
  'rest array': '...[p, q]',
  'rest object': '...{ length, 0: z }',
  mixed: 'a, { x } = { x: log("x") }, [y] = [6], ...rr',
  'named default': 'cb = () => log("cb"), k = class { static n = 1 }, fn = function () { return this; }',
  'named in a pattern': '{ h = () => 1, k = class {} }',
  closure: 'a, b = () => a, c = b()',
  'closure that writes': 'a, b = () => { a = log("w"); }',
  itself: 'a = typeof f',
  trailing: 'a, b,',
  comments: '/* one ) => { */ a /* two */, /* three */ b = 1 // four\n',
  'over lines': '\n  a, // )\n  { x }\n  , b = log("b"),\n',
  eval: 'a = eval("log(1)")',
  'before its declaration': 'a = b, b',
  'same name as a var': 'x, y = () => x',
  this: 'a = typeof this',
  arguments: 'a = typeof arguments',
};
const bodies = {
  nothing: ['', '0'],
  return: ['return;', '1'],
  arguments: ['log(arguments.length, typeof arguments[0]); return arguments.length;', 'typeof arguments'],
  'mapped arguments': [
    'try { arguments[0] = "new"; log(typeof a === "undefined" ? "-" : a); a = "written"; log(arguments[0]); } catch (e) { log(e.message); }',
    '2',
  ],
  'this and new.target': ['log(typeof this, this === globalThis); try { log(typeof new.target); } catch (e) {}', 'typeof this'],
  variables: ['var x = x, a; log(typeof x, typeof a, typeof inner); function inner() { return a; }', '[typeof a, typeof x]'],
  'block function': ['{ function blocky() {} } log(typeof blocky); if (1) { let a = 5; log(a); }', '(() => 1)()'],
  throws: ['throw new RangeError("thrown");', 'undeclared'],
  eval: ['return eval("typeof a + typeof x + typeof f");', 'eval("typeof a")'],
  closures: [
    'const fs = []; for (let i = 0; i < 2; i++) fs.push(() => i); log(fs.map((f) => f())); return () => typeof a;',
    '(() => [typeof a])',
  ],
  labels: ['l: for (const i of [1, 2]) { for (;;) { if (i === 2) break l; continue l; } } log("end");', 'null'],
  directive: ['"a directive"; log(1);', '`template ${1}`'],
};

const PRELUDE = `
let order = [];
const log = (...values) => { order.push(values.map((v) => (typeof v === 'function' ? 'fn ' + v.name : String(v))).join(' ')); return values[0]; };
const show = (v) => {
  if (typeof v === 'function') return 'fn ' + v.name + ' ' + v.toString();
  if (typeof v === 'object' && v !== null) return Object.prototype.toString.call(v) + ' ' + Object.getOwnPropertyNames(v).join() + ' ' + v.constructor?.name;
  return String(v);
};
// V8 quotes the text of what is no constructor, as it has it; of a default that cannot be iterated over it says now this, now that.
const worded = (e) => e.message.replace(/^[^]*(?=is not a constructor$|is not iterable)/, '').split(' (cannot')[0];
const failure = (e) => e.name + ': ' + worded(e) + ' ' + (e instanceof Error) + ' ' + (e.stack.match(/grid\\.cjs:(\\d+)/g) ?? []).join();
async function outcome(call) {
  order = [];
  const parts = [];
  try {
    let value = call();
    parts.push(show(value));
    if (value && typeof value.next === 'function') {
      parts.push('called: ' + order.join(';'));
      for (const step of [['next', 'ignored'], ['next', 'sent'], ['next'], ['next']]) { const r = await value[step[0]](step[1]); parts.push(r.done + ' ' + show(r.value)); }
    } else if (value && typeof value.then === 'function') {
      parts.push('called: ' + order.join(';'));
      let ticks = 0; let settled = false;
      const counting = (async () => { while (!settled) { ticks++; await null; } })();
      value = await value.finally(() => { settled = true; });
      await counting;
      parts.push(show(value), ticks + ' ticks');
      if (typeof value === 'function') parts.push(show(value()));
    }
  } catch (e) { parts.push(failure(e)); }
  return parts.join(' | ') + ' [' + order.join(';') + ']';
}
const getters = { get x() { log('get x'); return undefined; }, get y() { log('get y'); }, get h() { log('get h'); } };
const iterable = { *[Symbol.iterator]() { try { log('it'); yield undefined; log('more'); yield 2; } finally { log('closed'); } } };
const given = [[], [null], [1, 2, 3, 4], [getters], [iterable, getters], ['str', { x: 'o' }, ['e']]];
async function check(key, make) {
  let f;
  try { f = make.call({ outer: true }); } catch (e) { console.log(key, failure(e)); return; }
  const facts = [f.length, f.name, Object.getOwnPropertyNames(f).join(), Object.getPrototypeOf(f).constructor.name, f.toString(), make.toString().length];
  for (const args of given) facts.push(await outcome(() => f(...args)));
  facts.push(await outcome(() => Reflect.apply(f, 'text', [1, { x: 2 }])), await outcome(() => new f(getters)), await outcome(() => Reflect.construct(f, [[1], {}], Map)));
  console.log(JSON.stringify([key, ...facts]));
}
process.on('unhandledRejection', (e) => console.log('unhandled', e?.message));
`;

const valid = (text) => {
  try {
    compileFunction(text, ['log']);
    return true;
  } catch {
    return false;
  }
};

/** The text of the program, a CommonJS module: one in `every` of all the functions. */
export function gridProgram(every = 1) {
  const checks = [];
  let n = 0;
  for (const strict of [false, true]) {
    for (const [form, template] of Object.entries(forms)) {
      for (const [list, text] of Object.entries(parameters)) {
        for (const [body, [statements, value]] of Object.entries(bodies)) {
          if (!template.includes('BODY') && statements === '') continue;
          const code = `${strict ? '"use strict"; ' : ''}${template
            .replace('PARAMS', () => text)
            .replace('BODY', () => statements)
            .replace('VALUE', () => value)}`;
          const key = `${strict ? 'strict ' : ''}${form} (${list}) ${body}`;
          if (n++ % every === 0 && valid(code)) checks.push(`  await check(${JSON.stringify(key)}, function () { ${code} });`);
        }
      }
    }
  }
  return { count: checks.length, text: `${PRELUDE}\n(async () => {\n${checks.join('\n')}\n})();\n` };
}
