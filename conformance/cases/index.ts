import type { Case } from '../support/case.ts';
import { BASIC } from './basic.ts';
import { CALLBACK_CASES } from './callbacks.ts';
import { DATA } from './data.ts';
import { LIBCARE } from './libcare.ts';
import { MANDATED } from './mandated.ts';
import { MODES } from './modes.ts';
import { STATUS } from './status.ts';

export const CASES: readonly Case[] = [...BASIC, ...CALLBACK_CASES, ...DATA, ...STATUS, ...MANDATED, ...LIBCARE, ...MODES];
