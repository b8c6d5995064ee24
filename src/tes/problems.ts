/** How validation says what is wrong: everything at once, each with its place and one sentence. */

/** One thing that is wrong with a request. */
export interface Problem {
  /** A JSON pointer into the body, or `/<parameter>` of the query; empty for the whole. */
  readonly pointer: string;
  /** One sentence that names the field and the remedy. */
  readonly message: string;
}

/** A request that cannot be understood, with every problem found. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join(' '));
    this.problems = problems;
  }
}

const NEEDS_ESCAPE = /[~/]/;

/** The JSON pointer (RFC 6901) of a member beneath another one. */
export function pointerTo(parent: string, member: string | number): string {
  if (typeof member === 'number' || !NEEDS_ESCAPE.test(member)) return `${parent}/${member}`;
  return `${parent}/${member.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** How a sentence names the place of a pointer: `/inputs/0/path` is `inputs[0].path`. */
export function fieldName(pointer: string): string {
  if (pointer === '') return 'The body';
  const members = pointer.slice(1).split('/').map(unescapeMember);
  return members
    .map((member, index) => {
      if (/^\d+$/.test(member)) return `[${member}]`;
      if (!/^\w{1,100}$/.test(member)) return `[${quoted(member)}]`;
      return index === 0 ? member : `.${member}`;
    })
    .join('');
}

/** A value of the client in a sentence: in quotes, escaped, and cut to 100 characters. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

function unescapeMember(member: string): string {
  return member.replaceAll('~1', '/').replaceAll('~0', '~');
}
