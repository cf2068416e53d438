/** Writes the modules of the program as they look in one version: each function with its stamp and the signatures of those it calls. */
import { BY_NAME, FUNCTIONS, MODULES } from './functions.mjs';

/** The signatures a function can have; a call that does not fit throws. `more` is what callbacks and writers take besides. */
const SIGNATURES = [
  { declare: (more) => `(${['t', 'x', ...more].join(', ')})`, call: (t, x, more) => `(${[t, x, ...more].join(', ')})` },
  { declare: (more) => `(${['x', 't', ...more].join(', ')})`, call: (t, x, more) => `(${[x, t, ...more].join(', ')})` },
  {
    declare: (more) => `(${['{ t, x }', ...more].join(', ')})`,
    call: (t, x, more) => `(${[`{ t: ${t}, x: ${x} }`, ...more].join(', ')})`,
  },
];
export const SIGNATURE_COUNT = SIGNATURES.length;

const isLoop = ({ form }) => form.endsWith('loop');
const isAsync = (fn) => fn.form.startsWith('async') || ['writer', 'all', 'pooled'].includes(fn.form) || isLoop(fn);

const short = (name) => name.split('.').at(-1);

/**
 * `versionOf(name)` gives the stamp; the signature of a function that is called comes from `signatureOf(name)`, and so
 * does its own. `dice` decides where it waits and how long.
 */
class Writer {
  constructor(versionOf, signatureOf, dice) {
    this.versionOf = versionOf;
    this.signatureOf = signatureOf;
    this.dice = dice;
  }

  /** Waits sometimes for a timer, most of the time for the next job. */
  wait() {
    return `await pause(${Math.floor(this.dice() ** 3 * 4)});`;
  }

  call(name, ...more) {
    return `${name}${SIGNATURES[this.signatureOf(name)].call('c', 'x', more)}`;
  }

  /** The statement that calls one function of the table from `caller`. */
  use(name, caller) {
    const callee = BY_NAME.get(name);
    const suspends = isAsync(caller);
    const each = caller.form === 'writer' ? ' write(`${y}\\n`);' : '';
    if (callee.detached) return `spawn(c, ${this.call(name)});`;
    switch (callee.form) {
      case 'generator':
        return `for (const y of ${this.call(name)}) { n += y; ${suspends ? this.wait() : ''}${each} }`;
      case 'async generator':
        return `for await (const y of ${this.call(name)}) { c.goesOn(${this.versionOf(caller.name)}); n += y;${each} }`;
      case 'callback':
        return `n += await new Promise((ok, no) => ${this.call(name, '(error, y) => (error ? no(error) : ok(y))')});`;
      case 'listener':
        return `bus.emit('${name}', c, x, (y) => { n += y; });`;
      default:
        return `n += ${callee.form.includes('async') ? 'await ' : ''}${this.call(name)};`;
    }
  }

  body(fn) {
    const suspends = /async|writer|loop/.test(fn.form);
    const generates = fn.form.includes('generator');
    const lines = [];
    switch (fn.form) {
      case 'all':
        lines.push(`for (const y of await Promise.all([${fn.calls.map((name) => this.call(name)).join(', ')}])) n += y;`);
        break;
      case 'pooled':
        lines.push(
          `for (const y of await Promise.all([${fn.calls.map((name) => `pooled(() => ${this.call(name)})`).join(', ')}])) n += y;`,
        );
        break;
      case 'callback':
        lines.push(
          `setTimeout(() => { try { done(null, n${fn.calls.map((name) => ` + ${this.call(name)}`).join('')}); } catch (error) { done(error); } }, 1);`,
        );
        break;
      default:
        if (generates) lines.push('yield n;');
        for (const name of fn.calls) {
          if (suspends) lines.push(this.wait());
          if (generates) lines.push('n = 0;', this.use(name, fn), 'yield n;');
          else lines.push(this.use(name, fn));
        }
        if (suspends && this.dice() < 0.5) lines.push(this.wait());
    }
    if (fn.form === 'listener') lines.push('add(n);');
    else if (isLoop(fn)) return this.loop(fn, lines);
    else if (!generates && fn.form !== 'callback') lines.push('return n;');
    const counted = fn.form === 'closure' ? 'used++; ' : '';
    return `{ ${counted}const c = enter(t, '${fn.name}', ${this.versionOf(fn.name)}, x); let n = 1;
  try {
    ${lines.join('\n    ')}
  } finally { c.end(${fn.form === 'closure' ? 'used' : ''}); }
}`;
  }

  /** A consumer: what it counts goes with it when it goes over, and each job tells the count and the version it met. */
  loop(fn, lines) {
    const [head, take] = fn.form === 'loop' ? ['for (;;) {', 'const job = await queue.take();'] : ['for await (const job of queue) {', ''];
    return `{ let taken = 0; const counted = () => ++taken;
  ${head} ${take}
    const x = 1; const c = enter(job.root, '${fn.name}', ${this.versionOf(fn.name)}, x); let n = 1;
    try {
      ${lines.join('\n      ')}
      job.value = n;
    } catch (error) { job.error = error; } finally { c.end(); }
    job.done(loop, counted());
  }
}`;
  }

  /** Parameters and body. */
  rest(fn) {
    if (isLoop(fn)) return ['(queue, loop)', this.body(fn)];
    const more = { callback: ['done'], listener: ['add'], writer: ['write'] }[fn.form] ?? [];
    return [SIGNATURES[this.signatureOf(fn.name)].declare(more), this.body(fn)];
  }

  declaration(fn) {
    const name = short(fn.name);
    const [parameters, body] = this.rest(fn);
    switch (fn.form) {
      case 'arrow':
        return `export const ${name} = ${parameters} => ${body};`;
      case 'closure':
        return `function make_${name}() { let used = 0; return function ${name}${parameters} ${body}; }\nexport const ${name} = make_${name}();`;
      case 'method':
      case 'member':
        return `${name}${parameters} ${body}`;
      case 'async method':
      case 'async member':
        return `async ${name}${parameters} ${body}`;
      case 'generator':
        return `export function* ${name}${parameters} ${body}`;
      case 'async generator':
        return `export async function* ${name}${parameters} ${body}`;
      default:
        return `export ${isAsync(fn) ? 'async ' : ''}function ${name}${parameters} ${body}`;
    }
  }
}

function moduleText(module, declare) {
  const own = FUNCTIONS.filter((fn) => fn.module === module);
  const imports = MODULES.filter((other) => other !== module).map((other) => {
    const names = FUNCTIONS.filter((fn) => fn.module === other).map((fn) => fn.name.split('.')[0]);
    return `import { ${[...new Set(names)].join(', ')} } from './${other}.mjs';`;
  });
  const of = (form) => own.filter((fn) => fn.form.endsWith(form)).map(declare);
  const methods = of('method');
  const members = of('member');
  return [
    `import { bus, enter, pause, pooled, spawn } from './trace.mjs';`,
    ...imports,
    ...own.filter((fn) => !/method$|member$/.test(fn.form)).map(declare),
    ...(methods.length > 0 ? [`class Stock {\n${methods.join('\n')}\n}\nexport const stock = new Stock();`] : []),
    ...(members.length > 0 ? [`export const audit = {\n${members.join(',\n')}\n};`] : []),
    ...own.filter((fn) => fn.form === 'listener').map(({ name }) => `bus.on('${name}', ${name});`),
    '',
  ].join('\n');
}

/**
 * The text of each module by file name. Functions of `set` have the stamp `version` and go by the signatures that
 * `signatures` gives (0 where it has none); the others look as they did at the start.
 */
export function modulesOf({ set, version, signatures, dice }) {
  const base = new Writer(
    () => 0,
    () => 0,
    () => 0,
  );
  const patched = new Writer(
    () => version,
    (name) => signatures.get(name) ?? 0,
    dice,
  );
  const writerOf = (fn) => (set.has(fn.name) ? patched : base);
  return Object.fromEntries(MODULES.map((module) => [`${module}.mjs`, moduleText(module, (fn) => writerOf(fn).declaration(fn))]));
}
