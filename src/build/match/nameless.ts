/** One build of a module as it is compared with another where names say nothing: by the shapes of its functions, and what variables stand for. */
import type { AnyNode, CallExpression } from 'acorn';
import { bundledModules } from '../../instrument/bundled-modules.ts';
import type { Binding, FunctionInfo, ModuleModel } from '../../source/model.ts';
import { keyName } from '../../source/paths.ts';
import { isOnlyCalled } from '../version/values/holding.ts';
import { walk } from '../version/program/walk.ts';
import { Meanings } from './meanings.ts';
import type { Speaks } from './meanings.ts';
import { ShapeReader } from './shape.ts';
import type { Shape, Words } from './shape.ts';
import { isIdentity, isLasting, isView, standingOf } from './standing.ts';
import type { Standing } from './standing.ts';

const NO_KEYS: ReadonlySet<string> = new Set();

/** How long a text is that is hardly said twice. */
export const TELLING = 4;
/** How many properties two states have to have in common that are taken for one by them. */
export const LEAST_SHARED = 2;

export class Nameless {
  readonly meanings: Meanings;
  readonly root: Shape;
  readonly shapes: ReadonlyMap<AnyNode, Shape>;
  /** What the variables of each function are called. */
  readonly names = new Map<AnyNode, Set<string>>();
  /** How many functions have a shape. */
  readonly count = new Map<number, number>();
  private readonly declaring = new Map<Binding, AnyNode>();
  /** Functions that a bundler made of modules. */
  private readonly modules: ReadonlySet<AnyNode>;
  private readonly reader: ShapeReader;
  private readonly standings = new Map<Binding, Standing>();
  private readonly frames = new Map<Binding, string>();

  constructor(model: ModuleModel, words: Words, speaks: Speaks) {
    this.meanings = new Meanings(model, speaks);
    this.modules = new Set(Array.from(bundledModules(model).keys(), ({ node }) => node as AnyNode));
    for (const { scope, name } of this.meanings.variables) {
      const home = homeOf(scope.fn);
      const own = this.names.get(home);
      if (own) own.add(name);
      else this.names.set(home, new Set([name]));
    }
    this.reader = new ShapeReader(words, this.meanings);
    this.root = this.reader.read(model.program);
    this.shapes = this.reader.shapes;
    for (const { id, node } of this.shapes.values()) {
      this.count.set(id, (this.count.get(id) ?? 0) + 1);
      const binding = node.type === 'FunctionDeclaration' && node.id ? this.meanings.of(node.id) : undefined;
      if (binding) this.declaring.set(binding, node);
    }
  }

  standing(binding: Binding): Standing {
    let standing = this.standings.get(binding);
    if (standing === undefined) {
      // One that is said to be itself is no value.
      this.standings.set(binding, 'state');
      const { touched, written } = this.reader;
      const isValue = (id: AnyNode): boolean => /^(?:value|import)$/.test(this.standingAt(id));
      const isFunction = (given: AnyNode): boolean => this.functionIn(given) !== undefined;
      const makesView = (id: AnyNode): boolean => {
        const callee = this.meanings.meant(id);
        const fn = callee && this.functionOf(callee);
        return fn !== undefined && isView(fn.node);
      };
      const facts = { given: this.given(binding), touched, written, isValue, isView: makesView, isFunction };
      this.standings.set(binding, (standing = standingOf(binding, facts)));
    }
    return standing;
  }

  nameOf({ node }: Shape): string | null {
    return this.reader.nameOf(node);
  }

  /** The function that a variable always stands for. */
  functionOf(binding: Binding): Shape | undefined {
    if (this.standing(binding) !== 'function') return undefined;
    const given = this.given(binding);
    if (!given) return this.shapes.get(this.declaring.get(binding)!);
    return this.shapes.get(given) ?? this.functionIn(given);
  }

  /** Whether a bundler made the function of a module. */
  isModule({ node }: Shape): boolean {
    return this.modules.has(node);
  }

  isOtherName(binding: Binding): boolean {
    return this.given(binding)?.type === 'Identifier';
  }

  /** The function that another name of it stands for, or from which a helper of a bundler makes what gives a module. */
  private functionIn(given: AnyNode): Shape | undefined {
    if (given.type === 'Identifier') {
      const binding = this.meanings.meant(given);
      return binding && this.functionOf(binding);
    }
    if (given.type !== 'CallExpression') return undefined;
    let [factory] = given.arguments as AnyNode[];
    if (factory?.type === 'ObjectExpression' && factory.properties.length === 1 && factory.properties[0]!.type === 'Property')
      factory = factory.properties[0]!.value;
    return factory && this.modules.has(factory) ? this.shapes.get(factory) : undefined;
  }

  private standingAt(id: AnyNode): Standing {
    const binding = this.meanings.meant(id);
    return binding ? this.standing(binding) : 'value';
  }

  /** Whether it goes on with what it holds, or others hold the function or class that it stands for. */
  isAtStake(binding: Binding): boolean {
    if (!isLasting(binding)) return false;
    switch (this.standing(binding)) {
      case 'state':
      case 'symbol':
      case 'class':
        return true;
      case 'function':
        return !isOnlyCalled(binding);
      default:
        return false;
    }
  }

  /** Whether what it begins with has a text in it by which it is known. */
  isTelling(binding: Binding): boolean {
    const given = this.given(binding);
    let tells = false;
    if (given)
      walk(given, (node) => {
        tells ||=
          (node.type === 'Literal' && typeof node.value === 'string' && node.value.length >= TELLING) ||
          (node.type === 'TemplateElement' && node.value.raw.length >= TELLING);
        return !tells;
      });
    return tells;
  }

  /** What a state begins with, but for the functions in it. */
  beginning(binding: Binding): string {
    let frame = this.frames.get(binding);
    if (frame === undefined) {
      const given = this.given(binding);
      this.frames.set(binding, (frame = given ? this.reader.frame(given) : ''));
    }
    return frame;
  }

  /** The keys that tell what is in an object that a state begins with; none where it begins with anything else. */
  keysOf(binding: Binding): ReadonlySet<string> {
    const given = this.given(binding);
    if (given?.type !== 'ObjectExpression') return NO_KEYS;
    const keys = given.properties.map((own) => (own.type === 'Property' && !own.computed ? keyName(own.key, false) : null));
    return new Set(keys.filter((key) => key !== null && key.length >= TELLING) as string[]);
  }

  /**
   * What a state begins with where a property by which it is known gives it, of variables each of which is known as one of
   * the old version: `known` says which. Null for any other.
   */
  origin(binding: Binding, known: (variable: Binding) => Binding | undefined): string | null {
    const given = this.given(binding);
    const key = this.reader.takenBy.get(binding.declarations[0]!) ?? '';
    const property = given?.type === 'CallExpression' ? calledBy(given) : '';
    if (!given || Math.max(key.length, property.length) < TELLING) return null;
    const { frame, names } = this.reader.framed(given);
    if (names.length === 0) return null;
    const of = names.map((id) => {
      const variable = this.meanings.of(id);
      return variable && known(variable)?.declarations[0]?.start;
    });
    return of.includes(undefined) ? null : `${key} ${frame} ${of.join()}`;
  }

  private given({ declarations: [id] }: Binding): AnyNode | null | undefined {
    return this.reader.values.get(id!);
  }
}

/** Whether two states begin with the same, or with objects of which one has all the keys of the other, and some besides. */
export function beginAlike(base: Nameless, old: Binding, next: Nameless, now: Binding): boolean {
  if (base.beginning(old) === next.beginning(now)) return true;
  const [a, b] = [base.keysOf(old), next.keysOf(now)].toSorted((one, other) => one.size - other.size);
  return a!.size >= LEAST_SHARED && [...a!].every((key) => b!.has(key));
}

/** The property that is called; empty where none is. */
function calledBy({ callee }: CallExpression): string {
  return callee.type === 'MemberExpression' && !callee.computed && callee.property.type === 'Identifier' ? callee.property.name : '';
}

/** The states of a version by their places and what they begin with, where that tells one from all others; null where there are more. */
export function beginnings(of: Nameless, homeIn: (binding: Binding) => AnyNode | undefined): Map<string, Binding | null> {
  return statesBy(of, (binding) => {
    const home = of.isTelling(binding) ? homeIn(binding) : undefined;
    return home ? `${home.start} ${of.beginning(binding)}` : null;
  });
}

/** States of a version by `key`, where that is the key of one alone; null where there are more. */
export function statesBy(of: Nameless, key: (binding: Binding) => string | null): Map<string, Binding | null> {
  const found = new Map<string, Binding | null>();
  for (const binding of of.meanings.variables) {
    if (!isLasting(binding) || !isIdentity(of.standing(binding))) continue;
    const own = key(binding);
    if (own !== null) found.set(own, found.has(own) ? null : binding);
  }
  return found;
}

export function homeOf(fn: FunctionInfo): AnyNode {
  let own = fn;
  while (own.kind === 'field' || own.kind === 'static') own = own.parent!;
  return own.node as AnyNode;
}
