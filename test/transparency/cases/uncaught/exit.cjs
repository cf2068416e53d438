process.exitCode = 3;
async function main() {
  await 1;
  process.exit(7);
}
main().finally(() => console.log('not reached'));
