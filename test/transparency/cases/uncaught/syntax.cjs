'use strict';
const bad = '../lib/broken.cjs';
function load() {
  require(bad);
}
load();
