// What patches and their callbacks use of the data rules.
export { Shadows } from './shadow.ts';
export type { ShadowConstructor, ShadowDestructor } from './shadow.ts';
export { States } from './states.ts';
export type { StateDeclaration, StateRecord } from './states.ts';
