import {
  captureFlags,
  captureHeader,
  captureKinds,
  captureParts,
  type CaptureKind,
} from '../../src/events/capture-layout.js';
import { decodeCapture, type CaptureRecord } from '../../src/events/capture-record.js';
import { layoutOf } from '../../src/events/layout.js';
import { encodeText } from '../../src/events/text.js';

const { offsets, size } = layoutOf(captureHeader);
export const headerSize = size;

export type Fields = Partial<Omit<CaptureRecord, 'kind' | 'bytes'>> & {
  kind: CaptureKind;
  bytes?: Uint8Array;
};

/** A record of a capture as the kernel side writes it. */
export function encodeCapture(fields: Fields): Buffer {
  const content = fields.bytes ?? encodeText(fields.text ?? '');
  const record = Buffer.concat([Buffer.alloc(size), content]);
  const at = (field: string): number => offsets.get(field) ?? 0;
  record.writeUInt32LE(record.length, at('size'));
  record.writeUInt8(captureKinds[fields.kind], at('kind'));
  record.writeUInt8(captureParts[fields.part ?? (fields.bytes === undefined ? 'file' : 'bytes')], at('part'));
  record.writeUInt8(
    (fields.isNullDevice === true ? captureFlags.null_device : 0) |
      (fields.isPathCut === true ? captureFlags.path_cut : 0) |
      (fields.isByFile === true ? captureFlags.by_file : 0),
    at('flags'),
  );
  record.writeBigUInt64LE(fields.time ?? 0n, at('time'));
  record.writeBigUInt64LE(fields.inode ?? 0n, at('inode'));
  record.writeBigUInt64LE(fields.offset ?? 0n, at('offset'));
  record.writeBigUInt64LE(fields.total ?? 0n, at('total'));
  record.writeUInt32LE(fields.dev ?? 0, at('dev'));
  record.writeUInt32LE(fields.mode ?? 0o100644, at('mode'));
  record.writeUInt32LE(fields.mountNamespace ?? 1, at('mnt_ns'));
  record.writeUInt32LE(fields.hostPid ?? 0, at('host_pid'));
  record.writeUInt32LE(fields.hostTid ?? 0, at('host_tid'));
  record.writeUInt32LE(fields.nsPid ?? 0, at('ns_pid'));
  record.writeUInt32LE(content.length, at('length'));
  record.writeInt32LE(fields.descriptor ?? -1, at('descriptor'));
  return record;
}

export function decode(record: Buffer, length = record.length): CaptureRecord {
  return decodeCapture(new DataView(record.buffer, record.byteOffset, record.length), 0, length);
}

/** A record that has gone through the buffer. */
export function captured(fields: Fields): CaptureRecord {
  return decode(encodeCapture(fields));
}
