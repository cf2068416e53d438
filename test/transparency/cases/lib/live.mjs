export let count = 0;
export function increment() { return ++count; }
export default (a, b) => a + b;
