// livepatch build --from before --to after --hooks patch.js
//
// A flag becomes a queue. Old and new jobs share the printers for a while: the new ones keep to the flag as well, so each
// task may switch by itself. The queues go with the patch.
export const states = [{ id: 'printers.lock', version: 1 }];
