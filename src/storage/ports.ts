/** What the transporter asks of a place where files are kept: one adapter a scheme. */
import type { ClaimPath } from '../tes/stage-spec.ts';

/** Where something lies: the URL as the task wrote it and, for `file:`, the claim that holds it. */
export interface StorageLocation {
  readonly url: string;
  readonly claim?: ClaimPath;
}

/** `other` is what is neither file nor folder: a pipe, a socket, a device. */
type StoredKind = 'file' | 'directory' | 'other';

/** What lies at a location. `sizeBytes` is 0 for everything but files. */
export interface StoredObject {
  readonly kind: StoredKind;
  readonly sizeBytes: number;
}

/** One thing found below a folder; `path` is relative to the folder, with `/` between the names. */
export interface ListedObject extends StoredObject {
  readonly path: string;
}

/** Every method throws `StorageError` and nothing else. `source` and `target` are paths on this machine. */
export interface Storage {
  /** What lies there, or undefined when nothing does. */
  stat(location: StorageLocation): Promise<StoredObject | undefined>;
  /**
   * Everything below a folder, in no particular order and without holding it in memory. Folders
   * are listed before what they hold, where the store knows folders at all.
   */
  list(location: StorageLocation): AsyncIterable<ListedObject>;
  /**
   * Writes the file that lies there to `target`, which must not exist yet and does not exist
   * afterwards if this fails. Keeps executable bits where the store knows them. Returns the size
   * in bytes.
   */
  download(location: StorageLocation, target: string): Promise<number>;
  /**
   * Puts the file `source` there, as a whole or not at all, replacing what was there. Returns the
   * size in bytes.
   */
  upload(source: string, location: StorageLocation): Promise<number>;
}
