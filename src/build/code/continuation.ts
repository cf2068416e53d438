/**
 * The code with which a call that was in a loop goes on in another version of its function: that version from the loop's
 * body on. What stands before the loop is left out, what stands around it is entered in the middle, and the variables in
 * sight are those that were handed over.
 */
import type { AnyNode, ForOfStatement, FunctionDeclaration, Identifier, Statement, VariableDeclaration, VariableDeclarator } from 'acorn';
import { isForAwait } from '../../instrument/loops.ts';
import type { LiveName, Loop, Transfer } from '../../instrument/loops.ts';
import { LOCALS } from '../../instrument/names.ts';
import { contains } from '../../source/contains.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import type { ContinuingEdits, Emitter } from './emit.ts';
import { isQuiet } from '../version/values/quiet.ts';
import { CAPTURES } from './resolution.ts';
import type { Place } from './resolution.ts';
import type { Side } from '../version/side.ts';

/** The parameter that holds what is handed over as values. */
export const HANDED = '$lp_o';

/** Why a call in the loop cannot go on in the other version. */
export class Unreachable extends Error {}

export interface Continuation {
  /** The function's body, braces included. */
  readonly body: string;
  readonly values: readonly string[];
  readonly cells: readonly string[];
}

export interface ContinuationInput {
  readonly fn: FunctionInfo;
  readonly loop: Loop;
  readonly side: Side;
  readonly emitter: Emitter;
  readonly place: Place;
  readonly enter: string;
  /** What the other version's loop has in sight, and what of it that version needs there. */
  readonly given: readonly LiveName[];
  readonly needed: readonly LiveName[];
  /** Whether a function or class of the other version is as good as the one of this version that has its name. */
  readonly isSame: (name: string) => boolean;
}

/** Throws Unreachable. */
export function writeContinuation(input: ContinuationInput): Continuation {
  return new Writer(input).run();
}

class Writer {
  private readonly input: ContinuationInput;
  /** The loops around the loop, outermost first, and itself. */
  private readonly loops: readonly AnyNode[];
  private readonly levels: ContinuingEdits[] = [];
  private readonly transfers = new Map<Binding, Transfer>();
  private readonly remade = new Set<Binding>();
  private readonly fresh = new Set<Binding>();
  private readonly absent = new Set<Binding>();
  private readonly values: string[] = [];
  private readonly cells: string[] = [];

  constructor(input: ContinuationInput) {
    this.input = input;
    const { info } = input.loop;
    this.loops = [...info.around.filter(isLoop), info.node];
  }

  run(): Continuation {
    const { fn, loop } = this.input;
    if (fn.usesArguments) throw new Unreachable('it reads `arguments`');
    if (fn.usesNewTarget) throw new Unreachable('it reads new.target');
    for (const binding of loop.lost) if (isUsedFrom(binding, this.loops[0]!.start, fn)) throw new Unreachable(whyLost(binding));
    for (const live of loop.names) this.settle(live);
    this.refuseRenamed();
    this.loops.forEach((_, level) => this.levels.push(this.edits(level)));
    const { open, close } = this.levels[0]!;
    const flags = this.loops.map((_, i) => `$lp_f${i}=true`).join();
    const own = loop.names.filter(({ binding }) => binding.scope === fn.scope || binding.scope === fn.body);
    const path = [...loop.info.around, loop.info.node];
    const text = [...open, `let ${flags};`, ...own.map((live) => this.restore(live)), this.list(path, 0), close].join('\n');
    for (const { name } of this.fresh) throw new Unreachable(`${name} is new, and what gives it its value has run`);
    const iterations = loop.iterations.map((_, i) => String(i));
    return { body: `{${text}}`, values: [...this.values, ...iterations], cells: this.cells };
  }

  private edits(level: number): ContinuingEdits {
    const { fn, emitter, place, enter } = this.input;
    const restored = new Map<Binding, string | null>([...this.absent].map((binding) => [binding, null]));
    for (const [binding, transfer] of this.transfers)
      if (transfer === 'cell' && this.levelOf(binding) <= level) restored.set(binding, `${CAPTURES}.${binding.name}`);
    return emitter.continuation(place, { fn, enter, restored });
  }

  /** How many of the loops around have a variable of their own for each turn. */
  private levelOf({ scope: { node } }: Binding): number {
    return this.loops.filter((loop) => contains(loop, node)).length;
  }

  /** Decides where the variable's value comes from. */
  private settle({ name, binding, transfer }: LiveName): void {
    const { given, isSame, loop } = this.input;
    const { start } = this.loops[0]!;
    const source = given.find((live) => live.name === name);
    const isValue = source?.transfer === 'value' && transfer === 'value';
    if (!isUsedFrom(binding, start, this.input.fn) && !(isValue && binding.kind !== 'function' && binding.kind !== 'class')) {
      this.absent.add(binding);
      return;
    }
    if (binding.kind === 'function' && !(source && isSame(name))) {
      this.remade.add(binding);
      return;
    }
    if (binding.kind === 'class' && source && !isSame(name)) throw new Unreachable(`the class ${name} changed`);
    if (!source) {
      // A \`var\` of the loop itself holds nothing yet.
      if (binding.kind !== 'var' || binding.declarations.some((d) => d.start < start)) this.fresh.add(binding);
      return;
    }
    const head = binding.scope.node === loop.info.node;
    const how: Transfer = head || isValue ? 'value' : 'cell';
    if (how === 'cell' && binding.kind === 'var' && binding.declarations.some((d) => d.start >= start))
      throw new Unreachable(`${name}, which closures share, is declared in the loop by \`var\``);
    this.transfers.set(binding, how);
    (how === 'value' ? this.values : this.cells).push(name);
  }

  /** Begun anew, a counter or a queue that only has another name would lose what it holds. */
  private refuseRenamed(): void {
    const { needed, loop } = this.input;
    const [gone] = needed.filter(({ name }) => !loop.names.some((live) => live.name === name));
    const [fresh] = this.fresh;
    if (gone && fresh) throw new Unreachable(`${fresh.name} is new and ${gone.name} is gone: one may be the other by a new name`);
  }

  private restore({ name, binding }: LiveName): string {
    if (this.transfers.get(binding) !== 'value') return '';
    const keyword = binding.kind === 'var' || binding.kind === 'param' ? 'var' : binding.kind === 'const' ? 'const' : 'let';
    return `${keyword} ${name}=${HANDED}.${name};`;
  }

  private render(node: { readonly start: number; readonly end: number }, level: number): string {
    return this.levels[Math.min(level, this.levels.length - 1)]!.edits.render(node.start, node.end).text;
  }

  /** The statements of `path[0]`, a list, from the one that leads to the loop on. */
  private list(path: readonly AnyNode[], level: number): string {
    const [holder, child] = path as [AnyNode, AnyNode];
    const statements = (holder.type === 'SwitchCase' ? holder.consequent : (holder as { body: Statement[] }).body) as AnyNode[];
    const at = statements.indexOf(child);
    const parts = [this.handedIn(statements.filter((s) => this.isHanded(s)).map(({ id }) => id))];
    parts.push(...statements.slice(0, at).map((statement) => this.declared(statement, level)));
    parts.push(this.enter(path.slice(1), level));
    for (const statement of statements.slice(at + 1)) if (!this.isHanded(statement)) parts.push(this.render(statement, level));
    return parts.filter((part) => part !== '').join('\n');
  }

  private isAmong(bindings: Iterable<Binding>, { id }: { readonly id: Identifier | null }): boolean {
    return [...bindings].some((binding) => binding.declarations.includes(id!));
  }

  /** A declaration of a function whose closure was handed over. */
  private isHanded(statement: AnyNode): statement is FunctionDeclaration {
    return statement.type === 'FunctionDeclaration' && this.isAmong(this.transfers.keys(), statement);
  }

  /** What is kept of a statement before the loop: what it declares. */
  private declared(statement: AnyNode, level: number): string {
    if (statement.type === 'FunctionDeclaration') return this.isAmong(this.remade, statement) ? this.render(statement, level) : '';
    if (statement.type === 'ClassDeclaration') {
      if (!this.isAmong(this.fresh, statement)) return this.handedIn([statement.id!]);
      for (const b of this.fresh) if (b.declarations.includes(statement.id!)) this.fresh.delete(b);
      return this.render(statement, level);
    }
    if (statement.type !== 'VariableDeclaration') {
      this.refuseFresh(statement);
      return '';
    }
    return statement.declarations.map((declarator) => this.declarator(statement, declarator, level)).join('');
  }

  private declarator({ kind }: VariableDeclaration, declarator: VariableDeclarator, level: number): string {
    const within = ({ start }: { readonly start: number }): boolean => start >= declarator.id.start && start < declarator.id.end;
    const fresh = [...this.fresh].filter((b) => b.declarations.some(within));
    if (fresh.length === 0) return this.handedIn([...this.transfers.keys()].flatMap((b) => b.declarations.filter(within)));
    const { id, init } = declarator;
    const name = fresh[0]!.name;
    if (id.type !== 'Identifier' || (init && !isQuiet(init))) throw new Unreachable(`${name} is new, and what gives it its value has run`);
    for (const binding of fresh) this.fresh.delete(binding);
    return `${kind} ${this.render(declarator, level)};`;
  }

  /** The value-restoring declarations of names that a block declares; those of the function itself come first anyway. */
  private handedIn(ids: readonly AnyNode[]): string {
    const { fn, loop } = this.input;
    return loop.names
      .filter(({ binding }) => binding.scope !== fn.scope && binding.scope !== fn.body && binding.declarations.some((d) => ids.includes(d)))
      .map((live) => this.restore(live))
      .join('');
  }

  /** A variable that the other version lacks must not be one that code before the loop has filled. */
  private refuseFresh(statement: AnyNode): void {
    for (const { name, declarations } of this.fresh)
      if (declarations.some((d) => contains(statement, d))) throw new Unreachable(`${name} is new, and what gives it its value has run`);
  }

  /** The statement `path[0]`, entered on the way to the loop. */
  private enter(path: readonly AnyNode[], level: number): string {
    const [node, child] = path as [AnyNode, AnyNode | undefined];
    const inner = (): string => this.enter(path.slice(1), level);
    switch (node.type) {
      case 'BlockStatement':
        return `{${this.list(path, level)}}`;
      case 'LabeledStatement':
        return `${node.label.name}:${inner()}`;
      case 'IfStatement':
        return `{${inner()}}`;
      case 'TryStatement': {
        const rest = { start: node.block.end, end: node.end };
        if (child === node.block) return `try${inner()}${this.render(rest, level)}`;
        return node.finalizer ? `try{${inner()}}${this.render({ start: node.handler!.end, end: node.end }, level)}` : inner();
      }
      case 'CatchClause': {
        const names = this.input.loop.names.filter(({ binding }) => binding.scope.node === node && binding.kind === 'catch');
        return `{${names.map((live) => this.restore(live)).join('')}${inner()}}`;
      }
      case 'SwitchStatement': {
        const at = node.cases.indexOf(child as (typeof node.cases)[number]);
        const later = node.cases.slice(at + 1).flatMap((c) => c.consequent.map((statement) => this.render(statement, level)));
        return `switch(0){default:${[this.list(path.slice(1), level), ...later].join('\n')}}`;
      }
      case 'WhileStatement': {
        const flag = this.flag(level);
        return `while(${flag}||(${this.render(node.test, level)}))${this.turns(path, level)}`;
      }
      case 'DoWhileStatement':
        return `do${this.turns(path, level)}while(${this.render(node.test, level)})`;
      case 'ForStatement': {
        const names = this.input.loop.names.filter(({ binding }) => binding.scope.node === node);
        const flag = this.flag(level);
        const keyword = node.init?.type === 'VariableDeclaration' ? node.init.kind : 'var';
        const restored = names
          .filter(({ binding }) => this.transfers.get(binding) === 'value')
          .map(({ name }) => `${name}=${HANDED}.${name}`);
        const init = keyword === 'var' || restored.length === 0 ? '' : `${keyword} ${restored.join()}`;
        const test = node.test ? `${flag}||(${this.render(node.test, level)})` : '';
        return `for(${init};${test};${node.update ? this.render(node.update, level) : ''})${this.turns(path, level)}`;
      }
      case 'ForOfStatement':
        return this.forAwait(node, path, level);
      default:
        throw new Unreachable(`it stands in a ${node.type}`);
    }
  }

  private flag(level: number): string {
    return `$lp_f${level}`;
  }

  /** The body of the loop `path[0]`: of the loop itself, all turns are alike; of one around it, the first is entered in the middle. */
  private turns(path: readonly AnyNode[], level: number): string {
    const flag = this.flag(level);
    const { body } = path[0] as Extract<AnyNode, { body: Statement }>;
    if (path.length === 1) return `{${flag}=false;${this.render(body, level)}\n}`;
    return `{if(${flag}){${flag}=false;${this.enter(path.slice(1), level + 1)}\n}else{${this.render(body, level)}\n}}`;
  }

  private forAwait(node: ForOfStatement, path: readonly AnyNode[], level: number): string {
    const flag = this.flag(level);
    const value = `$lp_x${level}`;
    const place = this.input.loop.iterations.findIndex((loop) => loop.info.node === node);
    const local = LOCALS.iteration(this.input.loop.iterations[place]!.index);
    const names = this.input.loop.names.filter(({ binding }) => binding.scope.node === node);
    const first = path.length === 1 ? this.render(node.body, level) : this.enter(path.slice(1), level + 1);
    const bind =
      node.left.type === 'VariableDeclaration'
        ? `${node.left.kind} ${this.render(node.left.declarations[0]!.id, level)}=${value};`
        : `(${this.render(node.left, level)}=${value});`;
    return (
      `for await(const ${value} of (${LOCALS.activation}.at=${this.input.side.line(node)},${local}=$lp.again(${HANDED}[${place}])))` +
      `{if(${flag}){${flag}=false;${names.map((live) => this.restore(live)).join('')}${first}\n}else{${bind}${this.render(node.body, level)}\n}}`
    );
  }
}

function whyLost({ name, scope }: Binding): string {
  if (scope.node.type === 'SwitchStatement') return `${name} is declared in a \`switch\` around it`;
  return `each turn of a loop around it has a ${name} of its own, which closures share`;
}

function isLoop(node: AnyNode): boolean {
  return node.type === 'WhileStatement' || node.type === 'DoWhileStatement' || node.type === 'ForStatement' || isForAwait(node);
}

/** What is in sight of a loop and needed there or behind it. */
export function namesNeeded(fn: FunctionInfo, { info, names }: Loop): readonly LiveName[] {
  const { start } = info.around.find(isLoop) ?? info.node;
  return names.filter(({ binding }) => isUsedFrom(binding, start, fn));
}

function isUsedFrom(binding: Binding, start: number, fn: FunctionInfo): boolean {
  return binding.references.some((ref) => ref.node.start >= start || ref.fn !== fn);
}
