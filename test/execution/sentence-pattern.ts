/** The sentence of a row of the table of ends as a pattern. */
import { ENDS, type EndWay } from '../../src/tes/ends.ts';

/** Matches what `endVerdict` makes of the row, whatever the facts are. */
export function sentencePattern(way: EndWay): RegExp {
  const pattern = ENDS[way].says
    .replace(/[.*+?^$()|\\]/g, '\\$&')
    .replaceAll('[', '(?:')
    .replaceAll(']', ')?')
    .replaceAll('{said}', '(?:: [^]+|[.])')
    .replace(/\{\w+\}/g, '[^]+?');
  return new RegExp(`^${pattern}$`);
}
