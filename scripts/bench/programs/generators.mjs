/** Generators and async generators, handed on through `yield*`. */
function* numbers(n) {
  for (let i = 0; i < n; i++) yield i;
}

function* twice(n) {
  yield* numbers(n);
  yield* numbers(n);
}

async function* slow(n) {
  for (const x of twice(n)) yield x;
}

export async function work() {
  let sum = 0;
  for await (const x of slow(50)) sum += x;
  for (let i = 0; i < 20; i++) for (const x of twice(20)) sum += x;
  return sum;
}
