/**
 * A process under measurement. A program exports `work`, run as often as it is asked to, and whatever other named
 * actions its benchmark needs.
 */
import { pathToFileURL } from 'node:url';

let program;

/** Microseconds that this thread has run: on a machine that is shared, time on the clock measures the neighbours. */
const spent = () => {
  const { user, system } = process.threadCpuUsage();
  return user + system;
};

const actions = {
  async load() {
    program = await import(pathToFileURL(process.argv[2]).href);
    return { ...(await program.load?.()) };
  },
  async work({ times }) {
    const { work } = program;
    const started = spent();
    for (let i = 0; i < times; i++) {
      const result = work();
      if (result instanceof Promise) await result;
    }
    return { ms: (spent() - started) / 1000 };
  },
  async call({ name, argument }) {
    return { result: await program[name](argument) };
  },
  /** As a program ends by itself. */
  end() {
    setImmediate(() => process.exit());
    return {};
  },
  memory() {
    // V8 drops bytecode that several collections in a row have found unused: fewer of them would do so for one of two.
    for (let i = 0; i < 20; i++) globalThis.gc?.();
    return process.memoryUsage();
  },
};

process.on('message', (message) => {
  Promise.resolve(actions[message.do](message)).then(
    (answer) => process.send(answer),
    (error) => process.send({ error: String(error?.stack ?? error) }),
  );
});
