// livepatch build --package socket.io@2.3.0..2.4.0 --hooks examples/hooks/socket.io-2.4.0.mjs
//
// The default for the origins that may connect was a text that let all of them in, and is an empty list. This gives it
// to the servers that exist in the turn in which all requests switch, and what they had back to them. A server that
// was told `*:*` looks like one that was told nothing: tell it again.
export const claims = ['lib/index.js set-up-kept'];
export const module = 'lib/index.js'; // `Server` below is this module's own
export const mode = 'barrier';

const before = new WeakMap();
export function postPatch({ instances }) {
  for (const server of instances(Server)) {
    if (typeof server._origins !== 'string') continue;
    before.set(server, server._origins);
    server.origins(server._origins === '*:*' ? [] : server._origins);
  }
}
export function postUnpatch({ instances }) {
  for (const server of instances(Server)) server._origins = before.get(server) ?? (server._origins.length === 0 ? '*:*' : server._origins);
}
