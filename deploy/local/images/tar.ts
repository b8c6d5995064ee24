export interface TarEntry {
  /** Without a leading slash. */
  name: string;
  mode: number;
  content?: Buffer;
  /** Makes the entry a symbolic link to this. */
  link?: string;
  isDirectory?: boolean;
}

const BLOCK = 512;
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;

/** A ustar archive of these entries, owned by root at the beginning of time: the same entries give the same bytes. */
export function buildTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const content = entry.content ?? Buffer.alloc(0);
    return [header(entry, content.length), content, Buffer.alloc(padding(content.length))];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const { name, prefix } = splitName(entry.isDirectory === true ? `${entry.name}/` : entry.name);
  block.write(name, 0);
  block.write(octal(entry.mode, 8), 100);
  block.write(octal(0, 8), 108); // owner
  block.write(octal(0, 8), 116); // group
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136); // time
  block.write(' '.repeat(8), 148); // the checksum counts itself as spaces
  block.write(typeOf(entry), 156);
  block.write(entry.link ?? '', 157);
  block.write('ustar\x0000', 257);
  block.write(prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function typeOf(entry: TarEntry): string {
  if (entry.link !== undefined) return '2';
  return entry.isDirectory === true ? '5' : '0';
}

/** Ustar keeps a long name in two fields, cut at a slash. */
function splitName(name: string): { name: string; prefix: string } {
  if (Buffer.byteLength(name) <= NAME_BYTES) return { name, prefix: '' };
  const cut = name.lastIndexOf('/', PREFIX_BYTES);
  const parts = { prefix: name.slice(0, Math.max(cut, 0)), name: name.slice(cut + 1) };
  if (cut <= 0 || Buffer.byteLength(parts.name) > NAME_BYTES || parts.name === '') {
    throw new Error(`the name ${name} is too long for a ustar archive`);
  }
  return parts;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
