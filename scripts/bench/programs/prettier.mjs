/** Prettier formats a part of Express. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format } from 'prettier/standalone';
import * as babel from 'prettier/plugins/babel';
import * as estree from 'prettier/plugins/estree';

const require = createRequire(import.meta.url);
const text = readFileSync(require.resolve('express/lib/application.js'), 'utf8');

export const work = () => format(text, { parser: 'babel', plugins: [babel, estree] });
