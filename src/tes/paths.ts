/** Paths inside the containers of a task: always absolute, compared segment by segment. */

/** The names of a path, without empty ones and `.`; `/` has none. `..` is not resolved. */
export function segmentsOf(path: string): string[] {
  return path.split('/').filter((segment) => segment !== '' && segment !== '.');
}

const CLEAN = /^(?:\/(?!\.(?:\/|$))[^/]+)+$/;

/** The one spelling of a path: absolute, single slashes, no `.` segments and no trailing slash. */
export function cleanPath(path: string): string {
  return CLEAN.test(path) ? path : `/${segmentsOf(path).join('/')}`;
}

/** The one spelling of the beginning of a path, which may end within a name: a trailing slash stays. */
export function cleanPrefix(prefix: string): string {
  const clean = cleanPath(prefix);
  return prefix.endsWith('/') && clean !== '/' ? `${clean}/` : clean;
}

/** The directory of a path; `/` for `/` and for what lies directly in it. */
export function parentOf(path: string): string {
  const clean = cleanPath(path);
  return clean.slice(0, clean.lastIndexOf('/')) || '/';
}

/** True when `path` is `directory` or lies beneath it; `/database` does not lie in `/data`. */
export function isWithin(path: string, directory: string): boolean {
  const outer = cleanPath(directory);
  const inner = cleanPath(path);
  return outer === '/' || inner === outer || inner.startsWith(`${outer}/`);
}

const MAX_PATH_BYTES = 4095;
const MAX_SEGMENT_BYTES = 255;
const MAX_DEPTH = 100;
const PARENT_SEGMENT = /(?:^|\/)\.\.(?:\/|$)/;

/** Why a path cannot be used inside a container, as the end of a sentence; undefined when it can. */
export function pathFault(path: string): string | undefined {
  if (path === '') return 'must not be empty; give an absolute path';
  if (!path.startsWith('/')) return 'must be an absolute path; let it begin with /';
  if (PARENT_SEGMENT.test(path)) return 'must not hold .. ; write the path it leads to';
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) {
    return `must not be longer than ${MAX_PATH_BYTES} bytes; shorten it`;
  }
  // Most paths are too short to break what follows, and a task may hold thousands.
  if (bytes <= MAX_DEPTH) return undefined;
  const segments = segmentsOf(path);
  if (segments.length > MAX_DEPTH) return `must not be deeper than ${MAX_DEPTH} directories`;
  if (segments.some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES)) {
    return `must not hold a name of more than ${MAX_SEGMENT_BYTES} bytes; shorten it`;
  }
  return undefined;
}

/** Where a file or directory of a task can never lie: Orrery's own mounts and the kernel's file systems. */
const OWN = '/.orrery';
const RESERVED = [OWN, '/proc', '/sys'];

/** Files that Kubernetes mounts into every container: nothing can replace them or lie beneath them. */
const KUBERNETES_FILES = [
  '/dev/termination-log',
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
];

/** Why no input, output or volume can lie at a path, as the end of a sentence; undefined when it can. */
export function placeFault(path: string): string | undefined {
  const fault = pathFault(path);
  if (fault !== undefined) return fault;
  const clean = cleanPath(path);
  if (clean === '/' || clean === '/dev') {
    return `must not be ${clean} itself; choose a directory such as /work`;
  }
  const reserved = [...RESERVED, ...KUBERNETES_FILES].find((place) => isWithin(clean, place));
  return (
    reserved && `must not lie in ${reserved}, which belongs to the system; choose another path`
  );
}

/** The same for the working directory of an executor, which may be anywhere else. */
export function workdirFault(path: string): string | undefined {
  const own = isWithin(path, OWN)
    ? `must not lie in ${OWN}, which belongs to the system`
    : undefined;
  return pathFault(path) ?? (own && `${own}; choose another path`);
}

/** The same for a stream file; those of the kernel, such as /dev/stderr, are opened as they are. */
export function streamFault(path: string): string | undefined {
  const fault = workdirFault(path);
  if (fault !== undefined) return fault;
  return cleanPath(path) === '/'
    ? 'must be a file, not /; choose one such as /work/log'
    : undefined;
}
