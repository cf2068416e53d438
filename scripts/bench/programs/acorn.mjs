/** Acorn parses itself. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { parse } = require('acorn');
const text = readFileSync(require.resolve('acorn'), 'utf8');

export const work = () => void parse(text, { ecmaVersion: 'latest', locations: true });
