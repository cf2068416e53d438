// Thrown by a method, below a function with a pattern.
function boom({ a }) {
  return a.b.c;
}
class A {
  m() {
    return boom({ a: {} });
  }
}
new A().m();
