function* g() {
  try {
    yield 1;
    throw new RangeError('in a generator');
  } finally {
    console.log('cleanup');
  }
}
for (const x of g()) console.log(x);
