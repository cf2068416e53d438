/**
 * Which stamps must agree. A trace is all calls of one piece of work, each with its version, and with those above it
 * (its caller, the caller of that, ...) that are live when it is called. A transition takes the functions that differ
 * between two worlds from one of them, its universes, to the other.
 *
 * 1. Chain. What is called during a transition and differs is of the same universe as each live call above it that
 *    differs. That is the guarantee: while a function of the set is live, every call into the set below it goes to one
 *    universe. It covers every form alike, for only what is above differs:
 *    - awaited calls, methods, closures, both ends of `Promise.all` and of a bound pool: the caller is live until they return;
 *    - a generator is live from its first value to its last: what it calls agrees with it, and both with whoever consumes it;
 *    - a listener runs on the stack of whoever emits;
 *    - a callback that runs when its maker has returned has whoever awaits it above it, but not its maker;
 *    - detached work agrees with what it was begun in as long as that lives; what it calls later agrees with itself.
 * 2. Whole. If the first function of a trace differs, all that is called until it returns agrees with it: one universe, as
 *    seen in one response. (It follows from 1, and is counted by itself.)
 * 3. End. When a transition has ended, nothing is live in the universe that it left.
 * 4. Time. Each version is one that its function has in a world that was in force, or on its way in or out, when it was
 *    called: nothing runs a version that is gone, or has not come yet.
 *
 * Versions come back (the original does after each revert), so a stamp tells its universe only together with its time:
 * outside transitions, 3 and 4 say all that there is to say.
 *
 * Calls beside each other, with nothing of the set live above both, may differ, even in one task and at the same time:
 * the first may have begun while the task was still pinned. These are counted as `apart`, not as mixed.
 */
import { BY_NAME } from './functions.mjs';

const KEPT = 10;

export class Checker {
  traces = 0;
  calls = 0;
  mixed = 0;
  /** Traces with a version out of its time. */
  stale = 0;
  apart = 0;
  /** In which versions the loops that never return were met. */
  loops = new Map([...BY_NAME.values()].filter(({ form }) => form.endsWith('loop')).map(({ name }) => [name, new Set()]));
  /** Traces in which a transition could have been seen mixed: two calls of functions that differ, one above the other. */
  exposed = 0;
  /** Of these, the ones whose first function differs, and both universes of how many transitions were seen. */
  whole = 0;
  /** @type {string[]} */
  reasons = [];
  #worlds;
  #transitions = [];
  #waiting = [];

  constructor(world) {
    this.#worlds = [{ versions: world.versions, from: -Infinity, to: Infinity }];
  }

  /** A transition has ended: it lasted from `from` to `to` and led from `before` to `after`, or back if it was reversed. */
  ended(before, after, { from, to, result }) {
    const differs = new Set([...before.versions.keys()].filter((name) => before.versions.get(name) !== after.versions.get(name)));
    this.#transitions.push({
      before: before.versions,
      after: after.versions,
      differs,
      left: result === 'reversed' ? 'after' : 'before',
      from,
      to,
      seen: new Set(),
    });
    if (result === 'reversed') {
      this.#worlds.push({ versions: after.versions, from, to });
      this.#worlds.push({ ...this.#worlds.findLast((world) => world.to === Infinity), from });
    } else {
      for (const world of this.#worlds) if (world.to === Infinity) world.to = to;
      this.#worlds.push({ versions: after.versions, from, to: Infinity });
    }
  }

  add(trace) {
    this.#waiting.push(trace);
  }

  /** Judges what had ended by `time`, a moment at which nothing is in transition. */
  settle(time) {
    const ready = this.#waiting.filter((trace) => trace.to <= time);
    this.#waiting = this.#waiting.filter((trace) => trace.to > time);
    for (const trace of ready) this.#judge(trace);
  }

  /** Forgets what no trace can reach that has ended after `time`. */
  forget(time) {
    this.#worlds = this.#worlds.filter((world) => world.to >= time);
    for (const gone of this.#transitions.filter((t) => t.to < time)) if (gone.seen.size === 2) this.both++;
    this.#transitions = this.#transitions.filter((t) => t.to >= time);
  }

  /** Transitions of which both universes were seen. */
  both = 0;

  #judge(trace) {
    const { from, to, calls } = trace;
    this.traces++;
    this.calls += calls.length;
    for (const [name, version] of calls) this.loops.get(name)?.add(version);
    const at = (time) => (span) => span.from <= time && span.to >= time;
    const late = calls.find(([name, version, , begun]) => !this.#worlds.some((w) => at(begun)(w) && w.versions.get(name) === version));
    if (late) {
      this.stale++;
      this.#keep(`${late[0]} ran in version ${late[1]}, out of its time`);
    }
    let exposed = false;
    let whole = false;
    let apart = false;
    const wrong = [];
    for (const t of this.#transitions.filter((span) => span.from <= to && span.to >= from)) {
      // Only what had been called by its end can be told by it.
      const side = calls.map((call) => (call[3] <= t.to ? sideOf(t, call) : null));
      calls.forEach(([, version, above, begun, ended], index) => {
        if (side[index] === null) return;
        if (begun >= t.from) {
          t.seen.add(side[index]);
          const others = above.filter((up) => side[up] !== null);
          exposed ||= others.length > 0;
          whole ||= others.includes(0);
          for (const up of others)
            if (side[up] !== side[index])
              wrong.push(`${path(calls, up)} (${calls[up][1]}) was live when ${path(calls, index)} (${version}) was called`);
        }
        if (ended > t.to && side[index] === t.left)
          wrong.push(`${path(calls, index)} (${version}) was live when a transition away from it had ended`);
      });
      apart ||= isApart(calls, side);
    }
    if (wrong.length > 0) {
      this.mixed++;
      this.#keep(wrong[0]);
    }
    if (exposed) this.exposed++;
    if (whole) this.whole++;
    if (apart) this.apart++;
  }

  #keep(reason) {
    if (this.reasons.length < KEPT) this.reasons.push(reason);
  }
}

/** Null where the transition does not concern the call. */
function sideOf({ before, after, differs }, [name, version]) {
  if (!differs.has(name)) return null;
  if (version === before.get(name)) return 'before';
  return version === after.get(name) ? 'after' : null;
}

const path = (calls, index) => [...calls[index][2].toReversed(), index].map((i) => calls[i][0]).join(' > ');

/** Two calls that have nothing of the set above them were of different universes, and live at the same time. */
function isApart(calls, side) {
  const outermost = calls
    .map((call, i) => ({ call, side: side[i] }))
    .filter((c) => c.side !== null && c.call[2].every((up) => side[up] === null));
  return outermost.some((a, i) => outermost.slice(i + 1).some((b) => a.side !== b.side && b.call[3] < a.call[4] && a.call[3] < b.call[4]));
}
