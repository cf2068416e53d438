/** A program with a control socket and no runtime behind it. Its parent drives the FakeControl by name. */
import { startAgent } from '../../src/agent/server.ts';
import { FakeControl } from './fake-control.ts';

const control = new FakeControl(process.env.FAKE_NAME);
control.manual = process.env.FAKE_MANUAL === '1';
const agent = startAgent(control);

process.on(
  'message',
  (message: { readonly call: 'progress' | 'finish'; readonly value: never } | { readonly call: 'block'; readonly value: number }) => {
    if (message.call === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, message.value);
    else control[message.call](message.value);
  },
);
await agent.ready;
process.send?.({ path: agent.path, error: agent.lastError });
