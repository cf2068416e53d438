/**
 * A node:test reporter for scripts/test.mjs: each test that failed or was skipped, with its reason, and after each file
 * a line `#sum {json}` for the launcher. The last one holds, also when the run had to be killed.
 * Suites are not counted, their tests are; a file that dies before its tests ran is one failure.
 */
import { inspect, stripVTControlCharacters } from 'node:util';
import { relative, resolve } from 'node:path';

const SHOWN_OUTPUT = 4000;
const SHOWN_FILES = 4;

const indent = (text) => text.trimEnd().replace(/^/gm, '      ');

function reasonOf(error) {
  const cause = error?.cause ?? error;
  return indent(stripVTControlCharacters(cause?.stack ?? (typeof cause === 'string' ? cause : inspect(cause, { depth: 4 }))));
}

/** What a test file wrote, its last part. */
class Output {
  #texts = new Map();

  add(file, text) {
    this.#texts.set(file, ((this.#texts.get(file) ?? '') + text).slice(-SHOWN_OUTPUT));
  }

  /** Gives it once: a file with ten failures need not say everything ten times. */
  take(file) {
    const text = this.#texts.get(file) ?? '';
    this.#texts.delete(file);
    return text;
  }
}

export default async function* report(events) {
  const sum = { passed: 0, failed: 0, skipped: 0, slowest: [] };
  const output = new Output();
  const seconds = new Map();
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      // Here the file is named as on the command line, with a test it is absolute.
      output.add(resolve(data.file), data.message);
      continue;
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const file = data.file ? relative(process.cwd(), data.file) : '';
    const isSuite = data.details.type === 'suite';
    if (type === 'test:fail') {
      // A suite fails with its tests, which have been counted. Where a hook or its body threw, it is itself the failure.
      if (!isSuite || data.details.error?.failureType !== 'subtestsFailed') {
        sum.failed++;
        yield `    ✗ ${file}${data.line ? `:${data.line}` : ''} ${data.name}\n${reasonOf(data.details.error)}\n`;
        const said = output.take(data.file);
        if (said) yield `      --- output of the file\n${indent(said)}\n`;
      }
    } else if (data.skip !== undefined || data.todo !== undefined) {
      sum.skipped++;
      yield `    - ${data.name} (skipped${typeof data.skip === 'string' ? `: ${data.skip}` : ''})\n`;
    } else if (!isSuite) {
      sum.passed++;
    }
    if (data.nesting > 0) continue;
    seconds.set(file, (seconds.get(file) ?? 0) + data.details.duration_ms / 1000);
    sum.slowest = [...seconds].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN_FILES);
    yield `#sum ${JSON.stringify(sum)}\n`;
  }
}
