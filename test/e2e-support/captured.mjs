// A program that took its references to three packages long ago: functions by destructuring, instances, bound methods.
// Each probe tells what the vulnerable release does from what the fixed one does.
import { createServer } from 'node:http';
import { Hono } from 'hono';
import _ from 'lodash';
import minimist from 'minimist';

const { unset } = _;
const boundUnset = _.unset.bind(null);
const app = new Hono();
app.get('/admin/*', (c) => c.text('forbidden', 403));
app.get('/*', (c) => c.text(`path ${c.req.path}`));
const boundFetch = app.fetch.bind(app);
const { fetch: detachedFetch } = app;
const parse = minimist;
const boundParse = minimist.bind(null, ['--_.constructor.constructor.prototype.polluted', 'yes']);

/** Whether `remove` takes a property off Object.prototype. */
function removes(remove) {
  Object.defineProperty(Object.prototype, 'lpProbe', { value: 1, configurable: true, writable: true, enumerable: false });
  try {
    remove({}, 'constructor.prototype.lpProbe');
    return !('lpProbe' in {});
  } finally {
    delete Object.prototype.lpProbe;
  }
}

/** Whether parsing these arguments gives every function a property. */
function pollutes(run) {
  try {
    run();
    return (() => {}).polluted === 'yes';
  } finally {
    delete Function.prototype.polluted;
    delete Object.prototype.polluted;
  }
}

const bypasses = async (fetch) => (await fetch(new Request('http://ab:81/admin/panel'))).status !== 403;

async function probe() {
  return {
    lodash: {
      destructured: removes(unset),
      bound: removes(boundUnset),
      own: removes((o, path) => _.unset(o, path)),
      instance: removes((o, path) => _.chain(o).unset(path).value()),
    },
    hono: { instance: await bypasses((r) => app.fetch(r)), bound: await bypasses(boundFetch), destructured: await bypasses(detachedFetch) },
    minimist: {
      destructured: pollutes(() => parse(['--_.constructor.constructor.prototype.polluted', 'yes'])),
      bound: pollutes(boundParse),
    },
    works: {
      lodash: JSON.stringify(_.omit({ a: 1, b: { c: 2, d: 3 } }, ['a', 'b.c'])),
      hono: await (await app.request('/a%20b')).text(),
      minimist: JSON.stringify(parse(['-a', '1', '--b.c=2'])),
    },
  };
}

const server = createServer((request, response) => {
  void probe().then((result) => response.end(JSON.stringify(result)));
});
server.listen(0, '127.0.0.1', () => console.log(`listening on :${server.address().port}`));
