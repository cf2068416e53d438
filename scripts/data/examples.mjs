/**
 * The examples of `examples/data` as their customers know them: what may be asked of each, and what is right. A customer
 * cannot tell the versions apart, but for what the new one offers more.
 */

/** Customers have objects of their own, so that each knows what its objects must say. */
const own = (customer, customers, objects, dice) => customer + customers * Math.floor((dice() * (objects - customer)) / customers);

export const EXAMPLES = {
  onCreate: {
    directory: 'on-create',
    hooks: true,
    shapes: { old: 'number,dollars', new: 'number,cents' },
    making: { type: 'Order', args: [1, 9.99] },
    customer: () => (objects, dice) => {
      const number = Math.floor(dice() * objects);
      return { path: `/${number}`, right: ([order]) => order.number === number && order.cents === number % 1000 };
    },
    /** As many orders are placed as there are. */
    afterwards: (objects, page) =>
      Array.from({ length: Math.ceil(objects / page) }, (_, i) => ({
        method: 'POST',
        path: `//${i / 100}/${page}`,
        right: (orders) => orders.length === page && orders.every((order) => order.cents === i && order.number >= objects),
      })),
  },

  onAccess: {
    directory: 'on-access',
    hooks: false,
    shapes: { old: 'user', new: 'user,visits' },
    customer(customer, customers) {
      const visits = new Map();
      return (objects, dice) => {
        const number = own(customer, customers, objects, dice);
        const right = ([session]) => {
          if (session.user !== `user ${number}`) return false;
          // The old version does not count.
          const known = visits.get(number) ?? 0;
          if (session.visits === undefined) return visits.delete(number) || true;
          visits.set(number, session.visits);
          return session.visits > known && session.first > 0;
        };
        return { path: `/${number}/1`, right };
      };
    },
    /** Every session is visited. */
    afterwards: (objects, page) =>
      Array.from({ length: Math.ceil(objects / page) }, (_, i) => ({
        path: `/${i * page}/${page}`,
        right: (sessions) => sessions.every((session, j) => session.user === `user ${i * page + j}` && session.visits > 0),
      })),
  },

  world: {
    directory: 'world',
    hooks: true,
    shapes: { old: 'milliseconds', new: 'seconds' },
    customer(customer, customers) {
      const seconds = new Map();
      return (objects, dice) => {
        const number = own(customer, customers, objects, dice);
        const more = Math.floor(dice() * 10);
        const sum = (seconds.get(number) ?? number) + more;
        seconds.set(number, sum);
        return { path: `/${number}/${more}`, right: (lease) => lease.seconds === sum && lease.ended === (sum === 0) };
      };
    },
    afterwards: () => [],
  },
};
