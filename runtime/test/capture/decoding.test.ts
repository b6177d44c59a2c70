import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureHeader, maxCapturePiece } from '../../src/events/capture-layout.js';
import { decodeCapture } from '../../src/events/capture-record.js';
import { layoutOf } from '../../src/events/layout.js';
import { decodeText, encodeText } from '../../src/events/text.js';
import { captured, decode, encodeCapture, headerSize } from './record.js';

const { offsets } = layoutOf(captureHeader);

function changed(record: Buffer, field: string, value: number): Buffer {
  const copy = Buffer.from(record);
  const at = offsets.get(field) ?? 0;
  if (['kind', 'part'].includes(field)) copy.writeUInt8(value, at);
  else copy.writeUInt32LE(value, at);
  return copy;
}

test('a capture says whose it is, of which file, and has the bytes', () => {
  const file = captured({ kind: 'write', text: '/tmp/a', dev: 5, inode: 2n ** 63n, isPathCut: true });
  assert.deepEqual(
    [
      file.kind,
      file.part,
      file.text,
      file.dev,
      file.inode,
      file.isPathCut,
      file.isNullDevice,
      file.descriptor,
    ],
    ['write', 'file', '/tmp/a', 5, 2n ** 63n, true, false, -1],
  );
  const piece = captured({ kind: 'mem', bytes: Buffer.from([1, 2, 3]), offset: 4096n });
  assert.deepEqual(
    [piece.kind, piece.part, piece.offset, [...piece.bytes]],
    ['mem', 'bytes', 4096n, [1, 2, 3]],
  );
});

test('a capture that contradicts itself is refused', () => {
  const record = encodeCapture({ kind: 'write', text: '/tmp/a' });
  for (const [field, value] of [
    ...(['length', 'size'] as const).flatMap((name) => [
      [name, record.length + 1] as const,
      [name, 0xffff_ffff] as const,
    ]),
    ['length', record.length - headerSize + 1],
    ...(['kind', 'part'] as const).flatMap((name) => [[name, 0] as const, [name, 255] as const]),
  ] as const) {
    assert.throws(() => decode(changed(record, field, value)), RangeError, `${field} ${value}`);
  }
  for (const length of [0, 1, headerSize - 1, record.length - 1])
    assert.throws(() => decode(record.subarray(0, length)), RangeError, String(length));
  const large = encodeCapture({ kind: 'write', bytes: Buffer.alloc(maxCapturePiece + 1) });
  assert.throws(() => decode(large), RangeError);
});

test('a capture outside of its buffer is refused, though there is memory behind', () => {
  const record = encodeCapture({ kind: 'write', text: '/tmp/a' });
  const memory = Buffer.concat([record, record, record]);
  const view = new DataView(memory.buffer, memory.byteOffset + record.length, record.length);
  assert.equal(decodeCapture(view, 0, record.length).text, '/tmp/a');
  assert.throws(() => decodeCapture(view, 8, record.length), RangeError);
  assert.throws(() => decodeCapture(view, -8, record.length), RangeError);
});

test('names that are no UTF-8 become text and the same bytes again', () => {
  for (const bytes of [
    [],
    [0xff],
    [0x61, 0x80, 0xc3, 0xa4, 0xe2, 0x82],
    [0xf0, 0x9f, 0x98, 0x80, 0xff, 0xfe],
  ]) {
    assert.deepEqual([...encodeText(decodeText(Buffer.from(bytes)))], bytes);
  }
});
