'use strict';
Object.defineProperty(exports, "local", {
    enumerable: true,
    get: function() {
        return local;
    }
});
Object.defineProperty(exports, 'named', { enumerable: true, get: function named() { return local } });
Object.defineProperty(module.exports, 'method', { get() { return local; } });
Object.defineProperty(exports, 'keyed', { enumerable: true, get: function () { return other['reexported']; }, });
Object.defineProperty(exports, 'longer', { enumerable: true, get: function () { local(); return local; } });
Object.defineProperty(exports, 'arrow', { enumerable: true, get: () => local });
0 && (module.exports = { hinted: null });
function _export(target, all) {
  for (var name in all) Object.defineProperty(target, name, { enumerable: true, get: all[name] });
}
_export(exports, { hinted: function () { return local; } });
const other = require('./other.cjs');
function local() { return 'local'; }
