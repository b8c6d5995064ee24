/** Tool registries of GA4GH TRS version 2: which image a version of a tool is. */
import pLimit from 'p-limit';

import { TransientError } from '../errors/tes-error.ts';
import { type ToolVersion, toolVersionUrl } from '../tes/tool-uri.ts';
import { isUnreachable, readJson, type ReadOptions } from './read-json.ts';
import { imageOfVersion } from './tool-version.ts';

/** What a registry says of a version: its image, or the end of a sentence about why there is none. */
export type ToolImage = { readonly image: string } | { readonly fault: string };

/** Registries that are asked for images. */
export interface ToolRegistry {
  /** Asks for one version. Throws TransientError when the registry cannot be asked. */
  imageOf(tool: ToolVersion): Promise<ToolImage>;
}

/** Many tasks of one workflow name the same tools, within moments. */
const KEPT_MS = 60_000;
const MOST_KEPT = 1000;

const AT_A_TIME = 8;

/** Creates the client; answers are kept for a minute, so that a batch of tasks asks once. */
export function createToolRegistry(options: ReadOptions): ToolRegistry {
  const atATime = pLimit(AT_A_TIME);
  const known = new Map<string, { readonly answer: Promise<ToolImage>; readonly until: number }>();

  async function ask(tool: ToolVersion): Promise<ToolImage> {
    try {
      const { status, body } = await readJson(toolVersionUrl(tool), options);
      if (status === 200) return imageOfVersion(body);
      if (status === 404) return { fault: `does not exist at ${tool.host}` };
      throw new TransientError(
        `The tool registry ${tool.host} answers ${status}; try again later.`,
      );
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      const { message } = error;
      throw new TransientError(`The tool registry ${tool.host} cannot be asked: ${message}.`, {
        cause: error,
      });
    }
  }

  return {
    imageOf(tool) {
      const url = toolVersionUrl(tool).href;
      const found = known.get(url);
      if (found !== undefined && found.until > Date.now()) return found.answer;
      const answer = atATime(() => ask(tool));
      const [oldest] = known.keys();
      if (known.size >= MOST_KEPT && oldest !== undefined) known.delete(oldest);
      known.delete(url);
      known.set(url, { answer, until: Date.now() + KEPT_MS });
      // What failed is asked for anew.
      answer.catch(() => known.delete(url));
      return answer;
    },
  };
}
