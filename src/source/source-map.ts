/** The source map that a text comes with: https://tc39.es/ecma426/ */

/** As V8 reads it: the last one counts, and with an empty address it takes back those before. */
const COMMENT = /\/\/[#@][^\S\n]sourceMappingURL=([^\s'"]*)[^\S\n]*$/gm;

export interface RawMap {
  version: number;
  sources: (string | null)[];
  sourcesContent?: (string | null)[];
  names: string[];
  mappings: string;
  sourceRoot?: string;
}

/** The map's own text, or the address of the file that holds it; null for a text without one. */
export type MapPlace = { readonly kind: 'inline'; readonly json: string } | { readonly kind: 'file'; readonly address: string };

/** Where the map of `text` is. Throws where it is part of the text and cannot be read. */
export function mapPlace(text: string): MapPlace | null {
  if (!text.includes('sourceMappingURL=')) return null;
  const found = [...text.matchAll(COMMENT)].at(-1)?.[1];
  if (!found) return null;
  const data = /^data:application\/json[^,]*?(;base64)?,(.*)$/.exec(found);
  if (!data) return { kind: 'file', address: found };
  return { kind: 'inline', json: data[1] ? Buffer.from(data[2]!, 'base64').toString('utf8') : decodeURIComponent(data[2]!) };
}

/** As a text is given one that is written into it. */
export function mapComment(map: RawMap): string {
  return `//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}`;
}
