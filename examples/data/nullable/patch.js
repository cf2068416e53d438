// livepatch build --from before --to after --hooks patch.js
//
// A field that may be null from now on. Code that cannot read null may be in the middle of a greeting, so there is none
// until all of it has ended; and none is left when such code is about to come back.
export const module = 'server.js';

export function preUnpatch() {
  for (const user of users) user.nick ??= '';
}
