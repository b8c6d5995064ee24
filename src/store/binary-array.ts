/** Arrays as parameters in Postgres' binary form: documents pass as they are, without a quote to escape. */

/** Types whose binary form is their text. */
const TEXTUAL = { text: 25, json: 114 } as const;

const HEADER_BYTES = 20;
const NULL_LENGTH = -1;

/** A one-dimensional array of texts; null stays null. */
export function toBinaryArray(
  type: keyof typeof TEXTUAL,
  items: readonly (string | null)[],
): Buffer {
  const lengths = items.map((item) => (item === null ? NULL_LENGTH : Buffer.byteLength(item)));
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), HEADER_BYTES);
  const buffer = Buffer.allocUnsafe(size);
  let offset = 0;
  const write = (value: number): void => {
    offset = buffer.writeInt32BE(value, offset);
  };
  const hasNulls = lengths.includes(NULL_LENGTH);
  // Dimensions, whether there are nulls, type, length and lower bound; then each item behind its length.
  for (const value of [1, hasNulls ? 1 : 0, TEXTUAL[type], items.length, 1]) write(value);
  items.forEach((item, index) => {
    write(lengths[index] ?? NULL_LENGTH);
    if (item !== null) offset += buffer.write(item, offset);
  });
  return buffer;
}
