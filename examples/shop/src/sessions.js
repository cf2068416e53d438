import { randomUUID } from 'node:crypto';

/** Sessions in memory: a restart would lose every one of them. */
export function sessions() {
  const store = new Map();
  return (req, res, next) => {
    const known = /(?:^|; )sid=([^;]+)/.exec(req.headers.cookie ?? '')?.[1];
    let session = known && store.get(known);
    if (!session) {
      const sid = randomUUID();
      session = { visits: 0, items: [], profile: {} };
      store.set(sid, session);
      res.setHeader('set-cookie', `sid=${sid}; HttpOnly`);
    }
    session.visits++;
    res.setHeader('x-visits', String(session.visits));
    req.session = session;
    next();
  };
}
