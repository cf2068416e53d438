#!/usr/bin/env node
'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
exports.named = function named() { return 'named'; };
var _other = require('./other.cjs');
Object.defineProperty(exports, 'reexported', { enumerable: true, get: function () { return _other.reexported; } });
Object.keys(_other).forEach(function (key) {
  if (key === 'default' || key === '__esModule') return;
  if (key in exports && exports[key] === _other[key]) return;
  Object.defineProperty(exports, key, { enumerable: true, get: function () { return _other[key]; } });
});
exports.default = class Default {};
