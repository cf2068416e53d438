// What the Node glue and the tests build on. Nothing here may know the platform.
export { Activation } from './activation.ts';
export { Engine } from './engine.ts';
export { HoldNode } from './hold-node.ts';
export type { Universe } from './hold-node.ts';
export type { Direction, EngineEvent, EngineHost, Gate, HookName, ObjectState } from './host.ts';
export { Patch, PatchObject, Version } from './patch.ts';
export type { AdmitAnswer, MakerHooks, Mode, PatchHooks, PatchOptions } from './patch.ts';
export { Site } from './site.ts';
export type { Decision, Dispatch, EntryForm, VersionPair } from './site.ts';
export { holders, patchStates, transitionState } from './status.ts';
export type { HolderState, PatchState, TransitionState } from './status.ts';
export { Context, Task } from './task.ts';
export type { TaskKind } from './task.ts';
export { Transition } from './transition.ts';
export type { Gated, Outcome } from './transition.ts';
