async function inner() {
  await null;
  const x = undefined;
  x.foo();
}
async function outer() {
  await inner();
}
outer();
