import { cutBit, layoutOf, recordHeader } from './layout.js';
import { decodeText } from './text.js';

const headerSize = layoutOf(recordHeader).size;

/** A slot that refers to bytes of its record. */
export interface Reference {
  offset: number;
  length: number;
  full: number;
  isCut: boolean;
}

/** Reads the slot at `slot` of a record. */
export function readReference(record: DataView, slot: number): Reference {
  const full = record.getUint32(slot + 4, true);
  return {
    offset: record.getUint16(slot, true),
    length: record.getUint16(slot + 2, true),
    full: full & ~cutBit,
    isCut: (full & cutBit) !== 0,
  };
}

/** What there is to say of bytes that were not all recorded. */
export function cutOf(reference: Reference): { cut?: { full: number | undefined } } {
  return reference.isCut ? { cut: { full: reference.full === 0 ? undefined : reference.full } } : {};
}

/** Throws RangeError for bytes that are not in the record's data area, as `dataOf` does. */
export function text(record: DataView, { offset, length }: Reference): string {
  return decodeText(dataOf(record, offset, length));
}

/** A view of what a reference refers to. */
export function dataOf(record: DataView, offset: number, length: number): Buffer {
  if (offset < headerSize) throw new RangeError(`a record refers to its own header, at ${offset}`);
  return bytesOf(record, offset, length);
}

/** Views of memory are not bounded by the record that they were made from. */
function bytesOf(record: DataView, offset: number, length: number): Buffer {
  if (offset + length > record.byteLength) {
    throw new RangeError(`a record of ${record.byteLength} bytes refers to bytes up to ${offset + length}`);
  }
  return Buffer.from(record.buffer, record.byteOffset + offset, length);
}

/** `ls\0-l\0` -> `['ls', '-l']`. */
export function splitStrings(block: string): string[] {
  if (block === '') return [];
  const strings = block.split('\0');
  if (strings.at(-1) === '') strings.pop();
  return strings;
}
