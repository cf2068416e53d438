// livepatch build --from before --to after --hooks patch.js
//
// A lock for accounts that exist, beside them: nothing of it can be seen on an account. Deposits that began without it do
// not wait for it, so all switch at once, when the last of them has ended. It goes with the patch.
export const module = 'server.js';
export const mode = 'barrier';
export const states = [{ id: 'accounts.lock', version: 1 }];
