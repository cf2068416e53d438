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

/** The leases once more, a few in each turn: this in place of `when: 'world'`. */
EXAMPLES.world.slices = "when: 'slices', objects: () => leases";

const several = (count, path) => Array.from({ length: count }, () => ({ path, right: () => true }));

/**
 * Changes of what data means, with its shape as it was. `proof` is asked at once, `old` and `new` judge the answers of
 * each version; what customers ask has to be right in both.
 */
export const MEANINGS = {
  nullable: {
    directory: 'nullable',
    hooks: true,
    customer: () => (objects, dice) => {
      const number = Math.floor(dice() * 2);
      const what = dice() < 0.5 ? 'clear' : 'name';
      return { path: `/${what}/${number}`, right: ({ greeting }) => [`user ${number}`, `nick ${number}`].includes(greeting) };
    },
    proof: [{ path: '/clear/7', right: ({ greeting }) => greeting === 'user 7' }],
    old: ([{ nick }]) => nick === '',
    new: ([{ nick }]) => nick === null,
  },

  lock: {
    directory: 'lock',
    hooks: true,
    customer(customer, customers) {
      const balances = new Map();
      return (objects, dice) => {
        const number = own(customer, customers, objects - 1, dice);
        const balance = (balances.get(number) ?? 0) + 1;
        balances.set(number, balance);
        return { path: `/${number}/1`, right: (account) => account.balance === balance };
      };
    },
    proof: (objects) => several(20, `/${objects - 1}/1`),
    /** Deposits that are lost are those of whom another has the balance too. */
    old: (accounts) => new Set(accounts.map(({ balance }) => balance)).size < 20,
    new: (accounts) => Math.max(...accounts.map(({ balance }) => balance)) - Math.min(...accounts.map(({ balance }) => balance)) === 19,
  },

  asyncLock: {
    directory: 'async-lock',
    hooks: true,
    customer: () => (_objects, dice) => ({ path: `/${Math.floor(dice() * 4)}`, right: ({ printed, alone }) => !printed || alone }),
    proof: several(20, '/7'),
    old: (jobs) => jobs.some(({ printed }) => !printed),
    new: (jobs) => jobs.every(({ printed, alone }) => printed && alone),
  },

  operations: {
    directory: 'operations',
    hooks: false,
    customer: () => (_objects, dice) => {
      const [name, result] = [
        ['add', 8],
        ['subtract', 4],
        ['power', 36],
      ][Math.floor(dice() * 3)];
      return { path: `/${name}/6/2`, right: (answer) => answer.result === result };
    },
    proof: [{ path: '/multiply/6/2', right: () => true }],
    old: ([{ result }]) => result === 'unknown',
    new: ([{ result }]) => result === 12,
  },

  lru: {
    directory: 'lru',
    hooks: true,
    customer: () => (objects, dice) => {
      const number = Math.floor(dice() * 2 * objects);
      return { path: `/${number}`, right: ({ square }) => square === number * number };
    },
    proof: (objects) => several(20, `/${objects}`),
    old: ([{ size }], objects) => size > 500 || objects === 0,
    new: ([{ size }]) => size === 500,
  },
};
