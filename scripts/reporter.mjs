/**
 * A node:test reporter for scripts/test.mjs: a line for each test that failed or was skipped, with its reason,
 * and a last line `#counts {json}` for the launcher, which adds the suites up.
 * Suites are not counted, their tests are; a file that dies before its tests ran is one failure.
 */
import { inspect, stripVTControlCharacters } from 'node:util';
import { relative, resolve } from 'node:path';

const SHOWN_OUTPUT = 4000;

function reasonOf(error) {
  const cause = error?.cause ?? error;
  const text = cause?.stack ?? (typeof cause === 'string' ? cause : inspect(cause, { depth: 4 }));
  return stripVTControlCharacters(text).replace(/^/gm, '      ');
}

export default async function* report(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const output = new Map();
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      // Here the file is named as on the command line, with a test it is absolute.
      const file = resolve(data.file);
      output.set(file, ((output.get(file) ?? '') + data.message).slice(-SHOWN_OUTPUT));
    } else if (type === 'test:pass' && data.details.type !== 'suite') {
      if (data.skip === undefined && data.todo === undefined) counts.passed++;
      else {
        counts.skipped++;
        yield `    - ${data.name} (skipped${typeof data.skip === 'string' ? `: ${data.skip}` : ''})\n`;
      }
    } else if (type === 'test:fail') {
      // A suite fails with its tests, which have been counted; it is itself the failure only when a hook or its body threw.
      if (data.details.type === 'suite' && data.details.error?.failureType === 'subtestsFailed') continue;
      counts.failed++;
      const file = data.file ? relative(process.cwd(), data.file) : '';
      yield `    ✗ ${file}${data.line ? `:${data.line}` : ''} ${data.name}\n${reasonOf(data.details.error)}\n`;
      const said = output.get(data.file);
      output.delete(data.file);
      if (said) yield `      --- output of the file\n${said.replace(/^/gm, '      ')}\n`;
    }
  }
  yield `#counts ${JSON.stringify(counts)}\n`;
}
