/**
 * Which directory of src may import which: the layers of docs/architecture.md. Type imports and dynamic imports count.
 * What is not listed for a directory is forbidden, so a new directory needs a line here. Cycles are the linter's (import/no-cycle):
 * it can tell types, which may refer to each other, from code.
 */
const LAYERS = {
  errors: [],
  syntax: [],
  source: ['syntax', 'errors'],
  instrument: ['source', 'errors'],
  engine: ['errors'],
  data: ['engine', 'errors'],
  patch: ['source', 'errors'],
  build: ['source', 'instrument', 'patch', 'errors'],
  link: ['source', 'instrument', 'engine', 'patch', 'errors'],
  agent: ['errors'],
  node: ['source', 'instrument', 'engine', 'patch', 'link', 'data', 'agent', 'errors'],
  bundler: ['node', 'patch', 'source', 'errors'],
  cli: ['agent', 'build', 'patch', 'errors'],
};

/** The same of the directories within one. Files that stand beside them put the parts together, and may import all. */
const WITHIN = {
  build: {
    version: [],
    verdicts: ['version'],
    input: ['version', 'verdicts'],
    match: ['version'],
    code: ['version', 'verdicts', 'input', 'match'],
    hazards: ['version', 'verdicts', 'input', 'code'],
    existing: ['version', 'verdicts', 'match', 'code', 'hazards'],
    changes: ['version', 'verdicts', 'input', 'match', 'code', 'hazards', 'existing'],
  },
  node: {
    time: [],
    cache: ['time'],
    sites: ['cache'],
    tasks: ['time'],
    load: ['cache', 'sites'],
    prepare: ['cache', 'sites', 'load'],
    apply: ['sites', 'tasks', 'time'],
  },
};

/**
 * The same of the directories within those that have many files. Each may also import what stands beside it, which it can only do by
 * type: the files there import the parts, and a cycle is the linter's to find.
 */
const PARTS = {
  'build/version': {
    program: [],
    forms: ['program'],
    values: ['program', 'forms'],
    objects: ['program', 'forms', 'values'],
    modules: ['program', 'forms', 'values'],
    kept: ['program', 'forms', 'values', 'objects', 'modules'],
  },
  'build/changes': {
    tables: [],
    wrappers: [],
    classes: ['tables'],
    functions: ['tables', 'wrappers', 'classes'],
    names: ['tables', 'wrappers'],
    statements: ['tables', 'classes', 'names'],
  },
};

const between = (name, parts, beside) =>
  Object.entries(parts).map(([part, allowed]) => ({
    name: `layer-${name.replace('/', '-')}-${part}`,
    severity: 'error',
    comment: `src/${name}/${part} may import ${allowed.join(', ') || 'nothing'} of src/${name}`,
    from: { path: `^src/${name}/${part}/` },
    to: { path: `^src/${name}/`, pathNot: `^src/${name}/((${[part, ...allowed].join('|')})/${beside})` },
  }));

const known = (name, parts, list) => ({
  name: `known-directory-of-${name.replace('/', '-')}`,
  severity: 'error',
  comment: `every directory of src/${name} has its line in ${list}`,
  from: { path: `^src/${name}/[^/]+/`, pathNot: `^src/${name}/(${Object.keys(parts).join('|')})/` },
  to: {},
});

const within = [
  ...Object.entries(WITHIN).flatMap(([name, parts]) => [...between(name, parts, ''), known(name, parts, 'WITHIN')]),
  ...Object.entries(PARTS).flatMap(([name, parts]) => [...between(name, parts, '|[^/]+$'), known(name, parts, 'PARTS')]),
];

const layers = Object.entries(LAYERS).map(([name, allowed]) => ({
  name: `layer-${name}`,
  severity: 'error',
  comment: `src/${name} may import ${allowed.join(', ') || 'nothing'} of this project`,
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...layers,
    ...within,
    {
      name: 'known-directory',
      severity: 'error',
      comment: 'every directory of src has its line in LAYERS',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(LAYERS).join('|')})/` },
      to: {},
    },
    {
      name: 'engine-is-pure',
      severity: 'error',
      comment: 'the engine is a state machine that a model checker drives: nothing of the platform, no package',
      from: { path: '^src/engine/' },
      to: { pathNot: '^src/(engine|errors)/' },
    },
    {
      name: 'errors-are-leaves',
      severity: 'error',
      from: { path: '^src/errors/' },
      to: { pathNot: '^src/errors/' },
    },
    {
      name: 'cli-loads-build-late',
      severity: 'error',
      comment: 'the builder is loaded by the commands that build, not at the start of each command',
      from: { path: '^src/cli/' },
      to: { path: '^src/build/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'nothing-imports-the-cli',
      severity: 'error',
      from: { pathNot: '^src/cli/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'nothing-imports-the-top',
      severity: 'error',
      comment: 'index and register put the parts together',
      from: { path: '^src/[^/]+/' },
      to: { path: '^src/[^/]+[.]ts$' },
    },
    {
      name: 'runtime-dependencies-only',
      severity: 'error',
      comment: 'a package that src imports is listed under dependencies',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};
