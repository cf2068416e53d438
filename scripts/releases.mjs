/** Published releases of packages, each installed once, by itself, in a folder that later runs find again. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './nodes.mjs';

const COMMAND_LIMIT_MS = 60_000;
const INSTALL_LIMIT_MS = 300_000;
const cache = process.env.CORPUS_CACHE ?? join(tmpdir(), 'corpus-cache');

export const homeOf = (name, version) => join(cache, `${name.replace('/', '+')}@${version}`);
export const packageOf = (name, version) => join(homeOf(name, version), 'node_modules', ...name.split('/'));

/** Runs to the end, or to the limit: `{code, json, text}`, where `json` is what it printed, if that is any, and `code` null where it was stopped. */
function run(file, args, limitMs, options = {}) {
  return new Promise((done) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let out = '';
    let error = '';
    child.stdout.on('data', (d) => (out += d));
    child.stderr.on('data', (d) => (error += d));
    const timer = setTimeout(() => {
      error = `stopped after ${limitMs / 1000} s`;
      child.kill('SIGKILL');
    }, limitMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      let json = null;
      try {
        json = JSON.parse(out);
      } catch {}
      done({ code, json, text: (error || out).trim() });
    });
  });
}

/** The command line tool, on the Node whose binary is `node`. */
export const livepatch = (node, ...args) => run(node, [join(root, 'dist/cli/main.js'), ...args], COMMAND_LIMIT_MS);

const installing = new Map();

/** Throws what npm says. Whoever asks for the same release meanwhile waits for the same. */
export function install(name, version) {
  const home = homeOf(name, version);
  if (!installing.has(home)) installing.set(home, installIn(home, `${name}@${version}`));
  return installing.get(home);
}

/** In a folder of its own until it is whole: another run may install the same. */
async function installIn(home, release) {
  if (existsSync(join(home, '.ok'))) return;
  mkdirSync(cache, { recursive: true });
  const own = mkdtempSync(`${home}.`);
  try {
    writeFileSync(join(own, 'package.json'), '{"name":"release","version":"0.0.0","private":true}\n');
    const flags = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];
    const all = ['install', ...flags, '--loglevel=error', '--legacy-peer-deps', release];
    const done = await run('npm', all, INSTALL_LIMIT_MS, { cwd: own });
    if (done.code !== 0) throw new Error(`npm install ${release}: ${done.text.slice(0, 200)}`);
    writeFileSync(join(own, '.ok'), '');
    // What a run that was stopped has left.
    if (!existsSync(join(home, '.ok'))) rmSync(home, { recursive: true, force: true });
    try {
      renameSync(own, home);
    } catch (error) {
      if (!existsSync(join(home, '.ok'))) throw error;
    }
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
