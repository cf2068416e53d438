/** The page on verdicts and the table say the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { VERDICTS } from '../../src/build/index.ts';

const SECTIONS: Readonly<Record<string, string>> = {
  Carried: 'carried',
  'Carried with a transform': 'carried-with-transform',
  Warnings: 'warning',
  'Needs a hook': 'needs-hook',
  Refused: 'refused',
};

test('docs/reference/verdicts.md has every code under its verdict, in order, with a word on it', () => {
  const page = readFileSync(new URL('../../docs/reference/verdicts.md', import.meta.url), 'utf8');
  const documented = page
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const verdict = SECTIONS[section.slice(0, section.indexOf('\n'))];
      return section
        .split(/^### /m)
        .slice(1)
        .map((entry) => {
          const [code, ...text] = entry.split('\n');
          assert.ok(text.join('').trim().length > 20, `${code} needs a word`);
          return [code, verdict];
        });
    });
  assert.deepEqual(documented, Object.entries(VERDICTS));
});
