import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';

/** A page of 256 tasks in the view MINIMAL is smaller: compressing it would cost more time than its transfer. */
const SMALLEST_BYTES = 32 * 1024;

/** Compresses large answers for clients that ask for it by `Accept-Encoding`. Register it before the routes. */
export function useCompression(app: FastifyInstance): void {
  app.register(compress, {
    threshold: SMALLEST_BYTES,
    encodings: ['br', 'gzip'],
    // Compressed bodies are refused: a small one could unpack to more than the memory there is.
    globalDecompression: false,
  });
}
