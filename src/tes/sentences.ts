/** The turns of phrase that the sentences for users share. */
import type { ContainerObservation } from './observation.ts';
import { executorIndex } from './stages.ts';

const MAX_QUOTE = 600;

/** `: <what Kubernetes said>.` on one line and of bearable length, or just `.` when it said nothing. */
export function quote(text: string | undefined): string {
  const line = text?.replace(/\s+/g, ' ').trim() ?? '';
  if (line === '') return '.';
  const short = line.length > MAX_QUOTE ? `${line.slice(0, MAX_QUOTE)}…` : line;
  return /[.…!?]$/.test(short) ? `: ${short}` : `: ${short}.`;
}

/** A stage as a sentence begins with it, with its image. */
export function nameStage({ name, image }: Pick<ContainerObservation, 'name' | 'image'>): string {
  const index = executorIndex(name);
  return index === undefined
    ? `Orrery's own stage ${name} (image ${image})`
    : nameExecutor(index, image);
}

/** An executor as a sentence begins with it; it counts from 0 as in the task document. */
export function nameExecutor(index: number, image: string): string {
  return `Executor ${index} (image ${image})`;
}

/** Bytes in the units of TES: 10^9 bytes are 1 GB. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${round(bytes / 1e9)} GB`;
  if (bytes >= 1e6) return `${round(bytes / 1e6)} MB`;
  if (bytes >= 1e3) return `${round(bytes / 1e3)} kB`;
  return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
}

/** Seconds with as many digits as a reader needs. */
export function formatSeconds(seconds: number): string {
  return `${seconds < 10 ? round(seconds) : Math.round(seconds)} s`;
}

/** `1 file`, `2 files`. */
export function countFiles(files: number): string {
  return `${files} ${files === 1 ? 'file' : 'files'}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
