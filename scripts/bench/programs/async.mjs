/** Nothing but async calls, three deep, each leaf waiting once: what stands around an await is all there is. */
const settled = Promise.resolve();

async function leaf(x) {
  await settled;
  return x + 1;
}

async function pair(x) {
  const first = await leaf(x);
  return first + (await leaf(first));
}

async function tree(x) {
  let sum = 0;
  for (let i = 0; i < 10; i++) sum += await pair(x + i);
  return sum;
}

export async function work() {
  let sum = 0;
  for (let i = 0; i < 20; i++) sum += await tree(i);
  return sum;
}
