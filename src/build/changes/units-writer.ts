/** Writes the units of a module's patch, for scopes that have one, and the entries by which the process finds what is in them. */
import type { AnyNode, Function as FunctionNode } from 'acorn';
import { hasSafePoints } from '../../instrument/loops.ts';
import type { HandleScope, SitePlan } from '../../instrument/plan.ts';
import type {
  AddedMember,
  PatchFields,
  PatchFill,
  PatchFunction,
  PatchModule,
  PatchProperty,
  PatchUnit,
  PrivateFunction,
} from '../../patch/format.ts';
import { parametersStart } from '../../source/function-parts.ts';
import type { FunctionInfo } from '../../source/model.ts';
import { commonKeysOf } from '../code/common-keys.ts';
import type { Draft } from '../code/draft.ts';
import { Emitter } from '../code/emit.ts';
import type { Lacks } from '../code/emit.ts';
import { fieldsText } from '../code/fields.ts';
import type { NewField } from '../code/fields.ts';
import { writeChosen } from './names/chosen.ts';
import { asNamed } from '../code/named-value.ts';
import { giveAtOf, loopEntries, reportLoops } from '../code/loop-entries.ts';
import type { Entries, EntryWriter } from '../code/loop-entries.ts';
import type { Place } from '../code/resolution.ts';
import { Resolver } from '../code/resolve.ts';
import { CANNOT_ASK } from '../code/surplus.ts';
import { Unit, declarationText } from '../code/unit.ts';
import type { Declaration, Makes, Units } from '../code/unit.ts';
import { isConstructor } from '../version/objects/create.ts';
import type { Side } from '../version/side.ts';
import { isFunctionNode } from '../version/program/walk.ts';
import type { ClassDiff } from './classes/classes.ts';
import { GivenWriter } from './given-writer.ts';
import type { Grown } from './statements/grown-lists.ts';
import { writeMerges } from './tables/merges.ts';
import type { ModuleParts } from './module-writer.ts';
import type { Shapes } from './classes/shapes.ts';
import { SharedValues } from './names/shared-values.ts';

type Removed = ClassDiff['removed'][number] & { readonly handle: HandleScope };
type Written = Pick<PatchModule, 'units' | 'functions' | 'privates' | 'members' | 'exports' | 'properties' | 'fields' | 'merges' | 'fills'>;
interface UnitAt {
  readonly unit: Unit;
  readonly index: number;
}

export class UnitsWriter implements Units {
  readonly emitter: Emitter;
  private readonly parts: ModuleParts;
  private readonly handles: readonly HandleScope[];
  private readonly units: ReadonlyMap<HandleScope, Unit>;
  /** Code of the running version must not see what the patch declares: it has units of its own, behind the others. */
  private readonly oldUnits: Unit[] = [];
  private readonly removed: readonly Removed[];
  private readonly privates: PrivateFunction[] = [];
  private readonly shared: SharedValues;
  private readonly numbers = new Map<FunctionInfo, number>();
  /** The version that is being written. */
  private current: { readonly d: Draft; readonly number: number } | null = null;
  /** What a constructor was given is taken from what instances have. */
  private readonly ofGiven: Emitter;
  private readonly entryWriter: EntryWriter;

  constructor(parts: ModuleParts, handles: readonly HandleScope[], isNewRequire: (specifier: string) => boolean) {
    const { ctx, classes, shapes } = parts;
    this.parts = parts;
    this.handles = handles;
    this.units = new Map(handles.map((handle) => [handle, new Unit(handle)]));
    this.shared = new SharedValues(ctx, this);
    this.removed = classes.flatMap((c) => c.removed.map((r) => ({ ...r, handle: c.handle })));
    const { enter } = this;
    const { holders } = shapes;
    const surplus = { least: ctx.around.leastHandedOn, unable: this.unable };
    const giveAt = giveAtOf(() => this.current?.d ?? null);
    this.emitter = new Emitter(ctx.next, ctx.resolver, enter, isNewRequire, surplus, holders, giveAt, this.lacks);
    this.ofGiven = new Emitter(ctx.next, ctx.resolver, enter, isNewRequire, surplus, holders, giveAt);
    const unit = (handle: HandleScope): UnitAt => ({ unit: this.unitOf(handle), index: this.index(handle) });
    this.entryWriter = { enter, isNewRequire, surplus, holders, unit, oldUnit: this.oldUnit };
  }

  write(): Written {
    const { ctx, tops, shapes } = this.parts;
    const collections = [...shapes.groups.values()].flatMap(({ fields }) => fields.flatMap(({ collection }) => collection?.binding ?? []));
    this.emitter.common = commonKeysOf(ctx.next, new Set(tops.map(({ nextFn }) => nextFn)), new Set(collections));
    this.addDeclarations();
    const functions = [...this.functions(), ...this.removedFunctions()];
    const { members, properties } = this.members();
    const fields = [...shapes.groups.values()].map((group): PatchFields => {
      const key = this.unitOf(group.handle).add(fieldsText(group, this.ofGiven));
      return { unit: this.index(group.handle), key, path: group.path };
    });
    const merges = writeMerges(ctx, tops, this);
    const fills = this.fills();
    const given = new GivenWriter(ctx, this, this.shared);
    given.write(tops);
    return {
      units: this.written(),
      functions,
      privates: this.privates,
      members,
      properties: [...properties, ...given.properties],
      exports: given.exports,
      ...(fields.length > 0 ? { fields } : {}),
      ...(merges.length > 0 ? { merges } : {}),
      ...(fills.length > 0 ? { fills } : {}),
    };
  }

  readonly unitOf = (handle: HandleScope): Unit => this.units.get(handle) ?? new Unit(handle);

  readonly index = (handle: HandleScope): number => this.parts.ctx.resolver.units.get(handle) ?? 0;

  private readonly oldUnit = (handle: HandleScope): UnitAt => {
    let at = this.oldUnits.findIndex((unit) => unit.handle === handle);
    if (at < 0) at = this.oldUnits.push(new Unit(handle)) - 1;
    return { unit: this.oldUnits[at]!, index: this.handles.length + at };
  };

  private readonly enter = (fn: FunctionInfo): string => {
    const { current, numbers, privates, parts } = this;
    const { base, next } = parts.ctx;
    if (current?.d.fn === fn) return `$lp.${hasSafePoints(fn) ? 'loop' : 'in'}(${current.number})`;
    let number = numbers.get(fn);
    if (number === undefined) {
      numbers.set(fn, (number = parts.drafts.length + this.removed.length + privates.length));
      privates.push({ path: fn.path, line: (next.fnAt.get(fn.node as AnyNode) === fn ? next : base).line(fn.node) });
    }
    return `$lp.in(${number})`;
  };

  /** A call in new code may pass an argument to a function that does not hand it on, and is of a form that cannot ask. */
  private readonly unable = (call: AnyNode): void => {
    this.parts.ctx.log.add('argument-out-of-reach', this.parts.ctx.next, call, '', CANNOT_ASK);
  };

  private readonly lacks: Lacks = ({ node }, { binding, reason }) => {
    const code = binding ? 'closure-out-of-reach' : 'name-out-of-reach';
    this.parts.ctx.log.add(code, this.parts.ctx.next, node, '', reason);
  };

  private addDeclarations(): void {
    const { tops, ctx } = this.parts;
    for (const { handle, text, from } of ctx.resolver.lifted.values()) this.unitOf(handle).addDeclaration(-1, `let ${text}=${from};`);
    for (const top of tops)
      for (const d of top.declarations.values()) {
        // A module stands ahead of what asks for it.
        const at = d.kind === 'module' ? -1 : d.kind === 'shared' ? d.value.end : d.node.start;
        const text = declarationText(d, top.handle, this.emitter, ctx.next, ctx.resolver, (value) => this.shared.text(value, top));
        this.unitOf(top.handle).addDeclaration(at, text, ctx.next.line(d.node), madeBy(d));
      }
  }

  private functions(): PatchFunction[] {
    return this.parts.drafts.map((d, number) => {
      this.current = { d, number };
      const key = this.unitOf(d.site.handle).add(
        writeChosen(d, this.parts.tops, this.parts.ctx, this.emitter),
        lineOf(d, this.parts.ctx.next),
      );
      this.current = null;
      const loops = this.loopEntries(d, number);
      return { ...this.patchFunction(d.site, d, this.index(d.site.handle), key), ...(loops.length > 0 ? { loops } : {}) };
    });
  }

  private removedFunctions(): PatchFunction[] {
    return this.removed.map(({ site, handle, text, takesMore }) => ({
      site: site.id,
      path: site.fn.path,
      unit: this.index(handle),
      key: this.unitOf(handle).add(text),
      shape: 'direct',
      captures: [],
      tracked: false,
      line: 1,
      ...(takesMore ? { takesMore: true as const } : {}),
    }));
  }

  private members(): { readonly members: AddedMember[]; readonly properties: PatchProperty[] } {
    const members: AddedMember[] = [];
    const properties: PatchProperty[] = [];
    for (const cls of this.parts.classes) {
      const { handle } = cls;
      const [unit, index] = [this.unitOf(handle), this.index(handle)];
      for (const member of cls.members) {
        const named = member.node.computed ? { named: unit.add(cls.memberName(member, this.emitter)) } : {};
        members.push({
          ...member.entry,
          ...named,
          unit: index,
          key: unit.add(cls.memberText(member, this.emitter), this.parts.ctx.next.line(member.node)),
        });
      }
      for (const { value, name, key, isPrivate } of cls.properties)
        properties.push({
          unit: index,
          target: unit.add('()=>$lp.cls'),
          value: unit.add(value ? `()=>${asNamed(this.emitter.value(value, handle), value, name)}` : '()=>{}'),
          name,
          ...(key ? { named: unit.add(`()=>${this.emitter.value(key, handle)}`) } : {}),
          getter: false,
          ...(isPrivate ? { private: true as const, hidden: true as const } : {}),
        });
    }
    return { members, properties };
  }

  private fills(): PatchFill[] {
    return this.parts.tops.flatMap((top) =>
      [...top.fills].map(([node, { tables, taken, star }]): PatchFill => {
        const where = { handle: top.handle, site: null, start: node.start, end: node.end, nameless: null };
        const own = node.type === 'ReturnStatement' ? ((node.argument as AnyNode | null | undefined) ?? node) : node;
        const text = star ? `$lp.star(exports,${this.emitter.value(star, top.handle)});` : this.filling(own, where, top.grown.get(node));
        const checks = taken.map(([callee, own]) => `$lp.is(()=>${callee},${JSON.stringify(own)});`).join('');
        return { unit: this.index(top.handle), key: this.unitOf(top.handle).add(`()=>{${checks}${text}\n}`), tables };
      }),
    );
  }

  private filling({ start, end }: AnyNode, where: Place, grown: Grown | undefined): string {
    const edits = this.emitter.edits(start, end, where);
    if (grown) edits.cut(grown.list.start, grown.list.end, `[${grown.gained.map((one) => this.parts.ctx.next.text(one)).join(',')}]`);
    return edits.render(start, end).text;
  }

  private written(): PatchUnit[] {
    const { ctx, shapes } = this.parts;
    const { base, next, resolver, match } = ctx;
    const strict = next.model.root.strict && !base.model.root.strict;
    const unit = (handle: HandleScope, code: ReturnType<Unit['code']>): PatchUnit => ({
      handle: handle.id,
      kind: handle.kind,
      instance: handle.instance?.id ?? null,
      ...code,
    });
    const old = new Resolver(base, base, match, new Map());
    return [
      ...this.handles.map((handle) => ({ ...unit(handle, this.unitOf(handle).code(resolver, strict)), ...privatesOf(shapes, handle) })),
      ...this.oldUnits.map((own) => unit(own.handle, own.code(old, false))),
    ];
  }

  private loopEntries(d: Draft, number: number): Entries['loops'] {
    if (!d.fn.tracked || !d.site.fn.tracked) return [];
    const { loops, rows } = loopEntries(this.parts.ctx, d, number, this.entryWriter);
    reportLoops(this.parts.ctx, d, rows);
    return loops;
  }

  private patchFunction(site: SitePlan, d: Draft, unit: number, key: number): PatchFunction {
    return {
      site: site.id,
      path: site.fn.path,
      unit,
      key,
      shape: d.shape,
      captures: d.shape === 'closure' ? site.captures.map((c) => (c.writable ? `${c.name}=` : c.name)) : [],
      tracked: d.fn.tracked,
      line: this.parts.ctx.next.line(d.fn.node),
      ...(isConstructor(site.fn) ? { creates: true as const } : {}),
      ...(d.takesMore ? { takesMore: true as const } : {}),
      ...(site.fn.isImplicit && d.form === 'derived' ? { inherited: true as const } : {}),
      ...(this.parts.shapes.isGuarded(d) ? { guarded: true as const } : {}),
      ...(this.parts.shapes.makesVersion(d) ? { marks: true as const } : {}),
    };
  }
}

function madeBy(d: Declaration): Makes {
  if (d.kind !== 'named') return 'value';
  const { item } = d;
  if (item.kind === 'function') return 'hoisted';
  return item.kind === 'variable' && item.value !== null && isFunctionNode(item.value) ? 'function' : 'value';
}

/** Where the text of a version begins: a method's with its parameters. */
function lineOf({ fn, form, place, takesThis }: Draft, next: Side): number | null {
  if (fn.isImplicit) return null;
  const node = fn.node as FunctionNode & AnyNode;
  if (form === 'field' || (fn.kind === 'arrow' && !takesThis)) return next.line(place);
  return next.line({ start: parametersStart(next.model.text, node) ?? node.start });
}

function privatesOf({ groups }: Shapes, handle: HandleScope): Pick<PatchUnit, 'privates' | 'methods'> {
  const fields = [...groups.values()].filter((g) => g.handle === handle).flatMap((g) => g.fields);
  const privates = fields.filter(({ name }) => name.startsWith('#'));
  const methods = privates.filter(({ method }) => method !== undefined);
  const names = (of: readonly NewField[]): string[] => of.map(({ name }) => name);
  return { ...(privates.length > 0 ? { privates: names(privates) } : {}), ...(methods.length > 0 ? { methods: names(methods) } : {}) };
}
