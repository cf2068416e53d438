/** Patches that must not be applied or taken out as things stand. */
import type { DataReport } from '../../agent/protocol.ts';
import type { Migration } from '../../data/index.ts';
import type { Engine, Mode } from '../../engine/index.ts';
import { LivepatchError } from '../../errors/errors.ts';
import type { Expected, Patch, PatchModule } from '../../patch/format.ts';
import type { AppliedPatch } from './applied-patch.ts';

/** The second of two steps comes after the first. Throws ERR_REQUIRES. */
export function refuseUnmet({ patch: { requires }, engine: own, name }: AppliedPatch, engine: Engine): void {
  if (requires === undefined) return;
  const first = engine.patches.find((patch) => patch.name === requires.patch);
  const replaces = first !== undefined && own.replaces(first);
  if (first !== undefined && !replaces && (first.converged || !requires.complete)) return;
  throw new LivepatchError(
    'ERR_REQUIRES',
    {
      patch: name,
      required: requires.patch,
      complete: requires.complete ? 'applied and complete' : 'applied',
      state: first === undefined ? 'it is not applied' : replaces ? 'this one would take its place' : 'not every task runs it',
    },
    { hint: replaces ? 'Apply it with --no-replace.' : `Apply "${requires.patch}" first, and wait until it is complete.` },
  );
}

/** The first of two steps stays while the second does. Throws ERR_REQUIRED where `going` leave behind a patch of `applied` that requires one of them. */
export function refuseRequired(going: readonly AppliedPatch[], applied: Iterable<AppliedPatch>): void {
  for (const { name, patch } of applied) {
    const first = going.find((one) => one.name === patch.requires?.patch);
    if (first === undefined || going.some((one) => one.name === name)) continue;
    throw new LivepatchError('ERR_REQUIRED', { patch: first.name, by: name }, { hint: `Revert "${name}" first.` });
  }
}

/** Throws ERR_STATE_INCOMPATIBLE where a patch in whose place this one comes has made another kind of object of a table, and this one has not. */
export function refuseOtherTables({ name, tables }: AppliedPatch, replaced: readonly AppliedPatch[]): void {
  for (const older of replaced)
    if (!tables.goesOnFrom(older.tables))
      throw new LivepatchError(
        'ERR_STATE_INCOMPATIBLE',
        { patch: name, state: 'a table of another kind', version: 'none', older: older.name, installed: 1 },
        { hint: `Nothing was changed. Revert "${older.name}" first.` },
      );
}

/** Throws ERR_STATE_INCOMPATIBLE where instances have a shape that the patch in whose place this one comes has given them, and it does not know. */
export function refuseOrphans(applied: AppliedPatch, replaced: readonly AppliedPatch[]): void {
  const own = applied.data.migrations.declared;
  for (const older of replaced) {
    for (const { type, name, version, additive } of older.data.migrations.declared) {
      const successor = own.find((m) => m.type === type && !m.additive);
      if (additive || (successor !== undefined && successor.version >= version)) continue;
      throw new LivepatchError(
        'ERR_STATE_INCOMPATIBLE',
        { patch: applied.name, state: `shape of ${name}`, version: successor?.version ?? 'none', older: older.name, installed: version },
        { hint: `Nothing was changed. Revert "${older.name}" first, or build the patch so that it migrates ${name} too.` },
      );
    }
  }
}

/**
 * Shapes of a class come one after the other: where a patch stacks on one that migrates the class, its own is a later one,
 * and leads back from both. Throws ERR_STATE_INCOMPATIBLE where it is not.
 */
export function refuseSideBySide(applied: AppliedPatch, below: readonly AppliedPatch[]): void {
  for (const older of below)
    for (const { type, name, version, additive } of older.data.migrations.declared) {
      const own = additive ? undefined : applied.data.migrations.declared.find((m) => m.type === type && !m.additive);
      if (own === undefined || own.version > version) continue;
      throw new LivepatchError(
        'ERR_STATE_INCOMPATIBLE',
        { patch: applied.name, state: `shape of ${name}`, version: own.version, older: older.name, installed: version },
        { hint: `Nothing was changed. Let it migrate ${name} to version ${version + 1}, from 1 and from ${version}.` },
      );
    }
}

/** What a later patch has made of the instances cannot be led back by this one. Throws ERR_REQUIRED. */
export function refuseBuiltUpon({ name, data }: AppliedPatch, above: readonly AppliedPatch[]): void {
  const own = data.migrations.declared;
  for (const later of above) {
    const upon = later.data.migrations.declared.some((m) => own.some((o) => o.type === m.type && restsOn(m, o)));
    if (upon) throw new LivepatchError('ERR_REQUIRED', { patch: name, by: later.name }, { hint: `Revert "${later.name}" first.` });
  }
}

/** Whether what a later patch makes of instances rests on what the earlier one does: any but added fields may be made of its fields. */
function restsOn(b: Migration, a: Migration): boolean {
  return !b.additive || a.fields.some((field) => b.fields.some((other) => other.name === field.name));
}

/** Throws ERR_IRREVERSIBLE where instances have been migrated and there is no way back. */
export function refuseIrreversible({ name, data }: AppliedPatch): void {
  const { irreversible } = data.migrations;
  if (irreversible === undefined) return;
  throw new LivepatchError(
    'ERR_IRREVERSIBLE',
    { patch: name, type: irreversible.name, count: irreversible.migrated + irreversible.made },
    { hint: 'Replace it by a patch that goes on from there, or restart the program with the old code.' },
  );
}

/** What became of the instances that a patch migrates; nothing where it migrates none. */
export function dataOf({ data }: AppliedPatch): { readonly data?: readonly DataReport[] } {
  return data.migrations.any ? { data: data.migrations.reports() } : {};
}

/** A call that waits at a barrier is asked again by its site, which knows the declared arguments only. */
export function refuseToWait(patch: Patch, name: string, mode: Mode): void {
  if (mode !== 'barrier') return;
  for (const { functions } of patch.modules)
    for (const { path, tracked, takesMore } of functions)
      if (tracked && takesMore)
        throw new LivepatchError('ERR_ARGUMENTS_MODE', { patch: name, path, mode }, { hint: 'Apply it with --mode task.' });
}

export function dependencyLacks({ file }: PatchModule, { specifier, name }: Expected): LivepatchError {
  const what = name === '' || name === '*' ? 'it' : name;
  return new LivepatchError('ERR_DEPENDENCY_LACKS', { module: file, name: what, dependency: specifier }, { hint: 'Nothing was changed.' });
}
