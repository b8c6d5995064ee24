import { readFileSync } from 'node:fs';

/** The memory of a process in MiB: what it has now, and the most it had. Linux only. */
export function memoryOf(pid: number): { readonly rss: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const read = (name: string): number => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    if (kib === undefined) throw new Error(`process ${pid} has no ${name}`);
    return Number(kib) / 1024;
  };
  return { rss: read('VmRSS'), peak: read('VmHWM') };
}
