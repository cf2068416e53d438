/** Random functions that loop for ever, and say what they see: what one says must not depend on when it is patched. */
import { random } from '../../scripts/stress/random.mjs';

const VARIABLES = ['a', 'b', 'c'];

class Writer {
  private readonly dice: () => number;
  private depth = 0;
  private names = 0;
  /** What only this kind of function can do. */
  private extra: (() => string) | null = null;
  private readonly labels: string[] = [];

  constructor(seed: number) {
    this.dice = random(seed) as () => number;
  }

  program(): string {
    const generator = `async function* values(n) { for (let i = 0; i < n; i++) { ${this.maybe(0.5, 'await turn();')} yield i; } }`;
    const closing = `const closing = (n) => ({ i: 0, [Symbol.asyncIterator]() { return this; }, async next() { ${this.maybe(0.5, 'await turn();')} return { value: this.i, done: this.i++ >= n }; }, async return() { ${this.maybe(0.5, 'await turn();')} say('closed'); return {}; } });`;
    const body = (): string =>
      `let a = 1, b = 2; var c = 3; const fs = []; const add = (n) => { ${this.of(VARIABLES)} += n; };
      ${this.maybe(0.3, `for (let i = 0; i < 2; i++) { await turn(); ${this.say()} }`)}
      ${this.loop(true)}`;
    const died = ".catch((e) => say('died', e.message))";
    const program = (): string => {
      switch (this.below(6)) {
        case 0:
          return `async function loop() { ${body()} } exports.start = () => loop()${died};`;
        case 1:
          return `const loop = async () => { ${body()} }; exports.start = () => loop()${died};`;
        case 2:
          this.extra = () => `fs.push(function () { return c++ + a; });`;
          return `function make(seed) { let outer = seed; return async function loop() { outer++; ${body()} say(outer); }; } exports.start = () => make(4)()${died};`;
        case 3:
          this.extra = () => `const got${++this.names} = yield ${this.of(VARIABLES)} % 97; say('OLD', got${this.names});`;
          return `async function* loop() { ${body()} } exports.start = async () => { const it = loop(); for (let i = 0; ; i++) { const { value, done } = await it.next(i); if (done) break; say('got', value); } };`;
        case 4:
          this.extra = () => `yield a % 97;`;
          return `async function* loop() { ${body()} } exports.start = async () => { for await (const x of loop()) say('got', x); };`;
        default:
          this.extra = () => `this.q = (this.q + a) % 89; say('OLD', this.q, this.#p++ % 97);`;
          return `class C { #p = 5; q = 1; async loop() { ${body()} } } exports.start = () => new C().loop()${died};`;
      }
    };
    return `${generator}\n${closing}\n${program()}`;
  }

  private below(n: number): number {
    return Math.floor(this.dice() * n);
  }

  private of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  private maybe(chance: number, text: string): string {
    return this.dice() < chance ? text : '';
  }

  private say(): string {
    return `say('OLD', ${++this.names}, a % 97, b % 97, c % 97);`;
  }

  private statements(loops: number): string {
    return Array.from({ length: 1 + this.below(3) }, () => this.statement(loops)).join('\n');
  }

  private statement(loops: number): string {
    const [x, y] = [this.of(VARIABLES), this.of(VARIABLES)];
    if (this.depth > 3) return this.say();
    this.depth++;
    try {
      switch (this.below(this.extra === null ? 12 : 14)) {
        case 0:
          return `${x} = (${x} * 7 + ${y}) % 1009;`;
        case 1:
          return `add(${this.below(9)});`;
        case 2: {
          const name = `v${++this.names}`;
          return `let ${name} = ${x} % 5; ${this.maybe(0.5, `fs.push(() => ${name}++);`)} await turn(); ${name} += ${y}; say('OLD', ${name} % 97);`;
        }
        case 3:
          return `fs.push(() => ${x}++); if (fs.length > 3) say('OLD', fs.splice(0).map((f) => f() % 97).join());`;
        case 4:
          return `if (${x} % 3 === ${this.below(3)}) { ${this.statements(loops)} }${this.maybe(0.4, ` else { ${this.statements(loops)} }`)}`;
        case 5: {
          const label = this.of(['', ...this.labels]);
          return loops > 0 ? `if (${x} % 5 === ${this.below(5)}) continue ${label};` : this.say();
        }
        case 6:
          return `try { ${this.statements(loops)} if (${x} % 4 === 0) throw new Error('x' + ${y} % 7); } catch (e) { await turn(); say('OLD', e.message); ${this.maybe(0.3, this.statements(loops))} }`;
        case 7:
          return `try { ${this.statements(loops)} } finally { say('OLD', 'finally', ${x} % 97); }`;
        case 8:
          return `switch (${x} % 3) { case 0: ${this.statements(loops)} break; case 1: ${x}++; default: await turn(); ${this.say()} }`;
        case 9:
        case 10:
          return this.loop(false);
        case 11:
          return `await turn(); ${this.say()}`;
        default:
          return this.extra!();
      }
    } finally {
      this.depth--;
    }
  }

  /** Each turn of a loop waits before anything of it can leave that turn. */
  private loop(forever: boolean): string {
    const label = `l${++this.names}`;
    const i = `i${this.names}`;
    const n = 1 + this.below(3);
    this.labels.push(label);
    const body = `await turn(); ${this.say()} ${this.statements(1)}`;
    this.labels.pop();

    const heads = forever
      ? ['while (true) { @ }', 'for (;;) { @ }', `for (let ${i} = 0; ; ${i}++) { say('OLD', ${i}); @ }`, 'do { @ } while (a !== -1);']
      : [
          `for (let ${i} = 0; ${i} < ${n}; ${i}++) { @ ${this.maybe(0.3, `fs.push(() => ${i});`)} }`,
          `let ${i} = 0; while (${i}++ < ${n}) { @ }`,
          `let ${i} = 0; do { @ } while (++${i} < ${n});`,
          `for await (const ${i} of values(${n})) { say('OLD', ${i}); @ }`,
          `for await (let ${i} of values(${n})) { @ ${i} += a; say('OLD', ${i} % 97); }`,
          `for await (const ${i} of closing(${n})) { say('OLD', ${i}); @ if (a % 2 === ${this.below(2)}) break; }`,
          `for (const ${i} of [1, 2]) { say('OLD', ${i}); @ }`,
          `var ${i}; for (${i} = 0; ${i} < ${n}; ${i}++) { @ }`,
        ];
    const text = this.of(heads).replace('@', () => body);
    const at = /(?:while|for|do)\b/.exec(text)!.index;
    return `{ ${text.slice(0, at)}${label}: ${text.slice(at)} }`;
  }
}

export function randomLoops(seed: number): string {
  return new Writer(seed).program();
}
