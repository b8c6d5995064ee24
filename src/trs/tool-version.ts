/** The image in a TRS document of a tool's version. */
import { hasRegistry } from '../tes/image-rules.ts';
import type { ToolImage } from './tool-registry.ts';

interface Listed {
  readonly image_type?: unknown;
  readonly image_name?: unknown;
  readonly registry_host?: unknown;
}

/** Names under which registries list Docker's own one. */
const HUB =
  /^(?:registry\.hub\.docker\.com|hub\.docker\.com|index\.docker\.io|registry-1\.docker\.io)$/;

/**
 * The first Docker image that is listed. Its checksum is not added: registries list those of manifests, of one of
 * several platforms, or of something else, and the digest that ran is in the attempt's metadata anyway.
 */
export function imageOfVersion(document: unknown): ToolImage {
  const listed = membersOf(document)['images'];
  const images: readonly Listed[] = Array.isArray(listed) ? listed.map(membersOf) : [];
  const found = images.find(
    ({ image_type: type, image_name: name }) =>
      (type === undefined || (typeof type === 'string' && type.toLowerCase() === 'docker')) &&
      typeof name === 'string' &&
      name !== '',
  );
  if (found === undefined) return { fault: 'is a tool version without a Docker image' };
  return { image: joined(found.registry_host, found.image_name as string) };
}

/** Some registries list names with their host, which counts then, and some list hosts as URLs, or as words. */
function joined(host: unknown, name: string): string {
  const registry = (typeof host === 'string' ? host : '')
    .replace(/^https?:\/\//i, '')
    .replace(/\/+$/, '')
    .replace(HUB, 'docker.io');
  return hasRegistry(name) || !hasRegistry(`${registry}/`) ? name : `${registry}/${name}`;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
