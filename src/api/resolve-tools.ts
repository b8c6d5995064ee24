/** Replaces `trs://` URIs of executors by the images that their registries name. */
import { InvalidTaskError } from '../errors/tes-error.ts';
import { executorImageFault, type ImageRules } from '../tes/image-rules.ts';
import { quoted } from '../tes/problems.ts';
import { collectProblems } from '../tes/shape.ts';
import type { TaskDocument } from '../tes/task.ts';
import { isToolUri, parseToolUri } from '../tes/tool-uri.ts';
import type { ToolImage, ToolRegistry } from '../trs/tool-registry.ts';

/** A document with what the user should know about it. */
export interface Accepted {
  readonly document: TaskDocument;
  readonly warnings: readonly string[];
}

/**
 * Asks for the image of each tool; a line for `system_logs` says what it was. Throws InvalidTaskError for tools without
 * an image that may be used here, and TransientError when a registry cannot be asked.
 */
export async function resolveTools(
  accepted: Accepted,
  tools: ToolRegistry,
  rules: ImageRules,
): Promise<Accepted> {
  const { document, warnings } = accepted;
  if (!document.executors.some(({ image }) => isToolUri(image))) return accepted;
  const { problems, report } = collectProblems();
  const lines: string[] = [];
  const resolve = async (executor: TaskDocument['executors'][number], index: number) => {
    if (!isToolUri(executor.image)) return executor;
    const answer = checked(await imageOf(executor.image, tools), rules);
    if ('fault' in answer) {
      report(`/executors/${index}/image`, answer.fault);
      return executor;
    }
    const { image } = answer;
    lines[index] = `The image of executor ${index}, ${quoted(executor.image)}, is ${image}.`;
    return { ...executor, image };
  };
  const executors = await Promise.all(document.executors.map(resolve));
  if (problems.length > 0) throw new InvalidTaskError(problems);
  return { document: { ...document, executors }, warnings: [...warnings, ...lines.flat()] };
}

async function imageOf(uri: string, tools: ToolRegistry): Promise<ToolImage> {
  const tool = parseToolUri(uri);
  return 'fault' in tool ? tool : tools.imageOf(tool);
}

/** What a registry names is no better than what a user names. */
function checked(answer: ToolImage, rules: ImageRules): ToolImage {
  if ('fault' in answer) return answer;
  const fault = isToolUri(answer.image)
    ? 'is another tool URI'
    : executorImageFault(answer.image, rules);
  return fault === undefined ? answer : { fault: `stands for an image that ${fault}` };
}
