/** The kernel's cases, each as a test of its own: the runner has them in one process, as `npm run conformance` does. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Result } from '../../conformance/support/case.ts';
import { root } from '../../scripts/nodes.mjs';

const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'conformance/main.ts'), '--json'], {
  encoding: 'utf8',
  timeout: 100_000,
});

interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly notApplicable: readonly { readonly case: string; readonly reason: string }[];
  readonly cases: readonly Result[];
}

let report: Report | null;
try {
  report = JSON.parse(stdout) as Report;
} catch {
  report = null;
}

test('the cases ran to their end', () => {
  assert.ok(report, stderr);
  assert.equal(report.cases.length, report.passed + report.failed + report.notApplicable.length);
  assert.ok(report.passed > 60);
  for (const { reason } of report.notApplicable) assert.ok(reason.length > 20);
});

for (const { id, what, status, reason } of report?.cases ?? []) {
  test(`${id}: ${what}`, { skip: status === 'not applicable' ? reason : false }, () => {
    assert.equal(status, 'pass', reason);
  });
}
