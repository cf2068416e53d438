import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TransitionStatus } from '../../src/agent/protocol.ts';
import { transitionLine } from '../../src/cli/commands/status.ts';
import { dataLine, takenBackLine } from '../../src/cli/output/data.ts';
import { later, progressKey, progressLine, progressView } from '../../src/cli/output/progress.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { HOLDER } from '../agent/fake-control.ts';

const transition: TransitionStatus = {
  patch: 'fix',
  direction: 'patching',
  reversed: false,
  startedAt: 0,
  elapsedMs: 14_300,
  deadlineMs: 60_000,
  pending: 3,
  holders: [HOLDER],
};

function terminal(live: boolean, json = false): Terminal & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    json,
    live,
    columns: 40,
    out: () => {},
    err: (text) => void lines.push(text),
    style: { out: (_, text) => text, err: (_, text) => text },
  };
}

test('the line says how many, the oldest, its label, and where it waits', () => {
  assert.equal(progressLine(transition, '/srv/app'), 'transition 3 pending · oldest 14.2 s · GET /export · exportAll at export.js:31');
  assert.equal(
    progressLine({ ...transition, holders: [{ ...HOLDER, label: '', waitsAt: null }] }, '/srv/app'),
    'transition 3 pending · oldest 14.2 s · exportAll',
  );
  assert.equal(progressLine({ ...transition, reversed: true, holders: [] }, '/srv/app'), 'transition 3 pending, reversed');
});

test('the status line says the direction and when it will be reversed', () => {
  assert.equal(transitionLine(transition), 'fix: patching for 14.3 s, 3 pending, reverses in 45.7 s');
  assert.equal(
    transitionLine({ ...transition, reversed: true, direction: 'unpatching', deadlineMs: null }),
    'fix: unpatching (reversed) for 14.3 s, 3 pending',
  );
});

test('what became of instances', () => {
  const report = {
    class: 'Lease',
    version: 2,
    when: 'slices',
    objects: 1000,
    failed: 3,
    left: 200,
    pauseMs: 596,
    cpuMs: 500,
    searchMs: 0,
    gcMs: 100,
    nsPerObject: 1,
  } as const;
  assert.equal(dataLine(report), 'Lease: 1000 instances migrated, 3 failed, 200 left; the longest turn took 596 ms');
  assert.equal(
    dataLine({ ...report, when: 'create', objects: 1, failed: 0, left: 0, pauseMs: 0 }),
    'Lease: 1 instance made in the new shape',
  );
  assert.equal(dataLine({ ...report, objects: 0, failed: 0, left: 0, pauseMs: 0 }), null);
  assert.equal(takenBackLine(report), 'Lease: instances taken back in a turn of 596 ms');
  assert.equal(takenBackLine({ ...report, pauseMs: 0 }), null);
});

test('that time passes is no change', () => {
  assert.equal(progressKey(later(transition, 5000)), progressKey(transition));
  assert.equal(later(transition, 5000).holders[0]?.ageMs, 19_200);
  assert.notEqual(progressKey({ ...transition, pending: 2 }), progressKey(transition));
  assert.notEqual(progressKey({ ...transition, holders: [{ ...HOLDER, waitsAt: '/srv/app/export.js:40' }] }), progressKey(transition));
});

test('on a pipe there is a line for each change', () => {
  const pipe = terminal(false);
  const view = progressView(pipe, '/srv/app');
  for (const report of [transition, later(transition, 100), { ...transition, pending: 2 }, { ...transition, pending: 2 }])
    view.update(report);
  view.end();
  assert.deepEqual(pipe.lines, [
    'transition 3 pending · oldest 14.2 s · GET /export · exportAll at export.js:31\n',
    'transition 2 pending · oldest 14.2 s · GET /export · exportAll at export.js:31\n',
  ]);
});

test('on a terminal one line is redrawn, grows older by itself, and is gone at the end', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const pass = (ms: number): void => {
    now += ms;
    t.mock.timers.tick(ms);
  };
  const tty = terminal(true);
  const view = progressView(tty, '/srv/app');
  view.update(transition);
  pass(100);
  pass(100);
  view.end();
  view.end();
  const line = (age: string): string => `\rtransition 3 pending · oldest ${age} s ·…\x1b[K`;
  assert.deepEqual(tty.lines, [line('14.2'), line('14.3'), line('14.4'), '\r\x1b[K']);
  pass(100);
  assert.equal(tty.lines.length, 4);
});

test('for a machine there is none', () => {
  const machine = terminal(false, true);
  progressView(machine, '/').update(transition);
  assert.deepEqual(machine.lines, []);
});
