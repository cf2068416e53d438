/** The options of the project's scripts: what is wrong with them is said in a line, and --help prints what the script says of itself. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { NODES } from './nodes.mjs';

/** Options are wrong: says why and ends with 2. */
export function usage(complaint) {
  console.error(`${complaint}\nThere is more with --help.`);
  process.exit(2);
}

/** The comment that `script` begins with. */
function about(script) {
  const comment = /^\/\*\*(.*?)\*\//s.exec(readFileSync(script, 'utf8'))[1];
  return comment.replaceAll(/^ ?\*? ?/gm, '').trim();
}

/**
 * `parseArgs`, for the file `script`. `counts` names the options that are whole numbers, each with the least it may be;
 * they come back as numbers. `node` is one of the Nodes that the project brings.
 */
export function readOptions(script, config, counts = {}) {
  let parsed;
  try {
    parsed = parseArgs({ ...config, options: { ...config.options, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    usage(error.message);
  }
  const { values } = parsed;
  if (values.help) {
    console.log(about(script));
    process.exit(0);
  }
  for (const node of [values.node ?? []].flat()) if (!NODES.includes(node)) usage(`--node takes ${NODES.join(', ')}, not ${node}.`);
  for (const [name, least] of Object.entries(counts)) {
    if (values[name] === undefined) continue;
    const count = Number(values[name]);
    if (!Number.isInteger(count) || count < least) usage(`--${name} takes a whole number from ${least} on, not ${values[name]}.`);
    values[name] = count;
  }
  return parsed;
}
