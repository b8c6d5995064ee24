/** Gigabytes of TES documents as Kubernetes is asked for them. */

const BYTES_PER_GB = 1e9;
const BYTES_PER_MIB = 1024 * 1024;

/** Gigabytes (10^9 bytes) rounded up to whole mebibytes: what a container may really use. */
export function toMebibytes(gigabytes: number): number {
  return Math.ceil(Math.round(gigabytes * BYTES_PER_GB) / BYTES_PER_MIB);
}

/** The same in bytes. */
export function toLimitBytes(gigabytes: number): number {
  return toMebibytes(gigabytes) * BYTES_PER_MIB;
}
