import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLines, type InputLine } from '../../src/replay/lines.js';

/** What comes out when the bytes arrive `size` at a time. */
async function linesOf(text: string, size: number, limit?: number): Promise<InputLine[]> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const lines: InputLine[] = [];
  for await (const line of readLines(chunks(), limit)) lines.push(line);
  return lines;
}

test('lines come out whole and numbered, however the input is cut, characters of many bytes too', async () => {
  for (const size of [1, 2, 3, 5, 1000]) {
    assert.deepEqual(await linesOf('eins\nzwölf 🦊\n\nlast\n', size), [
      { kind: 'line', number: 1, text: 'eins' },
      { kind: 'line', number: 2, text: 'zwölf 🦊' },
      { kind: 'line', number: 3, text: '' },
      { kind: 'line', number: 4, text: 'last' },
    ]);
  }
});

test('a last line without an end is told apart', async () => {
  for (const size of [1, 1000]) {
    assert.deepEqual(await linesOf('one\ntw', size), [
      { kind: 'line', number: 1, text: 'one' },
      { kind: 'last', number: 2, text: 'tw' },
    ]);
  }
});

test('an input that ends within a character has a last line', async () => {
  const bytes = Buffer.from('é').subarray(0, 1);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield bytes;
  }
  const lines: InputLine[] = [];
  for await (const line of readLines(chunks())) lines.push(line);
  assert.deepEqual(lines, [{ kind: 'last', number: 1, text: '\ufffd' }]);
});

test('a line beyond the limit is passed over once, and the next one is whole', async () => {
  for (const size of [1, 3, 1000]) {
    assert.deepEqual(await linesOf(`${'x'.repeat(50)}\nnext\n${'y'.repeat(11)}`, size, 10), [
      { kind: 'too-long', number: 1, limit: 10 },
      { kind: 'line', number: 2, text: 'next' },
      { kind: 'too-long', number: 3, limit: 10 },
    ]);
  }
});

test('nothing gives no line', async () => {
  assert.deepEqual(await linesOf('', 10), []);
});
