/** markdown-it renders this project's reference. */
import { readFileSync } from 'node:fs';
import MarkdownIt from 'markdown-it';

const text = readFileSync(new URL('../../../docs/reference/cli.md', import.meta.url), 'utf8');
const md = new MarkdownIt({ html: true, linkify: true, typographer: true });

export const work = () => void md.render(text);
