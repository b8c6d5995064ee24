/** The forms of URLs of stores that are reached over a network. */

/** Schemes of stores that are reached over a network. */
export const REMOTE_SCHEMES = ['s3', 'gs', 'az', 'http', 'https', 'ftp', 'ftps'] as const;

export type RemoteScheme = (typeof REMOTE_SCHEMES)[number];

/** Looser than any one store's rule, because endpoints differ; an access point's name has colons. */
const BUCKET = /^(?:[\p{L}\p{N}$][\w.$-]{0,254}|arn:[\w.:-]+)$/u;

/** Why a URL of a known scheme leads nowhere, as the end of a sentence; undefined when it may. */
export function remoteFault(scheme: RemoteScheme, url: string): string | undefined {
  const rest = url.slice(scheme.length + 1);
  if (!/^\/\/[^/?#]/.test(rest)) {
    return `must name a place after ${scheme}://, such as ${scheme}://place/file`;
  }
  return isBucketScheme(scheme) ? bucketFault(scheme, rest.slice(2)) : hostFault(scheme, url);
}

/** True when a URL names a whole bucket or container, and so nothing that could be one file. */
export function isWholeBucket(scheme: RemoteScheme, url: string): boolean {
  return isBucketScheme(scheme) && !/^\/\/[^/]+\/+[^/]/.test(url.slice(scheme.length + 1));
}

function isBucketScheme(scheme: RemoteScheme): boolean {
  return scheme === 's3' || scheme === 'gs' || scheme === 'az';
}

function bucketFault(scheme: RemoteScheme, place: string): string | undefined {
  const [bucket = ''] = place.split('/', 1);
  if (BUCKET.test(bucket)) return undefined;
  const noun = scheme === 'az' ? 'container' : 'bucket';
  return `must name a ${noun} of letters, digits, . _ and - after ${scheme}://`;
}

/** The sentence never repeats the URL, which may hold credentials. */
function hostFault(scheme: RemoteScheme, url: string): string | undefined {
  if (/[\s\p{Cc}]/u.test(url)) {
    return 'must not hold spaces or control characters; write %20 for a space';
  }
  if (URL.canParse(url)) return undefined;
  return `must name a host after ${scheme}://, with a port up to 65535 if any`;
}
