import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRequest } from '../../src/agent/request.ts';

test('a request is taken over field by field', () => {
  assert.deepEqual(parseRequest('{"op":"status","extra":1}'), { op: 'status' });
  assert.deepEqual(parseRequest('{"op":"apply","patch":"p","name":"n","timeoutMs":0}'), {
    op: 'apply',
    patch: 'p',
    name: 'n',
    timeoutMs: 0,
  });
  assert.deepEqual(parseRequest('{"op":"apply","patch":"p","mode":"barrier","replace":false}'), {
    op: 'apply',
    patch: 'p',
    mode: 'barrier',
    replace: false,
  });
  assert.deepEqual(parseRequest('{"op":"revert","name":"n"}'), { op: 'revert', name: 'n' });
});

for (const text of [
  '',
  'GET / HTTP/1.1',
  'null',
  '[]',
  '{}',
  '{"op":"exec"}',
  '{"op":"apply"}',
  '{"op":"apply","patch":{}}',
  '{"op":"apply","patch":""}',
  '{"op":"apply","patch":"p","timeoutMs":-1}',
  '{"op":"apply","patch":"p","timeoutMs":"1"}',
  '{"op":"apply","patch":"p","mode":"now"}',
  '{"op":"apply","patch":"p","replace":0}',
  '{"op":"revert"}',
  '{"op":"revert","name":7}',
]) {
  test(`refused: ${text || '(nothing)'}`, () => {
    assert.throws(() => parseRequest(text), { code: 'ERR_USAGE' });
  });
}
