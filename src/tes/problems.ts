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

/** The JSON pointer (RFC 6901) of a member beneath another one. */
export function pointerTo(parent: string, member: string | number): string {
  return `${parent}/${String(member).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
