/** Renders ranges of the new source as patch code: names rewritten, suspensions tracked. */
import type { AnyNode, BlockStatement, CallExpression, Function as FunctionNode, ImportExpression, NewExpression } from 'acorn';
import type { Loop } from '../../instrument/loops.ts';
import type { HandleScope } from '../../instrument/plan.ts';
import { writeSafePoints } from '../../instrument/safe-points.ts';
import type { Giving } from '../../instrument/safe-points.ts';
import { bodyStart, trackBody } from '../../instrument/track.ts';
import { contains } from '../../source/contains.ts';
import { Edits } from '../../source/edits.ts';
import type { Content } from '../../source/edits.ts';
import type { Binding, FunctionInfo, Reference } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { arrowEnd } from '../../source/function-parts.ts';
import { afterTrivia } from '../../source/text.ts';
import { asNamespace } from './import-text.ts';
import { CAPTURES } from './resolution.ts';
import type { CommonKey } from './common-keys.ts';
import type { Derivation } from './derive.ts';
import type { PrivateKey } from './private-members.ts';
import type { OutOfReach, Place } from './resolution.ts';
import type { Resolver } from './resolve.ts';
import { stringOf } from '../version/side.ts';
import type { Side } from '../version/side.ts';
import type { Shared } from './shared.ts';
import { partText } from './part-and-whole.ts';
import { askCallee } from './surplus.ts';
import { NOTHING } from '../version/forms/nothing.ts';
import { nodesOf, nodesOfAny } from '../version/program/nodes.ts';
import { askedOnce } from '../version/program/asked-once.ts';
import { isClassNode, isFunctionNode } from '../version/program/walk.ts';

/** Variables that are reached through what was handed over, and how; null for those that nothing needs and nobody handed over. */
export type Restored = ReadonlyMap<Binding, string | null>;

/** How the code of a function's version is written where it goes on in a loop. */
export interface Continuing {
  readonly fn: FunctionInfo;
  /** The expression that makes the record. */
  readonly enter: string;
  readonly restored: Restored;
}

export interface ContinuingEdits {
  readonly edits: Edits;
  /** What stands around its body. */
  readonly open: readonly Content[];
  readonly close: string;
}

/** What the safe points of a version give away; null for a function that has no site to come from or go to. */
export type GiveAt = (
  fn: FunctionInfo,
  restored: Restored,
) => { readonly passesThis: boolean; readonly give: (loop: Loop) => Giving } | null;

const NONE: Restored = new Map();

/** Expressions, with the text of what stands for each. */
export type Instead = ReadonlyMap<AnyNode, string>;

const AS_IT_IS: Instead = new Map();

/** `least` as in `Surroundings.leastHandedOn`; `unable` is told of calls that would have to ask what they call and cannot. */
export interface SurplusCalls {
  readonly least: number | null;
  readonly unable: (call: AnyNode) => void;
}

/** Is told of names in code that stands for no running function, and that cannot mean there what they mean in the source. */
export type Lacks = (ref: Reference, resolution: OutOfReach) => void;

export class Emitter {
  /** What new code tells objects by. */
  common: ReadonlyMap<AnyNode, CommonKey> = new Map();
  private readonly side: Side;
  private readonly resolver: Resolver;
  private get marks(): Marks {
    return marksOf(this.side);
  }

  /** Expressions whose value is migrated before it is used. */
  private readonly holders: readonly AnyNode[];
  /** The text of a call that enters a tracked function of the new source. */
  private readonly enter: (fn: FunctionInfo) => string;
  /** Whether the process must find this specifier through the patch: the running module never asked for it. */
  private readonly isNewRequire: (specifier: string) => boolean;
  private readonly giveAt: GiveAt;
  private readonly lacks: Lacks;

  private readonly surplus: SurplusCalls;

  constructor(
    side: Side,
    resolver: Resolver,
    enter: (fn: FunctionInfo) => string,
    isNewRequire: (specifier: string) => boolean,
    surplus: SurplusCalls,
    holders: readonly AnyNode[],
    giveAt: GiveAt = () => null,
    lacks: Lacks = () => {},
  ) {
    this.lacks = lacks;
    this.giveAt = giveAt;
    this.surplus = surplus;
    this.holders = holders;
    this.side = side;
    this.resolver = resolver;
    this.enter = enter;
    this.isNewRequire = isNewRequire;
  }

  /** The piece of `place`, or of a part of it, as patch code. `instead`: what stands for expressions of it. */
  render(start: number, end: number, place: Place, restored: Restored = NONE, instead: Instead = AS_IT_IS): string {
    const { edits } = this.editsOf(start, end, place, null, restored, instead);
    return edits.render(start, end).text;
  }

  /** A value as an expression; a method is taken out of an object that has nothing else. */
  value(node: AnyNode, handle: HandleScope): string {
    const text = this.render(node.start, node.end, { handle, site: null, start: node.start, end: node.end, nameless: null });
    if (node.type === 'Property') return `({${text}})[${JSON.stringify(keyName(node.key as never, false))}]`;
    // The function of a getter begins with its parameters.
    if (node.type === 'FunctionExpression' && this.side.model.text[node.start] === '(') return `(function${text})`;
    // A name put in place of a shorthand comes with its key.
    return node.type === 'Identifier' && this.marks.shorthands.has(node.start) ? `({${text}}).${node.name}` : `(${text})`;
  }

  edits(start: number, end: number, place: Place): Edits {
    return this.editsOf(start, end, place, null, NONE).edits;
  }

  /** For pieces of `continuing.fn`, whose body is put together elsewhere. */
  continuation(place: Place, continuing: Continuing): ContinuingEdits {
    return this.editsOf(place.start, place.end, place, continuing, continuing.restored);
  }

  private editsOf(
    start: number,
    end: number,
    place: Place,
    continuing: Continuing | null,
    restored: Restored,
    instead: Instead = AS_IT_IS,
  ): ContinuingEdits {
    const edits = new Edits(this.side.model.text);
    for (const [node, text] of instead) edits.cut(node.start, node.end, text);
    const isHere = (node: AnyNode): boolean =>
      node.start >= start && node.end <= end && (instead.size === 0 || ![...instead.keys()].some((own) => contains(own, node)));
    let around: Omit<ContinuingEdits, 'edits'> = { open: [], close: '' };
    for (const meta of this.marks.metas) if (meta.start >= start && meta.end <= end) edits.cut(meta.start, meta.end, '$lp.meta');
    for (const call of this.marks.imports) if (call.start >= start && call.end <= end) this.importNew(edits, call, end);
    for (const ref of this.side.refsIn(start, end)) {
      const held = ref.binding && restored.get(ref.binding);
      if (held) this.replace(edits, ref, held, end);
      else this.rewrite(edits, ref, place, end);
    }
    for (const [id, key] of this.resolver.privates.keys) if (id.start >= start && id.end <= end) this.key(edits, id, key, place);
    for (const node of this.holders) {
      if (!isHere(node)) continue;
      edits.open(node.start, node.end, 90, '$lp.touch(');
      edits.close(node.start, node.end, 90, ')');
    }
    for (const [node, completing] of this.resolver.entries) {
      if (!isHere(node)) continue;
      edits.open(node.start, node.end, 95, `${this.resolver.helper(place.handle, completing)}((`);
      edits.close(node.start, node.end, 95, '))');
    }
    for (const [node, id] of this.resolver.listening) {
      if (!isHere(node)) continue;
      edits.open(node.start, node.end, 95, `$lp.listening(${JSON.stringify(id)},`);
      edits.close(node.start, node.end, 95, ')');
    }
    if (place.site === null)
      for (const [node, { name, fn }] of this.common) {
        if (!isHere(node) || (fn.kind !== 'module' && fn.node.start >= start)) continue;
        edits.open(node.start, node.end, 95, `$lp.common(${JSON.stringify(name)},()=>`);
        edits.close(node.start, node.end, 95, ')');
      }
    for (const fn of this.side.model.functions) {
      if (fn.kind === 'module' || !fn.tracked || fn.node.start < start || fn.node.end > end) continue;
      if (fn === continuing?.fn) around = this.body(edits, fn, continuing);
      else this.track(edits, fn);
    }
    if (this.side.inBundle.hasTables)
      for (const call of this.marks.calls) {
        const asked = call.start >= start && call.end <= end ? this.side.inBundle.loaded(call) : null;
        const key = asked && this.resolver.keyOf(asked.module, place);
        if (key) edits.cut(asked.id.start, asked.id.end, key);
      }
    // A module of a bundle that has yet to run takes it from what the other then gives away.
    for (const { asked, giver } of place.site === null ? this.side.inBundle.takenIn(start, end) : [])
      edits.cut(asked.start, asked.end, this.resolver.given(giver, place.handle));
    const { least, unable } = this.surplus;
    if (least !== null)
      for (const call of this.marks.calls)
        if (call.start >= start && call.end <= end && !askCallee(edits, this.side.model.text, call, least)) unable(call);
    return { edits, ...around };
  }

  private body(edits: Edits, fn: FunctionInfo, continuing: Continuing | null): { open: Content[]; close: string } {
    const at = this.giveAt(fn, continuing?.restored ?? NONE);
    const safe = at && writeSafePoints(edits, fn, at.passesThis, at.give);
    return trackBody(edits, fn, this.side.lines, continuing?.enter ?? this.enter(fn), safe);
  }

  /**
   * `import('./file.js')` of a file that the patch brings along, of a dependency of which it may, or of a module whose
   * namespace does not show what it changes.
   */
  private importNew(edits: Edits, { start, end, source }: ImportExpression, renderedTo: number): void {
    const specifier = stringOf(source);
    if (specifier === null) return;
    if (this.resolver.brings(specifier)) {
      const asked = `$lp.require(${JSON.stringify(specifier)})`;
      edits.cut(start, end, `Promise.resolve().then(()=>${asNamespace(asked)})`);
      return;
    }
    if (this.resolver.follows(specifier)) {
      const brought = `(b=>b&&Promise.resolve(${asNamespace('b[0]')}))($lp.brought(${JSON.stringify(specifier)}))`;
      this.separate(edits, start, renderedTo);
      edits.open(start, end, 0, `(${brought}??`);
      edits.close(start, end, 0, ')');
      return;
    }
    const changed = this.resolver.changes(specifier);
    if (changed === null) return;
    this.separate(edits, start, renderedTo);
    edits.open(start, end, 0, '(');
    edits.close(start, end, 0, `.then(m=>Object.create(m,Object.getOwnPropertyDescriptors($lp.m(${JSON.stringify(changed)})))))`);
  }

  /** `object.#name` as `object[symbol]`. */
  private key(edits: Edits, id: AnyNode, { handle, name, objectEnd }: PrivateKey, place: Place): void {
    const { resolver } = this;
    const local = resolver.helper(handle, `$lp.private(${JSON.stringify(name)})`);
    const text = handle === place.handle ? local : resolver.expose(handle, local, local, false);
    if (objectEnd === null) {
      edits.cut(id.start, id.end, text);
      return;
    }
    // A parenthesis may close behind the object.
    let dot = afterTrivia(this.side.model.text, objectEnd);
    while (this.side.model.text[dot] === ')') dot = afterTrivia(this.side.model.text, dot + 1);
    if (this.side.model.text[dot] === '.') edits.cut(dot, dot + 1, '');
    edits.cut(id.start, id.end, `[${text}]`);
  }

  private rewrite(edits: Edits, ref: Reference, place: Place, end: number): void {
    const resolution = this.resolver.resolve(ref, place);
    if (resolution.kind === 'as-is' && this.asksForNew(ref)) {
      this.replace(edits, ref, '$lp.require', end);
      return;
    }
    if (resolution.kind === 'out-of-reach' && place.site === null) this.lacks(ref, resolution);
    if (resolution.kind === 'as-is' || resolution.kind === 'own-name' || resolution.kind === 'out-of-reach') return;
    if (resolution.kind === 'derived') {
      this.replace(edits, ref, this.derived(resolution.derivation), end);
      return;
    }
    if (resolution.kind === 'shared') {
      this.replace(edits, ref, this.shared(resolution.shared, place), end);
      return;
    }
    const text = resolution.kind === 'captured' ? `${CAPTURES}.${resolution.name}` : resolution.text;
    this.replace(edits, ref, text, end);
  }

  /** A variable that existing closures lack, as an expression. */
  private derived({ binding: { name }, kind, parts, begins, names, missing, place, held, part }: Derivation): string {
    if (kind === 'part') return held!;
    const instead = new Map(missing.map(({ node }) => [node, NOTHING] as const));
    const texts = parts.map((part) => this.render(part.start, part.end, place(part), NONE, instead));
    if (names?.length === 0) return held!;
    if (names) return `({${names.map((key, i) => `${JSON.stringify(key)}:${texts[i]!}`).join(',')},...${held!}})`;
    if (part) return partText(texts[0]!, part)!;
    if (kind === 'value' || kind === 'option') return named(name, parts[0], texts[0] ?? 'void 0');
    if (kind === 'none given') return '({})';
    if (kind === 'function') return `(()=>{${texts[0]!}\nreturn ${name}})()`;
    const first = begins ? `=${this.render(begins.start, begins.end, place(begins), NONE, instead)}` : '';
    return `(()=>{let ${name}${first};${texts.join('\n')}\nreturn ${name}})()`;
  }

  /** One that closures are given together, where it lives. */
  private shared({ binding, keeper, init, begins: whole, place: at }: Shared, { handle }: Place): string {
    const { fn, node } = binding.scope;
    const name = `${fn.path}@${node.start} ${binding.name}`.replaceAll('*/', '* /');
    const kept = this.resolver.helper(
      handle,
      `/*${name}*/(w=>(k,begin)=>{let r=w.get(k);if(!r)w.set(k,r={v:begin()});return r})(new WeakMap())`,
    );
    const begins = whole ?? (init ? named(binding.name, init, this.render(init.start, init.end, at)) : 'void 0');
    return `${kept}(${CAPTURES}.${keeper},()=>${begins}).v`;
  }

  private asksForNew({ node, parent, binding }: Reference): boolean {
    if (node.name !== 'require' || binding?.kind !== 'implicit' || parent.type !== 'CallExpression' || parent.callee !== node) return false;
    const argument = parent.arguments[0];
    return argument?.type === 'Literal' && typeof argument.value === 'string' && this.isNewRequire(argument.value);
  }

  /** Puts `text`, an expression, in place of a name; what is rendered ends at `end`. */
  private replace(edits: Edits, ref: Reference, text: string, end: number): void {
    const { node, parent } = ref;
    let open = this.marks.shorthands.has(node.start) ? `${node.name}:` : '';
    let close = '';
    if (
      (parent.type === 'CallExpression' && parent.callee === node) ||
      (parent.type === 'TaggedTemplateExpression' && parent.tag === node)
    ) {
      // Called as a member it would be given the object as `this`.
      open += '(0,';
      close = ')';
    } else if (parent.type === 'NewExpression' && parent.callee === node && text.includes('(')) {
      open += '(';
      close = ')';
    }
    const put = open + text + close;
    if (put.startsWith('(')) this.separate(edits, node.start, end);
    edits.cut(node.start, node.end, put);
  }

  /**
   * To be called where a parenthesis is put at `start`: no statement may run on from the line before, which need not end with a
   * semicolon. What is rendered ends at `end`; a part of a statement may be rendered as a value.
   */
  separate(edits: Edits, start: number, end: number): void {
    const statementEnd = this.marks.statements.get(start);
    if (statementEnd !== undefined && statementEnd <= end) edits.insert(start, ';');
  }

  private track(edits: Edits, fn: FunctionInfo): void {
    const node = fn.node as FunctionNode & AnyNode;
    const { open, close } = this.body(edits, fn, null);
    if (node.body.type === 'BlockStatement') {
      const body = node.body as BlockStatement;
      const start = bodyStart(node);
      const separator = start > body.start + 1 ? ';' : '';
      // At one position what closes would come first.
      if (start === body.end - 1) edits.insert(start, separator, ...open, close);
      else {
        edits.insert(start, separator, ...open);
        edits.close(start, body.end - 1, -1, close);
      }
      return;
    }
    const arrow = arrowEnd(this.side.model.text, node);
    edits.open(arrow, node.end, 0, '{', ...open, 'return(');
    edits.close(arrow, node.end, 0, `)${close}}`);
  }
}

/** An expression that gives a function or a class without a name the name of its variable, as a declaration does. */
function named(name: string, value: AnyNode | undefined, text: string): string {
  const isNameless = value && (isFunctionNode(value) || isClassNode(value)) && !('id' in value && value.id);
  return isNameless && name !== '__proto__' ? `({${name}:${text}}).${name}` : `(${text})`;
}

interface Marks {
  /** Where shorthand properties start. */
  readonly shorthands: ReadonlySet<number>;
  /** Where expressions start that are statements in a list of statements, and where the statements end. */
  readonly statements: ReadonlyMap<number, number>;
  /** Each `import.meta`. */
  readonly metas: readonly AnyNode[];
  /** Each `import()`. */
  readonly imports: readonly ImportExpression[];
  readonly calls: readonly (CallExpression | NewExpression)[];
}

/** What rewriting has to know of a module. */
const marksOf = askedOnce(findMarks);

function findMarks(side: Side): Marks {
  const { program } = side.model;
  const statements = new Map<number, number>();
  const add = (node: AnyNode): void => {
    if (node.type === 'ExpressionStatement') statements.set(node.start, node.end);
  };
  for (const { body } of [program, ...nodesOf(program, 'BlockStatement'), ...nodesOf(program, 'StaticBlock')]) for (const s of body) add(s);
  for (const { consequent } of nodesOf(program, 'SwitchCase')) for (const s of consequent) add(s);
  return {
    shorthands: new Set(nodesOf(program, 'Property').flatMap(({ shorthand, key }) => (shorthand ? [key.start] : []))),
    statements,
    metas: nodesOf(program, 'MetaProperty').filter(({ meta }) => meta.name === 'import'),
    imports: nodesOf(program, 'ImportExpression'),
    calls: nodesOfAny(program, 'CallExpression', 'NewExpression'),
  };
}

export const NEW_TARGET = `${CAPTURES}['new.target']`;
