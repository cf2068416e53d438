/**
 * New variables, and functions, that several closures of one call share, and that closures which exist lack. Theirs is kept by what all of
 * them hold and each call made anew: a function beside them, or an object. It begins as the new code begins it, when the first
 * of them comes to it, as a new field of an object does.
 */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { hasSafePoints } from '../../instrument/loops.ts';
import type { Binding, FunctionInfo } from '../../source/model.ts';
import { effectsOf } from '../version/values/effects.ts';
import type { Match } from '../match/match.ts';
import { isLasting, usesFunction } from './derive.ts';
import type { Place } from './resolution.ts';
import type { Resolver } from './resolve.ts';
import type { Side } from '../version/side.ts';
import { isClassNode, isFunctionNode, walk } from '../version/program/walk.ts';

export interface Shared {
  readonly binding: Binding;
  /** What existing closures call that which keeps it. */
  readonly keeper: string;
  readonly init: AnyNode | null;
  /** What it begins with in place of that, as an expression. */
  readonly begins?: string;
  readonly place: Place;
}

/** The variable as code at `place` has it; null where closures of one call have nothing in common, or it may begin as something else. */
export function sharedFor(binding: Binding, place: Place, base: Side, next: Side, match: Match, resolver: Resolver): Shared | null {
  const maker = binding.scope.fn;
  const old = match.baseOf.get(maker);
  if (!old || binding.scope !== maker.body || !/^(?:var|let|const|function)$/.test(binding.kind)) return null;
  // A loop that goes on in the new version takes along what closures share.
  if (hasSafePoints(maker) || hasSafePoints(old) || place.handle.scope.lookup('WeakMap')) return null;
  const whole = resolver.wholeOf(binding, place);
  if (whole !== null) {
    const own = binding.references.some(({ fn }) => fn !== maker) ? keeperOf(binding, maker, old, base, match) : ownIn(place, old, base);
    const isHeld = own !== null && place.site?.captures.some((capture) => capture.binding === own);
    return isHeld ? { binding, keeper: own.name, init: null, begins: whole, place } : null;
  }
  if (hasGone(maker, old)) return null;
  const init = initialiser(binding, maker, next);
  const keeper = init === undefined ? null : keeperOf(binding, maker, old, base, match);
  if (init === undefined || keeper === null || !place.site?.captures.some((capture) => capture.binding === keeper)) return null;
  if (init === null) return { binding, keeper: keeper.name, init, place };
  const at: Place = { handle: place.handle, site: place.site, start: init.start, end: init.end, nameless: null };
  const { unknown, external, bindings } = effectsOf(init, next, maker);
  if (unknown || external || bindings.size > 0 || usesFunction(init)) return null;
  for (const ref of next.refsIn(init.start, init.end)) if (!isLasting(ref, resolver.resolve(ref, at), binding, base)) return null;
  return { binding, keeper: keeper.name, init, place: at };
}

/** What a closure holds that each call makes anew. */
function ownIn({ site }: Place, old: FunctionInfo, base: Side): Binding | null {
  return site?.captures.find(({ binding }) => isOwnObject(binding, old, base))?.binding ?? null;
}

const gone = new WeakMap<FunctionInfo, boolean>();

/**
 * Whether the old function has a variable that the new one lacks, or code of it gives something a value that code of the new one
 * does not name: the new variable may be that, by another name.
 */
function hasGone(maker: FunctionInfo, old: FunctionInfo): boolean {
  let known = gone.get(maker);
  if (known === undefined) gone.set(maker, (known = lacksNameOf(maker, old)));
  return known;
}

function lacksNameOf(maker: FunctionInfo, old: FunctionInfo): boolean {
  const named = new Set<string>();
  walk(maker.node as AnyNode, (node) => {
    if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') named.add(node.name);
  });
  let lacks = [...old.body.bindings.values(), ...old.scope.bindings.values()].some(
    ({ name, kind }) => kind !== 'function' && kind !== 'arguments' && kind !== 'own-name' && !named.has(name),
  );
  walk(old.node as AnyNode, (node) => {
    const target = node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null;
    const name = target?.type === 'MemberExpression' && !target.computed ? target.property : target;
    lacks ||= (name?.type === 'Identifier' || name?.type === 'PrivateIdentifier') && !named.has(name.name);
    return !lacks;
  });
  return lacks;
}

/** What it begins with; undefined where code of the function around it goes on to make something else of it. */
function initialiser(binding: Binding, maker: FunctionInfo, next: Side): AnyNode | null | undefined {
  const id = binding.declarations[0];
  const { body } = maker.node as FunctionNode;
  if (!id || binding.declarations.length !== 1 || body.type !== 'BlockStatement') return undefined;
  const init = givenTo(id, body.body, next);
  const uses = binding.references.filter(({ fn, node }) => fn === maker && node !== id);
  if (init === undefined || uses.some(({ write }) => write)) return undefined;
  return init && uses.length > 0 && makesAnew(init) ? undefined : init;
}

/** What its declaration says, of those among the statements. */
function givenTo(id: AnyNode, body: readonly AnyNode[], next: Side): AnyNode | null | undefined {
  const fn = next.functionDeclaredBy(id as never)?.node as AnyNode | undefined;
  if (fn?.type === 'FunctionDeclaration') return body.includes(fn) ? fn : undefined;
  const declarators = body.flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []));
  const declarator = declarators.find((one) => one.id === id);
  return declarator && ((declarator.init as AnyNode | undefined) ?? null);
}

/** Whether a value may be an object that nobody else has. */
function makesAnew(value: AnyNode): boolean {
  let found = false;
  walk(value, (node) => {
    found ||=
      /^(?:(?:Object|Array|New|Call|Function|ArrowFunction|Class|TaggedTemplate)Expression|FunctionDeclaration)$/.test(node.type) ||
      'regex' in node;
    return !found;
  });
  return found;
}

/** A variable of the running function that every closure holds of which the new code uses `binding`, and that each call gives an object of its own. */
function keeperOf(binding: Binding, maker: FunctionInfo, old: FunctionInfo, base: Side, match: Match): Binding | null {
  const sets: ReadonlySet<Binding>[] = [];
  for (const ref of binding.references)
    for (let fn: FunctionInfo | null = ref.fn; fn && fn !== maker; fn = fn.parent) {
      const was = match.baseOf.get(fn);
      const site = was && base.plan.siteOf.get(was);
      if (was) sets.push(new Set(site?.captures.map((capture) => capture.binding)));
    }
  const [first, ...more] = sets;
  return [...(first ?? [])].find((one) => more.every((held) => held.has(one)) && isOwnObject(one, old, base)) ?? null;
}

/** Whether each call makes it anew, before any closure can run. */
function isOwnObject(binding: Binding, old: FunctionInfo, base: Side): boolean {
  const [id, ...others] = binding.declarations;
  if (binding.scope !== old.body || binding.reassigned || !id || others.length > 0) return false;
  const block = (old.node as FunctionNode).body;
  // An arrow function without a block declares nothing but its parameters.
  if (block.type !== 'BlockStatement') return false;
  const { body } = block;
  const declared = base.functionDeclaredBy(id);
  if (declared?.node.type === 'FunctionDeclaration') return body.includes(declared.node as never);
  for (const statement of body) {
    if (statement.type === 'FunctionDeclaration') continue;
    if (statement.type !== 'VariableDeclaration') return false;
    for (const { id: own, init } of statement.declarations) {
      if (own === id) return init != null && (isFunctionNode(init) || isClassNode(init) || /^(Object|Array)Expression$/.test(init.type));
      if (init && !isQuiet(init)) return false;
    }
  }
  return false;
}

/** Whether no function can run as it is evaluated, as far as its own text shows. */
function isQuiet(value: AnyNode): boolean {
  let quiet = true;
  walk(value, (node) => {
    if (isFunctionNode(node)) return false;
    quiet &&= !/^(Call|New|TaggedTemplate|Await|Yield|Import)Expression$/.test(node.type);
    return quiet;
  });
  return quiet;
}
