export {};
// Lines that the tools' tests name: keep their numbers.
function twice(n) {
  const result = n * 2;
  return result;
}
function never() {
  return 'not called';
}
async function later({ value }) {
  await null;
  const sum = value + 1;
  return sum;
}
const pick = (list) => list.filter((x) => x > 1);
later({ value: twice(2) }).then((sum) => {
  if (sum > 100) never();
  console.log(sum, pick([1, 2, 3]).length, typeof ADDED === 'undefined' ? 'plain' : ADDED);
});
