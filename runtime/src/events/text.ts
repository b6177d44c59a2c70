import { isUtf8 } from 'node:buffer';

/** A byte that is no UTF-8 becomes this and its value: half a surrogate pair, which no text in UTF-8 has. */
const lostByte = 0xdc00;

/**
 * Text of a traced program, which may be any bytes. What is no UTF-8 is kept, in a way that tells it from all
 * that is: byte 0xff -> U+DCFF, as Python does (surrogateescape). JSON has it as `\udcff`.
 */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // Nearly always: the mark of what is no UTF-8 is not there.
  return text.includes('\ufffd') ? decodePieces(bytes) : text;
}

function decodePieces(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = lengthAt(bytes, at);
    text +=
      length === 0
        ? String.fromCharCode(lostByte + (bytes[at] ?? 0))
        : bytes.toString('utf8', at, at + length);
    at += Math.max(length, 1);
  }
  return text;
}

/** Bytes of the character that begins at `at`; 0 for none. */
function lengthAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  const piece = bytes.subarray(at, at + length);
  return piece.length === length && isUtf8(piece) ? length : 0;
}

/** The bytes that {@link decodeText} made a text of. */
export function encodeText(text: string): Buffer {
  const pieces = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 0 ? Buffer.from(piece) : Buffer.from([piece.charCodeAt(0) - lostByte]),
    ),
  );
}
