export {};
await (async () => {
  await 1;
  throw new Error('top', { cause: new Error('why') });
})();
