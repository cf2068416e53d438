import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDuration } from '../../src/cli/duration.ts';
import { supportsNode } from '../../src/cli/guard.ts';
import { table } from '../../src/cli/output/table.ts';
import { place, plain, truncate } from '../../src/cli/output/text.ts';
import { formatBytes, formatMs, formatTime } from '../../src/cli/output/units.ts';

test('the supported Node versions are those of package.json', () => {
  for (const version of ['22.22.3', '22.23.0', '24.11.1', '24.12.0', '26.0.0', '27.1.0', '30.0.0-nightly20271101'])
    assert.equal(supportsNode(version), true, version);
  for (const version of ['18.20.0', '20.20.2', '22.22.2', '22.9.9', '23.11.0', '24.11.0', '24.2.9', '25.9.0', ''])
    assert.equal(supportsNode(version), false, version);
});

test('durations have a unit, except none', () => {
  assert.deepEqual(['0', '500ms', '30s', '2m', '1.5s', '0s'].map(parseDuration), [0, 500, 30_000, 120_000, 1500, 0]);
  for (const text of ['', '30', 's', '-1s', '1h', '1 s', '1e3s', '30S', '99999m', 'Infinity'])
    assert.equal(parseDuration(text), null, text);
});

test('figures are short', () => {
  assert.deepEqual([0, 4.4, 999.4, 1000, 14_230, 59_940, 59_960, 200_000, 3_600_000, 18_720_000, 1_047_600_000].map(formatMs), [
    '0 ms',
    '4 ms',
    '999 ms',
    '1 s',
    '14.2 s',
    '59.9 s',
    '1 min',
    '3 min 20 s',
    '1 h',
    '5 h 12 min',
    '12 d 3 h',
  ]);
  assert.deepEqual([812, 12_345, 999_960, 1_400_000].map(formatBytes), ['812 B', '12.3 kB', '1 MB', '1.4 MB']);
  const noon = new Date(2026, 10, 23, 12, 0, 1).getTime();
  assert.equal(formatTime(noon, noon + 1000), '12:00:01');
  assert.equal(formatTime(noon, noon + 86_400_000), '2026-11-23 12:00:01');
});

test('columns align by what is visible', () => {
  const rows = [
    { name: '\x1b[32mü\x1b[39m', n: 5 },
    { name: 'long', n: 12_345 },
  ];
  assert.equal(
    table(
      [
        { title: 'N', cell: (row) => String(row.n), align: 'right' },
        { title: 'NAME', cell: (row) => row.name },
        { title: 'NOTE', cell: () => '' },
      ],
      rows,
      ' ',
    ),
    ['     N  NAME  NOTE', '     5  \x1b[32mü\x1b[39m', ' 12345  long', ''].join('\n'),
  );
});

test('text of the program cannot steer the terminal', () => {
  assert.equal(plain('GET /\x1b[2J\r\n\u009b1m'), 'GET / [2J 1m');
});

test('places are relative to the program where that is shorter', () => {
  assert.equal(place('/srv/app/lib/a.js:31', '/srv/app'), 'lib/a.js:31');
  assert.equal(place('file:///srv/app/a%20b.js:31', '/srv/app'), 'a b.js:31');
  assert.equal(place('/srv/other/a.js:31', '/srv/app'), '/srv/other/a.js:31');
  assert.equal(place('export.js:31', '/srv/app'), 'export.js:31');
  assert.equal(place('file://host/%zz', '/srv/app'), 'file://host/%zz');
});

test('a line is cut to the width', () => {
  assert.equal(truncate('abcdef', 6), 'abcdef');
  assert.equal(truncate('abcdef', 4), 'abc…');
});
