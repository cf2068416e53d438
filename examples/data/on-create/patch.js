// livepatch build --from before --to after --hooks patch.js
//
// Orders that exist keep their shape, and the new code reads both. Until every task runs it, orders are made as before;
// when it is taken out, those that were made since get the shape that the old code knows: in slices, since `objects` says
// where they are.
export const module = 'server.js';

livepatch.migrate(Order, {
  when: 'create',
  objects: () => orders,
  down(order) {
    const { cents } = order;
    delete order.cents;
    order.dollars = cents / 100;
  },
});
