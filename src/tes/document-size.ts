/** Documents that are so large that they count against the limit of inline bytes. */
import type { Report } from './shape.ts';
import type { TaskDocument } from './task.ts';

/** A document up to this size, as JSON, weighs no more in Kubernetes than the pod that is made for it. */
export const SMALL_DOCUMENT_BYTES = 256 * 1024;

/** Reports a document that alone exceeds the bytes that may be alive at once: it would wait for ever. */
export function checkDocumentSize(document: TaskDocument, maxBytes: number, report: Report): void {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes <= maxBytes) return;
  const remedy = 'bring in content by URL instead';
  report('', `has ${bytes} bytes as JSON, which must not be more than ${maxBytes} here; ${remedy}`);
}
