import { decodeText } from './text.js';

/** Bytes of `comm` and of the host name in a record. */
const size = 16;

/** Text of up to 16 bytes that ends at the first NUL. Throws RangeError where the record ends before. */
export function readFixedText(record: DataView, offset: number): string {
  if (offset + size > record.byteLength) {
    throw new RangeError(`a record of ${record.byteLength} bytes refers to bytes up to ${offset + size}`);
  }
  const bytes = Buffer.from(record.buffer, record.byteOffset + offset, size);
  const end = bytes.indexOf(0);
  return decodeText(end === -1 ? bytes : bytes.subarray(0, end));
}

/** Reads such a text, and gives the last one again while the bytes stay the same. */
export class FixedText {
  #words = [0, 0, 0, 0];
  #text: string | undefined;

  read(record: DataView, offset: number): string {
    const words = [
      record.getUint32(offset, true),
      record.getUint32(offset + 4, true),
      record.getUint32(offset + 8, true),
      record.getUint32(offset + 12, true),
    ];
    const [a, b, c, d] = this.#words;
    if (this.#text === undefined || words[0] !== a || words[1] !== b || words[2] !== c || words[3] !== d) {
      this.#text = readFixedText(record, offset);
      this.#words = words;
    }
    return this.#text;
  }
}
