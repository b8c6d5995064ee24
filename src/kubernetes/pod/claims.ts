/** Finds the file claim behind the URL of an input or output. */
import type { ClaimPath } from '../../tes/stage-spec.ts';
import { type FileClaim, parseStorageUrl, resolveFile } from '../../tes/urls.ts';
import { claimPlace } from './names.ts';

/**
 * Where a URL lies in the claims. Undefined for other schemes, and for files outside every root, which the transporter
 * then refuses by name.
 */
export function findClaim(url: string, claims: readonly FileClaim[]): ClaimPath | undefined {
  const parsed = parseStorageUrl(url);
  if ('fault' in parsed || parsed.scheme !== 'file') return undefined;
  const found = resolveFile(parsed.path, claims);
  return found && { mount: claimPlace(found.claimIndex), path: found.path };
}
