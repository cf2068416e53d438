/** Code that converts tables to the kind that the new version makes, and back. */
import { accessTo } from '../../version/forms/own-properties.ts';
import type { Target } from './convertible.ts';

export interface Conversion {
  readonly name: string;
  readonly to: Target;
}

/** Statements that convert `o`, and back. */
export interface Statements {
  readonly up: string;
  readonly down: string;
}

/** The callbacks that do it. */
export function codeOf(classes: ReadonlyMap<string, readonly Statements[]>, variables: readonly Conversion[]): string {
  const migrations = [...classes].map(
    ([name, conversions]) =>
      `$lp.migrate(${name},{when:'world',up(o){${conversions.map(({ up }) => up).join('')}},down(o){${conversions.map(({ down }) => down).join('')}}});\n`,
  );
  return `(function($lp){"use strict";
const $lp_is=(value,prototype)=>typeof value==='object'&&value!==null&&Object.getPrototypeOf(value)===prototype;
const $lp_plain=(value)=>{
if(typeof value!=='object'||value===null)return false;
const prototype=Object.getPrototypeOf(value);
return prototype!==null&&(prototype===Object.prototype||!Object.hasOwn(prototype,'constructor'));
};
const $lp_was=new WeakMap();
${migrations.join('')}return{postPatch(){${variables.map((one) => upOf(one, one.name)).join('')}},postUnpatch(){${variables.map((one) => downOf(one, one.name)).join('')}}}})`;
}

/**
 * Only of what the old code made: the program may have put something else there. A table of its that has been given a
 * prototype, which is none of a class, got that by an assignment to the key `__proto__`.
 */
export function upOf({ name, to }: Conversion, held = `o${accessTo(name)}`): string {
  switch (to) {
    case 'bare object':
      return `if($lp_plain(${held}))Object.setPrototypeOf(${held},null);`;
    case 'Map':
      return `if($lp_plain(${held}))${held}=new Map(Object.entries(${held}));`;
    case 'Set':
      return `if($lp_is(${held},Array.prototype))${held}=new Set(${held});`;
  }
}

/** What the old code could not have put there is left out: an assignment to `__proto__` gave its table a prototype. */
export function downOf({ name, to }: Conversion, held = `o${accessTo(name)}`): string {
  switch (to) {
    case 'bare object':
      return `if($lp_is(${held},null)){delete ${held}.__proto__;Object.setPrototypeOf(${held},Object.prototype);}`;
    case 'Map':
      return `if($lp_is(${held},Map.prototype))${held}=Object.fromEntries([...${held}].filter(([key])=>key!=='__proto__'));`;
    case 'Set':
      return `if($lp_is(${held},Set.prototype))${held}=[...${held}];`;
  }
}
