// What patches, their callbacks and the public API use of the data rules.
export { Shadows } from './shadow.ts';
export type { ShadowConstructor, ShadowDestructor, ShadowPlace, ShadowVariable } from './shadow.ts';
export { States } from './states.ts';
export type { StateDeclaration, StateRecord } from './states.ts';
export { Migrations } from './migrations.ts';
export type { MigrationHost } from './migrations.ts';
export type { MigrationReport } from './report.ts';
export type { AddedField, Constructor, Migration, MigrationOptions } from './migration.ts';
export type { CollectorWatch, Meter } from './slices.ts';
export { Structures } from './structure.ts';
export { isMove, merge, mergeProperty } from './merge.ts';
export { Moves } from './moves.ts';
export type { Move } from './moves.ts';
export type { Called, Merge } from './merge.ts';
export { record } from './record.ts';
export type { Recorded } from './record.ts';
export { isSamePlace, keyOf, read, sameContent, write } from './places.ts';
export type { Change, Content, Place } from './places.ts';
