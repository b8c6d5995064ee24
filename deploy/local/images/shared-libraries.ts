import { realpathSync } from 'node:fs';

import { runCommand } from '../command.ts';
import type { ImageFile } from './image-spec.ts';

/** A program of this machine and the shared libraries it loads, each where the loader looks for it. */
export async function programFiles(
  at: string,
  program: string,
): Promise<Record<string, ImageFile>> {
  const files: Record<string, ImageFile> = {
    [at]: { content: { from: realpathSync(program) }, mode: 0o755 },
  };
  for (const library of await sharedLibraries(program)) {
    files[library] = { content: { from: realpathSync(library) }, mode: 0o755 };
  }
  return files;
}

/** Paths of the shared libraries (and the loader) of a program; none for a static one. */
async function sharedLibraries(program: string): Promise<string[]> {
  const listed = await runCommand('ldd', [program]).catch(() => ''); // fails for a static program
  return listed
    .split('\n')
    .map((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1])
    .filter((library) => library !== undefined);
}
