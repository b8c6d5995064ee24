/** The sentence of a row of the table of ends as a pattern. */
import type { EndFacts } from '../../src/tes/end-verdict.ts';
import { ENDS, type EndWay } from '../../src/tes/ends.ts';

/**
 * Matches what `endVerdict` makes of the row: with these facts, which must then be told, and whatever the others are.
 */
export function sentencePattern(way: EndWay, facts: EndFacts = {}): RegExp {
  const known = new Map<string, string | number>(Object.entries(facts));
  const isTold = (part: string): boolean =>
    Array.from(part.matchAll(/\{(\w+)\}/g)).every(([, name = '']) => known.has(name));
  const pattern = ENDS[way].says
    .replace(/[.*+?^$()|\\]/g, '\\$&')
    .replace(/\[([^\]]*)\]/g, (_, part: string) => (isTold(part) ? part : `(?:${part})?`))
    .replace(/\{(\w+)\}/g, (_, name: string) => {
      const fact = known.get(name);
      if (fact !== undefined) return escaped(String(fact));
      return name === 'said' ? '(?:: [^]+|[.])' : '[^]+?';
    });
  return new RegExp(`^${pattern}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^$()|[\]{}\\]/g, '\\$&');
}
