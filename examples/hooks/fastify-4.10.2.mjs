// livepatch build --package fastify@4.10.1..4.10.2 --hooks examples/hooks/fastify-4.10.2.mjs, and as well for 3.29.3..3.29.4
//
// The new code keeps an object for each content type where the old one kept its name. This makes over the lists of the
// servers that exist in the turn in which all requests switch, and back, and forgets what they have looked up.
export const module = 'lib/contentTypeParser.js'; // `ContentTypeParser` below is this module's own
export const mode = 'barrier';

function makeOver({ instances }, change) {
  for (const parser of instances(ContentTypeParser)) {
    parser.parserList = parser.parserList.map(change);
    parser.cache.clear();
  }
}
export function postPatch(livepatch) {
  const { constructor: Item } = new ContentTypeParser(0).parserList[0];
  makeOver(livepatch, (name) => new Item(String(name)));
}
export const postUnpatch = (livepatch) => makeOver(livepatch, String);
