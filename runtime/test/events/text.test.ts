import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText } from '../../src/events/text.js';

const decode = (hex: string): string => decodeText(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

/** The way back, as anybody can do it who reads the JSON. */
function encode(text: string): Buffer {
  return Buffer.concat(
    Array.from(text, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code & 0xff]) : Buffer.from(character);
    }),
  );
}

test('UTF-8 is read as it is, its mark for lost text included', () => {
  for (const text of ['', 'ls', 'grün', '日本語', '🐧', 'a\ufffdb']) {
    assert.equal(decodeText(Buffer.from(text)), text);
  }
});

test('what is no UTF-8 is kept byte by byte, beside what is', () => {
  assert.equal(decode('61 ff 62'), 'a\udcffb');
  assert.equal(decode('c3 a9 c3'), 'é\udcc3');
  assert.equal(decode('80 c0 af'), '\udc80\udcc0\udcaf');
});

test('no bytes are read as a surrogate, so that text cannot be forged from bytes', () => {
  // CESU-8 of U+DCFF, and a character cut short.
  assert.equal(decode('ed b3 bf'), '\udced\udcb3\udcbf');
  assert.equal(decode('f0 9f 90'), '\udcf0\udc9f\udc90');
});

test('any bytes come back exactly, through JSON too', () => {
  for (let round = 0; round < 500; round++) {
    const bytes = Buffer.from(
      Array.from({ length: 12 }, (_, index) => (round * 7919 + index * 104_729 * (round + 3)) & 0xff),
    );
    const text = decodeText(bytes);
    assert.deepEqual(encode(JSON.parse(JSON.stringify(text)) as string), bytes);
  }
});
