class E2 extends Error {
  constructor(m) {
    super(m);
    this.code = 'E_TWO';
    Error.captureStackTrace(this, E2);
  }
}
function thrower() {
  throw new E2('custom');
}
const rethrow = async () => {
  try {
    await 1;
    thrower();
  } catch (e) {
    throw e;
  }
};
rethrow();
