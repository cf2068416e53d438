/** Classes that a compiler wrote out as functions, and no longer does: who holds them gets the new methods. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, program } from './harness.ts';

const OLD = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
var Mode;
(function (Mode) { Mode[Mode["A"] = 0] = "A"; })(Mode = exports.Mode || (exports.Mode = {}));
/** A box. */
var Box = /** @class */ (function () {
    function Box(max) {
        this.items = [];
        this.max = max;
    }
    Object.defineProperty(Box.prototype, "size", {
        get: function () { return this.items.length; },
        set: function (n) { this.items.length = n; },
        enumerable: false,
        configurable: true
    });
    Box.prototype.put = function (item) {
        this.items.push(item);
        return this;
    };
    Box.prototype.old = function () { return 'old'; };
    Box.of = function (item) { return new Box(1).put(item); };
    return Box;
}());
exports.Box = Box;
var Empty = (function () {
    function Empty() {
    }
    return Empty;
}());
exports.Empty = Empty;
exports.shared = new Box(2);
`;
const NEW = `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.shared = exports.Empty = exports.Box = void 0;
/** A box. */
class Box {
    constructor(max) {
        this.items = [];
        this.max = max * 10;
    }
    get size() { return this.items.length; }
    set size(n) { this.items.length = n; }
    put(item) {
        if (this.size >= this.max)
            throw new RangeError('full');
        this.items.push(item);
        return this;
    }
    *[Symbol.iterator]() { yield* this.items; }
    static of(item) { return new Box(1).put(item).put(2); }
    async later() { return this.size; }
    static get kind() { return 'box'; }
}
exports.Box = Box;
class Empty {
}
exports.Empty = Empty;
exports.shared = new Box(2);
`;

test('methods, accessors and the constructor of a class that is one now, for objects and references that exist', async () => {
  const p = await program({ 'index.js': OLD }, { 'index.js': NEW.replace('    *[Symbol.iterator]() { yield* this.items; }\n', '') });
  const { Box, shared, Empty } = p.exports;
  class Sub extends (Box as new (max: number) => typeof shared) {}
  const [a, sub] = [new Box(1), new Sub(1)];
  a.put('a').put('b');
  assert.deepEqual(
    p.report.verdicts.filter(({ code }) => code === 'class-written-out').map(({ path, line }) => [path, line]),
    [
      ['Box', 5],
      ['Empty', 23],
    ],
  );
  await p.apply();
  assert.throws(() => a.put('c'), /^RangeError: full$/);
  shared.put(1).put(2);
  assert.throws(() => shared.put(3), /^RangeError: full$/);
  assert.equal(sub.put(1), sub);
  assert.deepEqual([await a.later(), a.size, Box.kind, p.exports['Box'] === Box, p.exports['Empty'] === Empty], [2, 2, 'box', true, true]);
  a.size = 0;
  assert.deepEqual([Box.of(1).items, new Box(3).max, new Sub(2).max, new Empty() instanceof Empty], [[1, 2], 30, 20, true]);
  await p.revert();
  a.put(1).put(2).put(3);
  assert.deepEqual([a.size, 'later' in a, Box.kind, Box.of(1).items, new Box(3).max], [3, false, undefined, [1], 3]);
  p.clean();
});

for (const [what, is] of [
  ['a member has a computed name', NEW],
  [
    'it extends another',
    NEW.replace('class Box {', 'class Box extends Array {').replace('constructor(max) {', 'constructor(max) { super();'),
  ],
  ['it has a field', NEW.replace('class Box {', 'class Box { left = 1;')],
] as const)
  test(`a class is made anew where ${what}`, async () => {
    const { verdicts } = await build({ 'index.js': OLD }, { 'index.js': is });
    assert.deepEqual(
      verdicts.filter(({ code }) => code === 'class-written-out').map(({ path }) => path),
      ['Empty'],
    );
  });

const LOOSE = `'use strict';
exports.__esModule = true;
var Point = /*#__PURE__*/function () {
  function Point(x) {
    this.x = x;
  }
  var _proto = Point.prototype;
  _proto.move = function move(by) {
    this.x += by;
    return this;
  };
  Point.at = function at(x) {
    return new Point(x);
  };
  return Point;
}();
exports.Point = Point;
var Failure = // what went wrong
function Failure(message) {
  this.message = message;
};
Failure.prototype.name = 'Failure';
exports.Failure = Failure;
`;

test('a class whose prototype has a name of its own, and one without methods', async () => {
  const p = await program(
    { 'index.js': LOOSE },
    {
      'index.js': `'use strict';
exports.__esModule = true;
class Point {
  constructor(x) {
    if (typeof x !== 'number') throw new TypeError('x');
    this.x = x;
  }
  move(by) {
    this.x += by * 2;
    return this;
  }
  back() { return this.move(-1); }
  static at(x) {
    return new Point(Number(x));
  }
}
exports.Point = Point;
class Failure { // what went wrong
  constructor(message) {
    this.message = String(message);
  }
  text() { return this.name + ': ' + this.message; }
}
Failure.prototype.name = 'Failure';
exports.Failure = Failure;
`,
    },
  );
  const { Point, Failure } = p.exports;
  const [point, failure] = [new Point(1), new Failure(7)];
  await p.apply();
  assert.deepEqual(
    [point.move(1).x, point.back().x, Point.at('5').x, failure.text(), new Failure(8).message],
    [3, 1, 5, 'Failure: 7', '8'],
  );
  assert.throws(() => new Point('1'), /^TypeError: x$/);
  await p.revert();
  assert.deepEqual([point.move(1).x, 'back' in point, 'text' in failure, new Failure(8).message], [2, false, false, 8]);
  p.clean();
});

test('a variable of the module keeps its name where an old class called its prototype so', async () => {
  const p = await program(
    { 'index.js': LOOSE },
    {
      'index.js': `'use strict';
exports.__esModule = true;
const _proto = { step: 10 };
class Point {
  constructor(x) { this.x = x; }
  move(by) { this.x += by * _proto.step; return this; }
  static at(x) { return new Point(x); }
}
exports.Point = Point;
class Failure {
  constructor(message) { this.message = message; }
}
Failure.prototype.name = 'Failure';
exports.Failure = Failure;
`,
    },
  );
  await p.apply();
  assert.equal(new p.exports.Point(1).move(2).x, 21);
  p.clean();
});

test('one that extends another is refused as a class, and not as data that functions have put there', async () => {
  const around = `function Base() {}
exports.Agent = Agent;
exports.shared = new Agent();
exports.make = (max) => (max ? new Agent(max) : exports.shared);
`;
  const old = `'use strict';
const seen = new WeakSet();
function use(agent, max) { if (!seen.has(agent)) { seen.add(agent); agent.max = max; } return agent; }
function __extends(d, b) { d.prototype = Object.create(b.prototype); }
var Agent = (function (above) {
  __extends(Agent, above);
  function Agent(max) { var _this = above.call(this) || this; use(_this, max); return _this; }
  return Agent;
}(Base));
${around}`;
  const said = async (head: string): Promise<readonly (readonly [string, string])[]> => {
    const { patch, verdicts } = await build(
      { 'index.js': old },
      { 'index.js': `'use strict';\nclass Agent ${head} this.max = max + 1; } }\n${around}` },
    );
    assert.equal(patch, null);
    return verdicts
      .filter(({ verdict }) => verdict === 'refused' || verdict === 'needs-hook')
      .map(({ code, reason }) => [code, reason] as const);
  };
  const [[code, reason], ...more] = (await said('extends Base { constructor(max) { super();')) as [[string, string]];
  assert.equal(code, 'class-changed');
  assert.match(reason, /^a compiler wrote the running class out as a function/);
  assert.deepEqual(more, []);
  assert.deepEqual(
    (await said('{ constructor(max) {')).map(([own]) => own),
    ['live-data'],
  );
});
