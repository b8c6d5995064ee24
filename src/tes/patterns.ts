/**
 * POSIX patterns (`*`, `?`, `[…]`) in the path of an output. No wildcard matches `/`, and none matches a leading dot,
 * as in a shell. Classes such as `[:alpha:]` are those of ASCII. A backslash takes the next character literally.
 */
import { cleanPath } from './paths.ts';

/** One name of a path: true when a file or directory of that name matches. */
export type NameMatcher = (name: string) => boolean;

/** A pattern as a walk needs it: where to start, and what to match at each level beneath. */
export interface PathPattern {
  /** The longest directory before the first wildcard; nothing outside it can match. */
  readonly base: string;
  readonly levels: readonly NameMatcher[];
}

type Token =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly holds: (character: string) => boolean };

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[A-Za-z0-9]/,
  alpha: /[A-Za-z]/,
  blank: /[ \t]/,
  // eslint-disable-next-line no-control-regex -- the class is the control characters
  cntrl: /[\x00-\x1f\x7f]/,
  digit: /[0-9]/,
  graph: /[\x21-\x7e]/,
  lower: /[a-z]/,
  print: /[\x20-\x7e]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /[ \t\n\v\f\r]/,
  upper: /[A-Z]/,
  xdigit: /[0-9A-Fa-f]/,
};

const WILDCARD = /[*?]/;

/** Only with one of these does it take a closer look to tell. */
const SET_OR_ESCAPE = /[[\\]/;

/**
 * True when an output's path is a pattern. `[…]` alone counts only together with a `path_prefix`: there are clients
 * that send file names with brackets and mean them literally.
 */
export function isPattern(output: {
  readonly path: string;
  readonly path_prefix?: string;
}): boolean {
  if (!SET_OR_ESCAPE.test(output.path)) return WILDCARD.test(output.path);
  const kinds = new Set(namesOf(output.path).flatMap((name) => tokenize(name).map((t) => t.kind)));
  if (kinds.has('star') || kinds.has('any')) return true;
  return kinds.has('set') && output.path_prefix !== undefined;
}

/** Splits an absolute pattern into its fixed directory and the names to match beneath it. */
export function parsePattern(path: string): PathPattern {
  const names = namesOf(path).map(tokenize);
  const first = names.findIndex((tokens) => tokens.some((token) => token.kind !== 'literal'));
  const fixed = first === -1 ? names : names.slice(0, first);
  const rest = first === -1 ? [] : names.slice(first);
  return {
    base: cleanPath(fixed.map(literalOf).join('/')),
    levels: rest.map((tokens) => (name) => matches(tokens, Array.from(name))),
  };
}

/** True when a whole absolute path matches a pattern. */
export function matchesPattern(pattern: PathPattern, path: string): boolean {
  const names = namesOf(path);
  const base = namesOf(pattern.base);
  if (names.length !== base.length + pattern.levels.length) return false;
  return names.every((name, index) => {
    const level = pattern.levels[index - base.length];
    return level ? level(name) : name === base[index];
  });
}

function namesOf(path: string): string[] {
  return cleanPath(path).slice(1).split('/');
}

function literalOf(tokens: readonly Token[]): string {
  return tokens.map((token) => (token.kind === 'literal' ? token.character : '')).join('');
}

function tokenize(name: string): Token[] {
  const characters = Array.from(name);
  const tokens: Token[] = [];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? '';
    const set = character === '[' ? readSet(characters, at) : undefined;
    if (set) {
      tokens.push({ kind: 'set', holds: set.holds });
      at = set.end;
    } else if (character === '\\' && at + 1 < characters.length) {
      at++;
      tokens.push({ kind: 'literal', character: characters[at] ?? '' });
    } else if (character === '*') tokens.push({ kind: 'star' });
    else if (character === '?') tokens.push({ kind: 'any' });
    else tokens.push({ kind: 'literal', character });
  }
  return tokens;
}

type Member = (character: string) => boolean;

/** The bracket expression that begins at `start`; undefined when it is not closed and so a plain `[`. */
function readSet(
  characters: readonly string[],
  start: number,
): { readonly holds: Member; readonly end: number } | undefined {
  const negated = characters[start + 1] === '!' || characters[start + 1] === '^';
  const first = start + (negated ? 2 : 1);
  const members: Member[] = [];
  for (let at = first; at < characters.length;) {
    if (characters[at] === ']' && at > first) {
      return { holds: (character) => members.some((m) => m(character)) !== negated, end: at };
    }
    const member = readClass(characters, at) ?? readRange(characters, at);
    members.push(member.holds);
    at = member.next;
  }
  return undefined;
}

interface ReadMember {
  readonly holds: Member;
  readonly next: number;
}

/** `[:name:]`, `[.c.]` or `[=c=]` inside a bracket expression. A class that does not exist holds nothing. */
function readClass(characters: readonly string[], at: number): ReadMember | undefined {
  const found = /^\[([:.=])([^\]]+?)\1\]/u.exec(characters.slice(at, at + 20).join(''));
  if (!found) return undefined;
  const [whole, kind, name = ''] = found;
  const next = at + Array.from(whole).length;
  if (kind !== ':') return { holds: (character) => character === name, next };
  const members = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined;
  return { holds: (character) => members?.test(character) ?? false, next };
}

/** One character, or two with a hyphen between them. */
function readRange(characters: readonly string[], at: number): ReadMember {
  const low = readCharacter(characters, at);
  const isRange = characters[low.next] === '-' && (characters[low.next + 1] ?? ']') !== ']';
  const high = isRange ? readCharacter(characters, low.next + 1) : low;
  const holds: Member = (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code >= low.code && code <= high.code;
  };
  return { holds, next: high.next };
}

function readCharacter(characters: readonly string[], at: number): { code: number; next: number } {
  const escaped = characters[at] === '\\' && at + 1 < characters.length;
  const place = escaped ? at + 1 : at;
  return { code: characters[place]?.codePointAt(0) ?? 0, next: place + 1 };
}

/** Matches with one point to come back to, the last star, so that no pattern takes longer than length × length. */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  const head = tokens[0];
  if (name[0] === '.' && !(head?.kind === 'literal' && head.character === '.')) return false;
  let token = 0;
  let at = 0;
  let star: { readonly token: number; at: number } | undefined;
  while (at < name.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = { token, at };
      token++;
    } else if (current && takes(current, name[at] ?? '')) {
      token++;
      at++;
    } else if (star) {
      star.at++;
      at = star.at;
      token = star.token + 1;
    } else return false;
  }
  return tokens.slice(token).every((rest) => rest.kind === 'star');
}

function takes(token: Token, character: string): boolean {
  switch (token.kind) {
    case 'literal':
      return token.character === character;
    case 'any':
      return true;
    case 'set':
      return token.holds(character);
    case 'star':
      return false;
  }
}
