function g() {
  Promise.reject({ not: 'an error' });
}
g();
