/** Programs of which each version has a value of its own, and tells which it is and what it reads. */

/** What stands for TASKS. `read()` is of the program. */
export const TASKS = `exports.use = async (gate) => { await gate; return ['VALUE', read()]; };
exports.now = () => ['VALUE', read()];`;

/** VALUE is that of the version; a line that begins with IN and a version is of that alone. */
export const of = (form: string, value: string): string =>
  form
    .replace('TASKS', TASKS)
    .replaceAll(/^IN (\w+) (.*)$/gm, (_, version, line) => (version === value ? String(line) : ''))
    .replaceAll('VALUE', value);

/** What a version tells that finds its own value. */
export const own = (value: string): string[] => [value, value];
