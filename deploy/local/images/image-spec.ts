import type { Buffer } from 'node:buffer';

/** One file of an image: its content from a file of this machine, or given. */
export interface ImageFile {
  content: Buffer | string | { from: string };
  /** 0o644 when absent. */
  mode?: number;
}

/** Absolute paths throughout; parents are made by themselves (0o755). */
export interface ImageLayer {
  files?: Record<string, ImageFile>;
  /** Directories with their modes. */
  directories?: Record<string, number>;
  /** Symbolic links: path to target. */
  links?: Record<string, string>;
}

export interface ImageSpec {
  /** Without a tag, such as `orrery.local/shim`. */
  name: string;
  /** When absent: a hash of the content, so that a changed image has a new name. */
  tag?: string;
  layers: readonly ImageLayer[];
  entrypoint?: readonly string[];
  command?: readonly string[];
  /** `PATH=…` alone when absent. */
  env?: readonly string[];
  /** User of the processes, such as `1000`; root when absent. */
  user?: string;
  workingDirectory?: string;
}
