// livepatch build --package crypto-js@4.1.1..4.2.0 --hooks examples/hooks/crypto-js-4.2.0.mjs
//
// The defaults of PBKDF2 are an object that is made as the module loads, which it has done; programs hold it. This sets
// the new defaults in it, and the old ones when the patch is taken out. Blowfish, which 4.2.0 adds, needs a restart.
export const claims = ['index.js statement-changed', 'pbkdf2.js statement-changed'];
export const module = 'pbkdf2.js'; // `require` below is this module's own

require('./sha256');
const { PBKDF2, SHA256 } = require('./core').algo;
const { hasher, iterations } = PBKDF2.cfg;

export const postPatch = () => Object.assign(PBKDF2.cfg, { hasher: SHA256, iterations: 250000 });
export const preUnpatch = () => Object.assign(PBKDF2.cfg, { hasher, iterations });
