/** The part of autocannon that the benchmark uses; the package brings no types. */
declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  interface Options {
    readonly url: string;
    readonly connections: number;
    /** Seconds. */
    readonly duration: number;
    readonly method: 'GET' | 'POST';
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly requests?: readonly { readonly path: string }[];
  }

  /** Emits `response` with the client, the status, the bytes and the milliseconds; resolves at the end. */
  export default function autocannon(
    options: Options,
  ): EventEmitter & PromiseLike<{ readonly errors: number; readonly timeouts: number }>;
}
