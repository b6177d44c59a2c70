import {
  captureFlags,
  captureHeader,
  captureKinds,
  captureParts,
  maxCapturePiece,
  type CaptureKind,
} from './capture-layout.js';
import { layoutOf } from './layout.js';
import { decodeText } from './text.js';

/** One record of a capture. Ids are of the host unless `ns` is in the name. */
export interface CaptureRecord {
  readonly kind: CaptureKind;
  /**
   * `file` heads a capture: `text` is the path of the file, empty where there is none. `script`: `text` is the name
   * that the script was started by. `bytes` has content.
   */
  readonly part: keyof typeof captureParts;
  /** The file is /dev/null or called so. */
  readonly isNullDevice: boolean;
  readonly isPathCut: boolean;
  /** The content is that of the file, for the runtime to copy. */
  readonly isByFile: boolean;
  /** CLOCK_MONOTONIC, nanoseconds; the same in all records of a capture. */
  readonly time: bigint;
  /** Of the process: nanoseconds since boot. */
  readonly startTime: bigint;
  readonly inode: bigint;
  /** Of the content in the file, or from the beginning of the memory. */
  readonly offset: bigint;
  /** Bytes of the whole capture. */
  readonly total: bigint;
  /** In the kernel's encoding: major << 20 | minor. */
  readonly dev: number;
  readonly mode: number;
  readonly mountNamespace: number;
  readonly hostPid: number;
  readonly hostTid: number;
  readonly nsPid: number;
  /** That the file is open on in its process; -1 where nobody knows. */
  readonly descriptor: number;
  readonly text: string;
  /** A view of the buffer, valid until it is read on. */
  readonly bytes: Buffer;
}

const { offsets, size: headerSize } = layoutOf(captureHeader);
const kinds = new Map<number, CaptureKind>(
  Object.entries(captureKinds).map(([name, code]) => [code, name as CaptureKind]),
);
const parts = new Map<number, keyof typeof captureParts>(
  Object.entries(captureParts).map(([name, code]) => [code, name as keyof typeof captureParts]),
);
const nothing = Buffer.alloc(0);

/**
 * Decodes one record (`capture_header` and what follows, see `docs/records.md`). Throws RangeError for a record that
 * contradicts itself: shorter than it says, of an unknown kind or part, or with more content than a piece has.
 */
export function decodeCapture(view: DataView, offset: number, length: number): CaptureRecord {
  if (length < headerSize) throw new RangeError(`a capture of ${length} bytes is shorter than its header`);
  if (offset < 0 || offset + length > view.byteLength) {
    throw new RangeError(`a capture of ${length} bytes at ${offset} is outside of ${view.byteLength} bytes`);
  }
  const at = (field: string): number => offset + (offsets.get(field) ?? 0);
  const u32 = (field: string): number => view.getUint32(at(field), true);
  const u64 = (field: string): bigint => view.getBigUint64(at(field), true);
  const contentLength = u32('length');
  if (contentLength > maxCapturePiece || headerSize + contentLength > length || u32('size') > length) {
    throw new RangeError(`a capture of ${length} bytes says that ${contentLength} are content`);
  }
  const kind = kinds.get(view.getUint8(at('kind')));
  const part = parts.get(view.getUint8(at('part')));
  if (kind === undefined || part === undefined) throw new RangeError('a capture is of no known kind');
  const flags = view.getUint8(at('flags'));
  const content = Buffer.from(view.buffer, view.byteOffset + offset + headerSize, contentLength);
  return {
    kind,
    part,
    isNullDevice: (flags & captureFlags.null_device) !== 0,
    isPathCut: (flags & captureFlags.path_cut) !== 0,
    isByFile: (flags & captureFlags.by_file) !== 0,
    time: u64('time'),
    startTime: u64('start_time'),
    inode: u64('inode'),
    offset: u64('offset'),
    total: u64('total'),
    dev: u32('dev'),
    mode: u32('mode'),
    mountNamespace: u32('mnt_ns'),
    hostPid: u32('host_pid'),
    hostTid: u32('host_tid'),
    nsPid: u32('ns_pid'),
    descriptor: view.getInt32(at('descriptor'), true),
    text: part === 'bytes' ? '' : decodeText(content),
    bytes: part === 'bytes' ? content : nothing,
  };
}
