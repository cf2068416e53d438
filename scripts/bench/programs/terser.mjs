/** Terser minifies a part of Express. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { minify } from 'terser';

const require = createRequire(import.meta.url);
const text = readFileSync(require.resolve('express/lib/response.js'), 'utf8');

export const work = () => minify(text, { compress: true, mangle: true });
