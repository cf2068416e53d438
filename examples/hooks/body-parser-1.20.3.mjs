// livepatch build --package body-parser@1.20.2..1.20.3 --hooks examples/hooks/body-parser-1.20.3.mjs
//
// Middleware that exists was made without the new option `depth`, and its closures have no such variable. This gives
// it to them; middleware that is made after the patch has its own.
export const module = 'lib/types/urlencoded.js';
export const provide = {
  'urlencoded/urlencodedParser': { depth: () => 32 },
  'extendedparser/queryparse': { depth: () => 32 },
};
