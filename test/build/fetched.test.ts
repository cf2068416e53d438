/** Packages as the npm client gives them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { installPackage } from '../../src/build/input/npm.ts';

test('a package is unpacked of whose files the archive says what tar does not know, however much that is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'livepatch-npm-'));
  const before = { ...process.env };
  try {
    const files = join(folder, 'package');
    mkdirSync(files);
    writeFileSync(join(files, 'package.json'), '{"name": "wordy", "version": "1.0.0"}');
    for (let i = 0; i < 1500; i++) writeFileSync(join(files, `${i}.js`), '');
    const said = Array.from({ length: 15 }, (_, i) => `NODETAR.package.devDependencies.number-${i}:=1`);
    const archive = join(folder, 'wordy-1.0.0.tgz');
    execFileSync('tar', ['-czf', archive, '--format=pax', `--pax-option=${said.join(',')}`, '-C', folder, 'package']);
    mkdirSync(join(folder, 'bin'));
    writeFileSync(
      join(folder, 'bin', 'npm'),
      `#!/bin/sh\nfor last; do :; done\ncp ${archive} "$last"\necho '[{"filename": "wordy-1.0.0.tgz"}]'\n`,
      { mode: 0o755 },
    );
    process.env['PATH'] = `${join(folder, 'bin')}${delimiter}${before['PATH']}`;
    process.env['LIVEPATCH_PACKAGES'] = join(folder, 'cache');
    const home = await installPackage('wordy', '1.0.0');
    assert.ok(['package.json', '0.js', '1499.js'].every((name) => existsSync(join(home, name))));
  } finally {
    process.env = before;
    rmSync(folder, { recursive: true, force: true });
  }
});
