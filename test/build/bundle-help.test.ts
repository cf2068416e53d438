/** Which modules of a bundle have a hand in the code that one of them makes of text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from './harness.ts';

const LOADER = `var __commonJS = (cb, mod) => function __require() {
  return mod || (0, cb[Object.keys(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports };\n`;

/** A bundle of modules as esbuild writes them, the last of which is the entry. */
const bundle = (modules: Readonly<Record<string, string>>): string =>
  LOADER +
  Object.entries(modules)
    .map(([name, text]) => `var require_${name} = __commonJS({ '${name}.js'(exports, module2) {\n${text}\n} });\n`)
    .join('') +
  `module.exports = require_${Object.keys(modules).at(-1)}();\n`;

/** What is said of generated code, where `module` of the bundle has another text. */
async function said(modules: Readonly<Record<string, string>>, module: string, from: string, to: string): Promise<string[]> {
  const { verdicts } = await build(
    { 'index.js': bundle(modules) },
    { 'index.js': bundle({ ...modules, [module]: modules[module]!.replace(from, to) }) },
  );
  return verdicts.map(({ code }) => code).filter((code) => /^(generated-code|results-kept)$/.test(code));
}

const MAKES = "exports.compile = (name) => new Function('x', text(name));";
const RULES = "exports.text = (name) => 'return 1 + ' + name;\nexports.other = () => 'one';\nexports.version = '1.0.0';";

const ASKS: readonly (readonly [how: string, modules: Readonly<Record<string, string>>])[] = [
  ['by a name', { rules: RULES, maker: `var { text } = require_rules();\n${MAKES}` }],
  ['where it stands', { rules: RULES, maker: MAKES.replace('text(', 'require_rules().text(') }],
  ['as a whole', { rules: RULES, maker: `var rules = require_rules();\n${MAKES.replace('text(', 'rules.text(')}` }],
  [
    'in a function of its own',
    { rules: RULES, maker: `var rules = require_rules();\nfunction text(name) { return rules.text(name); }\n${MAKES}` },
  ],
  [
    'of one that hands it on',
    { rules: RULES, between: 'module2.exports = require_rules();', maker: `var { text } = require_between();\n${MAKES}` },
  ],
  [
    'of one that gives away a part of it',
    { rules: RULES, between: 'exports.text = require_rules().text;', maker: `var { text } = require_between();\n${MAKES}` },
  ],
  [
    'of one that copies all of it',
    {
      rules: RULES,
      between: 'Object.assign(exports, require_rules());',
      maker: `var rules = require_between();\n${MAKES.replace('text(', 'rules.text(')}`,
    },
  ],
  [
    'of what gives itself away as a whole',
    {
      rules:
        "function text(name) { return 'return 1 + ' + name; }\nmodule2.exports = text;\ntext.other = () => 'one';\ntext.version = '1.0.0';",
      maker: `var text = require_rules();\n${MAKES}`,
    },
  ],
];
for (const [how, modules] of ASKS) {
  const all = { ...modules, entry: 'exports.compile = require_maker().compile;' };
  test(`a function that the text is made with, asked for ${how}`, async () => {
    assert.deepEqual(await said(all, 'rules', 'return 1 + ', 'return 2 + '), ['generated-code']);
  });
  test(`another function of that module, asked for ${how}`, async () => {
    const isPart = how.includes('gives itself away');
    assert.deepEqual(await said(all, 'rules', "'one'", "'two'"), [isPart ? 'generated-code' : 'results-kept']);
  });
  test(`what that module only holds, asked for ${how}`, async () => {
    assert.deepEqual(await said(all, 'rules', '1.0.0', '1.0.1'), ['results-kept']);
  });
}

test('a list that is put together elsewhere is not followed', async () => {
  const all = {
    rules: RULES,
    maker: `var { text } = require_rules();\nexports.compile = (list) => { list.push(text('a')); return Function.apply(null, list); };`,
  };
  assert.deepEqual(await said(all, 'rules', 'return 1 + ', 'return 2 + '), ['results-kept']);
});

test('what a class that it extends puts on the object that makes the code, and one that has nothing to do with it', async () => {
  const all = {
    base: "function part() { return 'return 1'; }\nmodule2.exports = class { constructor() { this.head = part(); } };",
    far: "function part() { return 'return 1'; }\nmodule2.exports = class { constructor() { this.head = part(); } };",
    maker: 'var Base = require_base();\nexports.Maker = class extends Base { make() { return new Function(this.head); } };',
    entry: 'exports.Maker = require_maker().Maker; exports.Far = require_far();',
  };
  assert.deepEqual(await said(all, 'base', 'return 1', 'return 2'), ['generated-code']);
  assert.deepEqual(await said(all, 'far', 'return 1', 'return 2'), []);
});

test('what a function puts there on an object that it is given', async () => {
  const all = {
    base: "exports.fill = (made) => { made.head = 'return 1'; };\nexports.other = (made) => { made.tail = 'one'; };",
    maker: 'var { fill } = require_base();\nexports.Maker = class { make() { fill(this); return new Function(this.head); } };',
    entry: 'exports.Maker = require_maker().Maker;',
  };
  assert.deepEqual(await said(all, 'base', 'return 1', 'return 2'), ['generated-code']);
  assert.deepEqual(await said(all, 'base', 'one', 'two'), ['results-kept']);
});
