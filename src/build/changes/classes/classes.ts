/** Compares a class whose scope new code can be evaluated in, member by member. */
import type { AnyNode, MethodDefinition, PropertyDefinition } from 'acorn';
import type { HandleScope } from '../../../instrument/plan.ts';
import type { AddedMember } from '../../../patch/format.ts';
import { ClassInfo } from '../../../source/model.ts';
import { keyName, memberText } from '../../../source/paths.ts';
import { compareCode } from '../../code/context.ts';
import { isEffectFree } from '../../version/values/effects.ts';
import type { ModuleContext } from '../../code/context.ts';
import type { Emitter } from '../../code/emit.ts';
import { isLastingKey, isOfInstances } from '../../code/fields.ts';
import { movedField } from './field-order.ts';
import { isOfOtherKind, keyed } from './keyed-members.ts';
import type { Member } from './keyed-members.ts';
import { whereGone } from './gone-fields.ts';
import { calledAbove } from './gone-methods.ts';
import type { RemovedMember } from './gone-methods.ts';
import { itemsOf } from '../../version/modules/item-reader.ts';
import { nodesOf } from '../../version/program/nodes.ts';
import { ownProperty } from '../../version/forms/own-properties.ts';
import { specialsOf } from '../../version/program/special.ts';
import { isBare, staticSets } from '../../version/forms/static-blocks.ts';
import type { StaticSets } from '../../version/forms/static-blocks.ts';
import { makesTable } from '../../version/values/object-kinds.ts';
import { isFunctionNode, walk } from '../../version/program/walk.ts';

export interface NewMember {
  readonly node: MethodDefinition;
  /** Its code, where the new source has none. */
  readonly text?: string;
  readonly entry: Omit<AddedMember, 'unit' | 'key'>;
}

/** Changes the table that a static field of a running class holds; false where that cannot be. */
export type MergeStatic = (base: ClassInfo, name: string, before: AnyNode, after: AnyNode, node: AnyNode) => boolean;

const HIDES =
  'a field: the constructor sets it from now on, and a member of that name of a class above, of another package, stays hidden by it';

export class ClassDiff {
  readonly handle: HandleScope;
  readonly members: NewMember[] = [];
  readonly removed: RemovedMember[] = [];
  readonly properties: {
    readonly name: string;
    readonly key: AnyNode | null;
    readonly value: AnyNode | null;
    readonly isPrivate: boolean;
  }[] = [];
  private readonly ctx: ModuleContext;
  private readonly merge: MergeStatic;
  private readonly base: ClassInfo;
  private readonly next: ClassInfo;
  private readonly oldSets: StaticSets;
  private readonly sets: StaticSets;

  constructor(ctx: ModuleContext, base: ClassInfo, next: ClassInfo, handle: HandleScope, merge: MergeStatic) {
    this.ctx = ctx;
    this.merge = merge;
    this.base = base;
    this.next = next;
    this.handle = handle;
    this.oldSets = staticSets(base.node);
    this.sets = staticSets(next.node);
  }

  /** What the code around it calls the new one, by its own name or that of a variable. */
  get name(): string | null {
    const { node, ancestors } = this.next;
    const parent = ancestors.at(-1);
    const id = node.id ?? (parent?.type === 'VariableDeclarator' ? parent.id : null);
    return id?.type === 'Identifier' ? id.name : null;
  }

  /** Nothing in a class's own code can take a new value: what depends on one is found at the end. */
  update(): boolean {
    return false;
  }

  finish(): void {
    const { base, next, log } = this.ctx;
    const a = this.base.node.superClass as AnyNode | null;
    const b = this.next.node.superClass as AnyNode | null;
    if (this.losesOwn) {
      const reason = `it extends nothing any more: its objects go on having what ${base.model.text.slice(a!.start, a!.end)} has, and are instances of it, and new ones lack what its constructor gave`;
      log.add('member-removed', base, a!, this.base.path, reason);
    } else if ((a === null) !== (b === null) || (a && b && compareCode(this.ctx, a, b, this.base, this.next) !== 'same')) {
      log.add('class-changed', next, b ?? this.next.node, this.base.path, 'the class extends another one');
    }
    const moved = movedField(this.ctx, this.base, this.next);
    if (moved)
      log.add('class-changed', next, moved, this.base.path, 'its fields have another order, and are computed in that of the running class');
    const old = keyed(this.base, this.oldSets, (n) => base.text(n));
    const fresh = keyed(this.next, this.sets, (n) => next.text(n));
    for (const [name, value] of this.sets.values) this.set(name, this.oldSets.values.get(name), value);
    for (const [key, member] of fresh) {
      if (isBare(member) && this.sets.values.has(keyName(member.key, false))) continue;
      const before = old.get(key);
      if (before && !this.isRenamed(before, member)) this.changed(before, member);
      else {
        if (before) this.gone(before);
        if (isOfOtherKind(key, old)) log.add('class-changed', next, member, this.base.path, 'a method became an accessor, or the reverse');
        else this.added(member, before !== undefined);
      }
    }
    for (const [key, member] of old)
      if (!fresh.has(key) && !(isBare(member) && this.oldSets.values.has(keyName(member.key, false)))) this.gone(member);
    for (const [name, value] of this.oldSets.values)
      if (!this.sets.values.has(name) && !fresh.has(`static field ${name}`))
        log.add('member-removed', base, value, `${this.base.path}.${name}`, 'a static field: who reads it still finds it');
    this.finishStatics();
  }

  /** Whether what a name is computed of is another value now, or is called otherwise, and the functions are no pair for that. */
  private isRenamed(before: Member, member: Member): boolean {
    if (before.type === 'StaticBlock' || member.type === 'StaticBlock' || !member.computed) return false;
    if (compareCode(this.ctx, before.key as AnyNode, member.key as AnyNode, this.base, this.next) !== 'same') return true;
    const { base, next, match } = this.ctx;
    const fn = member.type === 'MethodDefinition' ? next.fnAt.get(member.value as AnyNode) : undefined;
    return fn !== undefined && match.baseOf.get(fn) !== base.fnAt.get(before.value as AnyNode);
  }

  /** Whether the class has no superclass any more, where that was one of the package. */
  private get losesOwn(): boolean {
    const { base } = this.ctx;
    const was = this.base.node.superClass as AnyNode | null;
    if (!was || this.next.node.superClass || was.type !== 'Identifier') return false;
    const source = itemsOf(base, base.model.root).named.get(was.name)?.source;
    return source == null ? base.definitionOf(was) instanceof ClassInfo : source.startsWith('.');
  }

  /** What stays of what the class was given as it was made, though it is computed from what is another value now. */
  private finishStatics(): void {
    const { next, log } = this.ctx;
    const isSet = (name: string): boolean => this.properties.some((own) => own.name === name);
    const look = (value: AnyNode, name: string): void => {
      const other = this.properties.find((own) => readsStatic(value, own.name, this.next));
      if (other)
        log.add(
          'class-changed',
          next,
          value,
          `${this.base.path}${name}`,
          `it was computed from ${other.name}, which is new or has another value`,
        );
    };
    for (const [name, value] of this.sets.values) if (!isSet(name)) look(value, `.${name}`);
    for (const member of this.next.node.body.body) {
      if (member.type === 'StaticBlock') {
        if (!this.sets.blocks.has(member)) look(member, '');
      } else if (
        member.type === 'PropertyDefinition' &&
        member.static &&
        member.value &&
        !this.ctx.next.fnAt.has(member.value as AnyNode)
      ) {
        const name = keyName(member.key, member.computed);
        if (!isSet(name)) look(member.value as AnyNode, `.${name}`);
      }
    }
  }

  /** `renamed`: the class has one whose name is written the same, and is another. */
  private added(member: Member, renamed: boolean): void {
    const { next, log } = this.ctx;
    const path = this.base.path;
    if (member.type === 'StaticBlock') {
      log.add('class-changed', next, member, path, 'a static block runs when the class is made, which has happened');
      return;
    }
    const name = keyName(member.key, member.computed);
    if (isOfInstances(member, next) && !(renamed && member.computed)) return;
    const isPrivate = member.key.type === 'PrivateIdentifier';
    if (isPrivate && !this.ctx.resolver.privates.carries(this.next, name.slice(1))) {
      log.add(
        'private-out-of-reach',
        next,
        member,
        `${path}${name}`,
        'the running class has a private member of that name, of another kind',
      );
      return;
    }
    if (member.computed && !this.hasOneName(member, renamed)) {
      log.add('class-changed', next, member, path, 'a member with a computed name');
      return;
    }
    if (member.type === 'PropertyDefinition') {
      this.setStatic(member, name, member.value ?? null, member.computed ? (member.key as AnyNode) : null);
      return;
    }
    if (member.type !== 'MethodDefinition') return;
    // It takes the place of the one that a class has without writing it.
    if (member.kind === 'constructor') return;
    const kind = member.kind === 'get' || member.kind === 'set' ? member.kind : 'method';
    this.members.push({ node: member, entry: { static: member.static, kind, name, ...(isPrivate ? { private: true as const } : {}) } });
    const separator = member.static ? '.' : isPrivate ? '' : '#';
    log.add('member-added', next, member, `${path}${separator}${name}`, 'existing instances have it too');
  }

  private hasOneName(member: PropertyDefinition | MethodDefinition, renamed: boolean): boolean {
    const { next } = this.ctx;
    const key = member.key as AnyNode;
    if (member.type === 'MethodDefinition') return isEffectFree(key, next, next.model.root);
    return member.type === 'PropertyDefinition' && member.static && !renamed && isLastingKey(key, next);
  }

  /** A static field that a static block gives its value. */
  private set(name: string, before: AnyNode | undefined, value: AnyNode): void {
    const { base, next, match } = this.ctx;
    const oldFn = before && base.fnAt.get(before);
    const newFn = next.fnAt.get(value);
    if (oldFn && newFn && match.baseOf.get(newFn) === oldFn) return;
    if (before && compareCode(this.ctx, before, value, this.base, this.next) === 'same') return;
    if (before !== undefined) this.otherStatic(before, value, name, value);
    else this.setStatic(value, name, value);
  }

  /** One that is another table is changed in place, if the running class has a name. */
  private otherStatic(before: AnyNode, value: AnyNode, name: string, node: AnyNode): void {
    const isTable = makesTable(before) && makesTable(value);
    if (isTable && this.merge(this.base, name, before, value, node)) return;
    const { base, next, log } = this.ctx;
    const kept = isTable ? 'table keeps it, with what the program has put there' : base.fnAt.has(before) ? 'function keeps it' : null;
    if (kept !== null) log.add('value-copied', next, node, `${this.base.path}.${name}`, `who holds the old ${kept}`);
    this.setStatic(node, name, value);
  }

  /** A static field that is new, or has another value. */
  private setStatic(member: AnyNode, name: string, value: AnyNode | null, key: AnyNode | null = null): void {
    const { next, log } = this.ctx;
    const path = `${this.base.path}.${name}`;
    // It is computed before any of them is set.
    const other = value && this.properties.find((own) => readsStatic(value, own.name, this.next));
    if (other) {
      log.add('class-changed', next, member, path, `a static field that is computed from ${other.name}, which is new or has another value`);
      return;
    }
    this.properties.push({ name, key, value, isPrivate: name.startsWith('#') });
    const called = this.next.node.id?.name ?? nameGiven(this.next);
    if (called !== undefined) this.ctx.resolver.unseenPaths.add(`${called}.${name}`);
    log.add('property-set', next, member, path, 'a static field');
  }

  private changed(before: Member, member: Member): void {
    const { base, next, log, match } = this.ctx;
    const path = this.base.path;
    if (member.type === 'StaticBlock') {
      if (before.type !== 'StaticBlock' || compareCode(this.ctx, before, member, this.base, this.next) !== 'same')
        log.add('class-changed', next, member, path, 'a static block runs when the class is made, which has happened');
      return;
    }
    if (before.type === 'StaticBlock' || member.type !== 'PropertyDefinition') return;
    const name = keyName(member.key, member.computed);
    const old = (before as PropertyDefinition).value as AnyNode | null;
    const value = member.value as AnyNode | null;
    if (!old || !value) {
      if (old !== value) log.add('class-changed', next, member, `${path}#${name}`, 'a field gained or lost its initialiser');
      return;
    }
    if (member.static) {
      const oldFn = base.fnAt.get(old);
      const newFn = next.fnAt.get(value);
      if (oldFn && newFn && match.baseOf.get(newFn) === oldFn) return;
      if (!oldFn && compareCode(this.ctx, old, value, this.base, this.next) === 'same') return;
      if (member.key.type === 'PrivateIdentifier')
        log.add('private-out-of-reach', next, member, `${path}.${name}`, 'the value of a private static field changed');
      else this.otherStatic(old, value, name, member);
      return;
    }
    const field = this.base.members.find((m) => m.node === before);
    if (field && base.plan.siteOf.has(field)) return;
    // A function for a value has its own site, and no one asks the field.
    const oldFn = base.fnAt.get(old);
    const newFn = next.fnAt.get(value);
    if (oldFn && newFn && match.baseOf.get(newFn) === oldFn) return;
    if (base.full(old) !== next.full(value))
      log.add('class-changed', next, member, `${path}#${name}`, 'a field that holds a function holds something else');
  }

  private gone(member: Member): void {
    const { base, log } = this.ctx;
    const path = this.base.path;
    if (member.type === 'StaticBlock') {
      log.add('statement-removed', base, member, path, 'what it did as the class was made stays done');
      return;
    }
    const name = keyName(member.key, member.computed);
    if (member.type === 'PropertyDefinition') {
      if (member.key.type === 'PrivateIdentifier') {
        log.add('member-removed', base, member, `${path}#${name}`, 'a private field: instances keep it, and nothing new reads it');
        return;
      }
      const gone = member.static ? null : whereGone(this.ctx, this.base, this.next, member as PropertyDefinition & AnyNode);
      if (gone === 'set') return;
      const [code, reason] =
        gone === null
          ? (['member-removed', 'a static field: who reads it still finds it'] as const)
          : gone === 'unseen'
            ? (['member-removed', 'a field: instances still get it, and no code of the package names it'] as const)
            : gone === 'hides'
              ? (['member-removed', HIDES] as const)
              : (['class-changed', 'new instances would still get the field'] as const);
      log.add(code, base, member, `${path}#${name}`, reason);
      return;
    }
    if (member.type !== 'MethodDefinition') return;
    if (member.kind === 'constructor' || member.key.type === 'PrivateIdentifier') return;
    const fn = this.base.members.find((m) => m.node === (member.value as AnyNode));
    const site = fn && base.plan.siteOf.get(fn);
    if (this.isAccessor(member, name) && this.ctx.around.setsBeside(name)) {
      const reason = 'new code of another file sets a property of that name, which objects with this accessor would refuse';
      log.add('class-changed', base, member, `${path}#${name}`, reason);
    } else if (this.isOwnNow(member, name)) {
      const text = `({${name}($lp_v){Object.defineProperty(this,${JSON.stringify(name)},{value:$lp_v,writable:true,enumerable:true,configurable:true})}}).${name}`;
      if (member.kind === 'get') this.members.push({ node: member, text, entry: { static: false, kind: 'set', name } });
      else if (site) this.removed.push({ site, text, takesMore: false });
      log.add(
        'member-removed',
        base,
        member,
        `${path}#${name}`,
        'objects get a property of that name as new code sets it, and keep it after a revert',
      );
    } else if (site && member.kind === 'method' && this.base.derived && !this.losesOwn && !fn.generator && !member.computed) {
      this.removed.push(calledAbove(this.ctx, this.next, { site, member, name }));
    } else log.add('member-removed', base, member, `${path}#${name}`, 'who calls it still finds it');
  }

  /** Whether it is an accessor of objects that has gone under a name which is written out. */
  private isAccessor({ kind, static: isStatic, computed }: MethodDefinition, name: string): boolean {
    return !isStatic && !computed && (kind === 'get' || kind === 'set') && isPlainName(name);
  }

  /** Whether new code sets a property under the name of an accessor that has gone: the one that is there would take what it is given. */
  private isOwnNow(member: MethodDefinition, name: string): boolean {
    const { kind } = member;
    if (!this.isAccessor(member, name)) return false;
    const has = (cls: ClassInfo, wanted: string): boolean =>
      cls.node.body.body.some(
        (one) => one.type === 'MethodDefinition' && one.kind === wanted && !one.static && keyName(one.key, one.computed) === name,
      );
    if (has(this.next, 'get') || has(this.next, 'set') || (kind === 'get' && has(this.base, 'set'))) return false;
    return nodesOf(this.ctx.next.model.program, 'AssignmentExpression').some(({ left }) => ownProperty(left as AnyNode) === name);
  }

  /** A function that gives the computed name of an added member. */
  memberName({ node }: NewMember, emitter: Emitter): string {
    return `()=>${emitter.value(node.key as AnyNode, this.handle)}`;
  }

  /** The function of an added member: a method, so that `super` is the class's. */
  memberText(member: NewMember, emitter: Emitter): string {
    const { node } = member;
    if (member.text !== undefined) return member.text;
    const fn = node.value;
    const place = { handle: this.handle, site: null, start: fn.start, end: fn.end, nameless: null };
    const home =
      specialsOf(fn as AnyNode).superMembers.length > 0
        ? `__proto__:Object.getPrototypeOf($lp.cls${node.static ? '' : '.prototype'}),`
        : '';
    const head = `${fn.async ? 'async ' : ''}${fn.generator ? '*' : ''}`;
    const text = emitter.render(fn.start, fn.end, place);
    if (node.computed) return `($lp_n=>({${home}${head}[$lp_n]${text}})[$lp_n])(${emitter.value(node.key as AnyNode, this.handle)})`;
    const name = isPlainName(member.entry.name) ? member.entry.name : JSON.stringify(member.entry.name);
    return `({${home}${head}${name}${text}})[${JSON.stringify(member.entry.name)}]`;
  }
}

const isPlainName = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name);

/** Whether an initialiser says `Class.name` or `this.name`, where it runs itself. */
function readsStatic(value: AnyNode, name: string, { node }: ClassInfo): boolean {
  let found = false;
  walk(value, (inner, parents) => {
    const parent = parents.at(-1);
    if (isFunctionNode(inner) && !(parent?.type === 'CallExpression' && parent.callee === inner)) return false;
    if (inner.type !== 'MemberExpression' || inner.computed || keyName(inner.property, false) !== name) return !found;
    const { object } = inner;
    found ||= object.type === 'ThisExpression' || (object.type === 'Identifier' && object.name === node.id?.name);
    return !found;
  });
  return found;
}

/** What a class without a name of its own is given to: a variable, or `exports.A`. */
function nameGiven({ node, ancestors }: ClassInfo): string | undefined {
  const parent = ancestors.at(-1);
  if (parent?.type === 'VariableDeclarator') return memberText(parent.id);
  return parent?.type === 'AssignmentExpression' && parent.right === (node as AnyNode) ? memberText(parent.left) : undefined;
}
