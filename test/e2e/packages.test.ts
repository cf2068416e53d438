/** Real fixes of released packages, live, through references that the program took before the patch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Bench } from '../e2e-support/program.ts';

const program = fileURLToPath(new URL('../e2e-support/captured.mjs', import.meta.url));
const release = (name: string): string => fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url));

type Probe = Record<'lodash' | 'hono' | 'minimist' | 'works', Record<string, unknown>>;

const vulnerable: Probe = {
  lodash: { destructured: true, bound: true, own: true, instance: true },
  hono: { instance: true, bound: true, destructured: true },
  minimist: { destructured: true, bound: true },
  works: { lodash: '{"b":{"d":3}}', hono: 'path /a b', minimist: '{"_":[],"a":1,"b":{"c":2}}' },
};

/** All of one package's answers turned round. */
function fixed(probe: Probe, name: 'lodash' | 'hono' | 'minimist'): Probe {
  return { ...probe, [name]: Object.fromEntries(Object.keys(probe[name]).map((key) => [key, false])) };
}

for (const [name, shape] of [
  ['minimist', 'CommonJS'],
  ['hono', 'ES modules'],
  ['lodash', 'wrapped in an IIFE'],
] as const) {
  test(`${name} (${shape}): patched, references and all, and reverted`, async (t) => {
    const bench = new Bench(t);
    const server = await bench.start(program);
    const probe = async (): Promise<Probe> => JSON.parse(await server.get('/')) as Probe;
    assert.deepEqual(await probe(), vulnerable);
    const file = bench.path('fix.klp');
    const built = await bench.livepatch('build', '--from', release(name), '--to', release(`${name}-fixed`), '-o', file);
    assert.equal(built.code, 0, built.stdout + built.stderr);
    const applied = await bench.livepatch('apply', file, server.pid);
    assert.equal(applied.code, 0, applied.stdout + applied.stderr);
    assert.deepEqual(await probe(), fixed(vulnerable, name));
    const reverted = await bench.livepatch('revert', 'fix', server.pid);
    assert.equal(reverted.code, 0, reverted.stdout + reverted.stderr);
    assert.deepEqual(await probe(), vulnerable);
  });
}
