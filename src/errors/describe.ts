/** The catalogue of errors for people. */
import { ERROR_CODES } from './codes.ts';

const INTRODUCTION = `# Errors

<!-- Generated from src/errors/codes.ts; change it there. -->

Every answer that is not a success is JSON of one shape, whatever was asked and whatever failed:

| member | |
| --- | --- |
| \`status\` | the HTTP status |
| \`code\` | for programs: one of those below, which never change their meaning |
| \`message\` | a sentence for people; its words may change |
| \`details\` | for 400: every problem found, each with a JSON \`pointer\` into the body or query and a \`message\` |
| \`request_id\` | finds the request in the log of the server; also in the header \`x-request-id\` |

A batch answers 200 and has the same members but \`request_id\` in the \`error\` of each task that failed.
How a task that was accepted ends is told by the task itself, in its \`state\` and \`system_logs\`.

| code | status | means | what to do |
| --- | --- | --- | --- |
`;

/** The page docs/errors.md. */
export function describeErrors(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { status, meaning, remedy }]) => `| \`${code}\` | ${status} | ${meaning} | ${remedy} |`,
  );
  return `${INTRODUCTION}${rows.join('\n')}\n`;
}
