// livepatch build --package body-parser@2.2.0..2.2.1 --hooks examples/hooks/body-parser-2.2.1.mjs
//
// Middleware that exists has its options in variables, where the new code asks one object for them. This gives it to the
// middleware that the hole is in; json(), raw() and text() have to be made anew for the patch to stay.
export const module = 'lib/types/urlencoded.js';
export const provide = {
  'urlencoded/urlencodedParser': {
    readOptions: ({ inflate, limit, verify, defaultCharset, shouldParse }) => ({
      inflate,
      limit,
      verify,
      defaultCharset,
      shouldParse,
      isValidCharset: (charset) => charset === 'utf-8' || charset === 'iso-8859-1',
    }),
  },
};
