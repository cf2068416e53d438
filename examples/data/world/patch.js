// livepatch build --from before --to after --hooks patch.js
//
// The same leases in another unit. No code reads both, so all tasks switch at once (mode `barrier`), and in that turn
// every lease in the heap is changed over; and back, when the patch is taken out.
export const module = 'server.js';
export const mode = 'barrier';

livepatch.migrate(Lease, {
  when: 'world',
  added: { seconds: 0 },
  discarded: ['milliseconds'],
  up(lease, { milliseconds }) {
    lease.seconds = milliseconds / 1000;
  },
  down(lease) {
    lease.milliseconds = lease.seconds * 1000;
  },
});
