/** Reads of the same values from the same objects: a property, a WeakMap, and shadow variables of both places. */
import { shadow } from 'livepatch/data';

const OBJECTS = 1000;

class Account {
  constructor(value) {
    this.value = value;
  }
}

const accounts = Array.from({ length: OBJECTS }, (_, i) => new Account(i));
const map = new WeakMap(accounts.map((account) => [account, account.value]));
const beside = shadow('bench.beside');
const inside = shadow('bench.inside', { place: 'inside' });
for (const account of accounts) {
  beside.alloc(account, (of) => of.value);
  inside.alloc(account, (of) => of.value);
}

/** Each has a loop of its own, so that none sees through the caches of another. */
const READERS = {
  property(times) {
    let sum = 0;
    for (let t = 0; t < times; t++) for (let i = 0; i < OBJECTS; i++) sum += accounts[i].value;
    return sum;
  },
  weakMap(times) {
    let sum = 0;
    for (let t = 0; t < times; t++) for (let i = 0; i < OBJECTS; i++) sum += map.get(accounts[i]);
    return sum;
  },
  beside(times) {
    let sum = 0;
    for (let t = 0; t < times; t++) for (let i = 0; i < OBJECTS; i++) sum += beside.get(accounts[i]);
    return sum;
  },
  inside(times) {
    let sum = 0;
    for (let t = 0; t < times; t++) for (let i = 0; i < OBJECTS; i++) sum += inside.get(accounts[i]);
    return sum;
  },
};

const spent = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Rounds of `times` thousand reads each, by turns: nanoseconds of one read, by reader. */
export function reads({ rounds, times }) {
  const found = [];
  const expected = READERS.property(1);
  for (let round = -2; round < rounds; round++) {
    const ns = {};
    for (const [name, read] of Object.entries(READERS)) {
      const started = spent();
      const sum = read(times);
      ns[name] = ((spent() - started) * 1e6) / (times * OBJECTS);
      if (sum !== expected * times) throw new Error(`${name} read something else`);
    }
    if (round >= 0) found.push(ns);
  }
  return found;
}
