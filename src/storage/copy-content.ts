/** Copying one file on this machine, without reading holes and without holding it in memory. */
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, rm, stat } from 'node:fs/promises';

const BLOCK = 1024 * 1024;
const ZEROS = Buffer.alloc(BLOCK);

async function copyBlocks(from: FileHandle, to: FileHandle): Promise<void> {
  const buffer = Buffer.allocUnsafe(BLOCK);
  let position = 0;
  for (;;) {
    const { bytesRead } = await from.read(buffer, 0, BLOCK, position);
    if (bytesRead === 0) break;
    if (ZEROS.compare(buffer, 0, bytesRead, 0, bytesRead) !== 0) {
      await writeAll(to, buffer.subarray(0, bytesRead), position);
    }
    position += bytesRead;
  }
  await to.truncate(position);
}

async function writeAll(to: FileHandle, block: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < block.length) {
    const { bytesWritten } = await to.write(
      block,
      written,
      block.length - written,
      position + written,
    );
    written += bytesWritten;
  }
}

async function copySparse(source: string, target: string, mode: number): Promise<void> {
  const from = await open(source, 'r');
  try {
    const to = await open(target, 'wx', mode);
    try {
      await copyBlocks(from, to);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

/**
 * Copies the regular file `source` to `target`, which must not exist: by sharing blocks where the
 * file system can, else inside the kernel; a sparse file stays sparse. After a failure there is
 * no target. Returns the size in bytes.
 */
export async function copyContent(source: string, target: string): Promise<number> {
  const { size, blocks, mode } = await stat(source);
  try {
    if (size > BLOCK && blocks * 512 < size) await copySparse(source, target, mode & 0o777);
    else await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return (await stat(target)).size;
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  }
}
