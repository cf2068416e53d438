// Where only a line end ends a statement, what is put there must not go on on the next line.
const log = []
const note = (...values) => (log.push(...values), note)
function* yields() {
  yield
  (note('paren'))
  const a = yield
  [note('bracket')]
  let b = 1, c = yield
  `${note('template')}`
  yield /* a comment
  */ -note('minus')
  yield
  +note('plus')
  yield // and one more
  /note/.test(note('pattern'))
  if (a) yield
  else yield
  return [a, b, c]
}
async function returns(x) {
  if (x === 0) return
  (note('after a return'))
  if (x === 1) return
  /x/.test(note('pattern after a return'))
  if (x === 2) return x++
  [note('after a postfix')]
  if (x === 3) return async () => {}
  (note('after an arrow'))
  while (x < 9) x++
  do await x; while (x++ < 11) note('loop')
  return
}
async function awaits(x) {
  await x++
  (note('after an await'))
  const y = await x++
  [note('after an await of a postfix')]
  const z = 1 ? await x++ : async () => {}
  `${note('after an arrow')}`
  await x++, await x--
  ++x
  throw await x++
  (0)
}
class Fields {
  static a = 1 ? 2 : () => {}
  ['b'] = log.length ? 3 : () => {};
  static c = (log, log.length) ? 4 : function () {}
}
const g = yields()
console.log([...g], log.splice(0))
console.log(yields().next(), log.splice(0))
for (const x of [0, 1, 2, 3, 4]) console.log(typeof (await returns(x)), log.splice(0))
await awaits(1).catch((error) => console.log(error))
console.log(log.splice(0), Fields.a, new Fields().b, Fields.c)
