import { StringDecoder } from 'node:string_decoder';

/** Longest line that is read. A record has 8 KiB at most, and JSON six characters for a byte at most. */
const maxLineLength = 1 << 20;

/** A line of input, or what stands in its place. */
export type InputLine =
  | { readonly kind: 'line'; readonly number: number; readonly text: string }
  | { readonly kind: 'too-long'; readonly number: number; readonly limit: number }
  /** The input ended before the line did. */
  | { readonly kind: 'last'; readonly number: number; readonly text: string };

/**
 * Divides UTF-8 into lines, never holding more than one of the longest and one chunk. Line ends are not part
 * of a line; numbers count from 1.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  limit: number = maxLineLength,
): AsyncGenerator<InputLine> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let number = 1;
  let isSkipping = false;
  for await (const chunk of chunks) {
    const parts = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
    for (const [index, part] of parts.entries()) {
      const isEnded = index < parts.length - 1;
      if (!isSkipping) rest += part;
      if (!isSkipping && rest.length > limit) {
        isSkipping = true;
        rest = '';
        yield { kind: 'too-long', number, limit };
      }
      if (!isEnded) continue;
      if (!isSkipping) yield { kind: 'line', number, text: rest };
      isSkipping = false;
      rest = '';
      number += 1;
    }
  }
  rest += isSkipping ? '' : decoder.end();
  if (rest !== '') yield { kind: 'last', number, text: rest };
}
