import JSON5 from 'json5';

const FIELDS = ['name', 'language', 'theme'];

/** The customer's settings. They are edited by hand, so they are JSON5: comments, single quotes, trailing commas. */
export function saveProfile(req, res) {
  const profile = JSON5.parse(req.body);
  const unknown = Object.keys(profile).find((key) => !FIELDS.includes(key));
  if (unknown !== undefined) {
    res.status(400).json({ error: `unknown field ${unknown}` });
    return;
  }
  req.session.profile = profile;
  res.json({ saved: Object.keys(profile) });
}

/** `admin` is set by the staff's login, never by saveProfile, which knows three fields. */
export function adminsOnly(req, res, next) {
  if (req.session.profile.admin) next();
  else res.status(403).json({ error: 'admins only' });
}
