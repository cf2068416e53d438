/** The project's commands say what they are for, and what is wrong with their options. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { SpawnSyncReturns } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly scripts: Record<string, string> };
const commands = Object.entries(scripts).filter(
  ([, command]) => command.startsWith('node scripts/') && readFileSync(join(root, command.split(' ')[1]!), 'utf8').includes('readOptions('),
);

function run(command: string, option: string): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [...command.split(' ').slice(1), option], { cwd: root, encoding: 'utf8' });
}

test('there are commands with options', () => {
  assert.ok(commands.length >= 12, commands.map(([name]) => name).join(', '));
});

for (const [name, command] of commands)
  test(`npm run ${name} -- --help, and an option that is none`, () => {
    const help = run(command, '--help');
    assert.equal(help.status, 0, help.stderr);
    assert.match(help.stdout, /^(?:[^\n]+\n)+/);
    const wrong = run(command, '--no-such-option');
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /^Unknown option '--no-such-option'.*\nThere is more with --help\.\n$/);
  });
