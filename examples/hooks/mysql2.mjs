// livepatch build --package mysql2@3.9.6..3.9.7 --hooks examples/hooks/mysql2.mjs, and as well for 3.9.3..3.9.4 and 3.9.7..3.9.8
//
// mysql2 turns the columns of a result into code that reads its rows, and keeps that code. The patch mends how it is made;
// this empties the cache, so the next query makes it anew.
export const claims = ['lib/parsers/text_parser.js generated-code', 'lib/parsers/binary_parser.js generated-code'];
export const module = 'lib/parsers/parser_cache.js'; // `clearCache` below is this module's own

function forget() {
  clearCache();
}
export const postPatch = forget;
export const postUnpatch = forget;
