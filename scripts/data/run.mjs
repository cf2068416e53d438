/** One example under load: patched, used, taken back; with what its customers and its heap say of it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary, root } from '../nodes.mjs';
import { startServer } from '../server.mjs';
import { EXAMPLES, MEANINGS } from './examples.mjs';
import { Load } from './load.mjs';

const CLI = join(root, 'dist', 'cli', 'main.js');
/** Objects of one request that is for many. */
const PAGE = 100;
/** What is made to time the making of one. */
const TIMED = 100_000;
const ATTEMPTS = 50;

/**
 * `enough`: requests that have to come back in each phase. Resolves with
 * objects: those of the program that had the new shape before the revert;
 * failed: requests without an answer, or with a wrong one;
 * pauseMs: the longest time that the event loop was kept while the patch came, and its objects were migrated;
 * nsPerObject: what migrating one took, or (on create) making one in the new shape;
 * reverted: all objects have their old shape again;
 * migrating, back: of the turns of the event loop that migrating took, and taking back: the longest, the most that the thread
 *   worked in one (what a turn has more it waited for a processor), the search of the heap, the longest pause of the garbage collector;
 * memory: bytes of the heap in use; dictionaries: objects that V8 keeps as such after the revert.
 */
export function run(name, how) {
  return underLoad(EXAMPLES[name], how, measure);
}

/** The world example with its objects migrated in slices. */
export function runSlices(how) {
  return underLoad({ ...EXAMPLES.world, edit: (hooks) => hooks.replace("when: 'world'", EXAMPLES.world.slices) }, how, measure);
}

/** A change of meaning: whether each version did as it should before the patch, with it and after; and what customers saw. */
export function prove(name, how) {
  return underLoad(MEANINGS[name], how, judge);
}

async function underLoad(example, { node, objects, enough }, act) {
  const directory = join('examples', 'data', example.directory);
  const scratch = mkdtempSync(join(tmpdir(), 'livepatch-data-'));
  const env = { ...process.env, LIVEPATCH_RUNTIME_DIR: join(scratch, 'run'), LIVEPATCH_CACHE: 'off', OBJECTS: String(objects) };
  const livepatch = (...args) =>
    new Promise((resolve, reject) => {
      execFile(nodeBinary(node), [CLI, ...args, '--json'], { cwd: root, env }, (error, stdout, stderr) => {
        if (error) reject(new Error(`livepatch ${args[0]} ended with ${error.code ?? error.signal}:\n${stdout}${stderr}`));
        else resolve(JSON.parse(stdout));
      });
    });
  let server;
  try {
    const file = join(scratch, 'patch.klp');
    const hooks = example.hooks ? ['--hooks', hooksOf(example, directory, scratch)] : [];
    await livepatch('build', '--from', join(directory, 'before'), '--to', join(directory, 'after'), ...hooks, '-o', file);
    server = await startServer(join(directory, 'before', 'server.js'), {
      node: nodeBinary(node),
      options: ['--expose-gc', '--allow-natives-syntax', '--import', 'livepatch/register', '--import', './scripts/data/inside.mjs'],
      env,
    });
    return await act({ server, example, objects, enough, livepatch, file });
  } finally {
    await server?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function hooksOf({ edit }, directory, scratch) {
  const file = join(root, directory, 'patch.js');
  if (!edit) return file;
  const edited = join(scratch, 'hooks.js');
  writeFileSync(edited, edit(readFileSync(file, 'utf8')));
  return edited;
}

async function measure({ server, example, objects, enough, livepatch, file }) {
  const pid = String(server.pid);
  const inside = questions(server.child);
  const making = (count) => (example.making ? inside('making', { ...example.making, count }) : 0);
  const load = new Load(server.port, example, objects);
  await load.passed(enough);
  const makingBefore = await making(Math.min(TIMED, objects));
  const memory = { before: await inside('memory'), patched: 0, reverted: 0 };
  await inside('pause');
  await load.passed(enough);
  const calmMs = await inside('pause');

  await livepatch('apply', file, pid);
  for (const request of example.afterwards(objects, PAGE)) await load.request(request);
  await load.passed(enough);
  const report = await migrated(livepatch, pid);
  const pauseMs = await inside('pause');
  const shapes = await inside('shapes');
  const makingPatched = await making(Math.min(TIMED, objects));
  memory.patched = await inside('memory');

  await inside('pause');
  const { data: back } = await livepatch('revert', 'patch', pid);
  await load.passed(enough);
  const revertPauseMs = await inside('pause');
  const after = await inside('shapes');
  memory.reverted = await inside('memory');
  const dictionaries = await inside('dictionaries');
  await load.stop();
  const total = Object.values(after).reduce((sum, count) => sum + count, 0);
  return {
    objects: shapes[example.shapes.new] ?? 0,
    failed: load.failed + report.failed,
    pauseMs,
    nsPerObject: Math.round(example.making ? makingPatched : report.nsPerObject),
    reverted: total >= objects && after[example.shapes.old] === total,
    requests: load.requests,
    reasons: load.reasons,
    calmMs,
    revertPauseMs,
    migrating: turnsOf(report),
    back: turnsOf(back[0]),
    makingBefore,
    memory,
    dictionaries,
  };
}

const turnsOf = ({ pauseMs, cpuMs, searchMs, gcMs }) => ({ longestMs: pauseMs, cpuMs, searchMs, gcMs });

/** What became of the objects, once none is left to be migrated in a slice. */
async function migrated(livepatch, pid) {
  for (;;) {
    const { processes } = await livepatch('status', pid);
    const report = processes[0].patches[0].data[0];
    if (report.left === 0) return report;
  }
}

async function judge({ server, example, objects, enough, livepatch, file }) {
  const load = new Load(server.port, example, objects);
  const proven = async (version) => {
    await load.passed(enough);
    const asked = typeof example.proof === 'function' ? example.proof(objects) : example.proof;
    const attempt = async () => example[version](await Promise.all(asked.map((request) => load.request(request))), objects);
    // What old code does only when requests overlap may take several attempts; the new code has to be right at once.
    for (let i = version === 'old' ? ATTEMPTS : 1; i > 0; i--) if (await attempt()) return true;
    return false;
  };
  const result = { before: await proven('old'), patched: false, reverted: false };
  await livepatch('apply', file, String(server.pid));
  result.patched = await proven('new');
  await livepatch('revert', 'patch', String(server.pid));
  result.reverted = await proven('old');
  await load.stop();
  return { ...result, requests: load.requests, failed: load.failed, reasons: load.reasons };
}

/** Asks the program itself; see inside.mjs. */
function questions(child) {
  const open = new Map();
  let last = 0;
  child.on('message', ({ id, answer }) => {
    open.get(id).resolve(answer);
    open.delete(id);
  });
  child.on('exit', (code, signal) => {
    for (const { reject } of open.values()) reject(new Error(`the program ended with ${signal ?? code}`));
  });
  return (ask, how = {}) =>
    new Promise((resolve, reject) => {
      open.set(++last, { resolve, reject });
      child.send({ ...how, id: last, ask });
    });
}
