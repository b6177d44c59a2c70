import { constants } from 'node:os';
import { possibleCpus } from './cpus.js';
import { LibbpfError, lastErrno } from './error.js';
import type { BpfMap } from './map.js';
import { libc } from './native.js';
import { mapPages, pageSize, protection } from './pages.js';
import type { RecordBuffer, RecordReader } from './record-buffer.js';

/** include/uapi/linux/perf_event.h */
const typeSoftware = 1;
const countBpfOutput = 10n;
const sampleRaw = 1n << 10n;
const attributeSize = 112;
const flagCloseOnExec = 8;
const enableRequest = 0x2400;
const recordLost = 2;
const recordSample = 9;

/** `perf_event_open`, by architecture. */
const syscallNumber = process.arch === 'x64' ? 298 : 241;

/** Where positions stand in the first page (`struct perf_event_mmap_page`), in units of 8 bytes. */
const headIndex = 1024 / 8;
const tailIndex = 1032 / 8;

/** `struct perf_event_header`, and the length that heads a raw sample. */
const headerSize = 8;
const rawStart = 12;

export interface PerfBufferOptions {
  /** Of each CPU's buffer; a power of two of at least a page. */
  readonly sizeBytes: number;
  /** Records of a CPU after which the reader is woken. */
  readonly wakeupEvents: number;
}

/**
 * Buffers of a `BPF_MAP_TYPE_PERF_EVENT_ARRAY`, one for each CPU, for kernels without ring buffers. Records
 * are in order within a CPU only.
 */
export class PerfBuffer implements RecordBuffer {
  readonly fds: readonly number[];
  readonly sizeBytes: number;
  readonly #cpus: CpuBuffer[];

  /** Throws {@link LibbpfError}, for example EPERM without CAP_PERFMON; RangeError for an unusable size. */
  constructor(map: BpfMap, options: PerfBufferOptions) {
    requireSize(options.sizeBytes);
    this.sizeBytes = options.sizeBytes;
    this.#cpus = [];
    try {
      for (let cpu = 0; cpu < possibleCpus(); cpu++) this.#cpus.push(...openCpu(map, cpu, options));
    } catch (error) {
      this.close();
      throw error;
    }
    this.fds = this.#cpus.map(({ fd }) => fd);
  }

  /** Records that the kernel says it dropped; the programs that wrote them know of each as well. */
  get lostRecords(): number {
    return this.#cpus.reduce((sum, { lost }) => sum + lost, 0);
  }

  consume(onRecord: RecordReader, limit = Number.MAX_SAFE_INTEGER): number {
    let count = 0;
    for (const cpu of this.#cpus) count += cpu.consume(onRecord, limit - count);
    return count;
  }

  close(): void {
    for (const { fd } of this.#cpus.splice(0)) libc('close')(fd);
  }
}

/** The kernel maps whole pages, and would take other sizes than the one that positions are counted in. */
function requireSize(size: number): void {
  const isPowerOfTwo = Number.isInteger(Math.log2(size));
  if (isPowerOfTwo && size >= pageSize()) return;
  throw new RangeError(`a perf buffer has a power of two of bytes and at least a page, not ${size}`);
}

/** Nothing for a CPU that is not online. */
function openCpu(map: BpfMap, cpu: number, options: PerfBufferOptions): CpuBuffer[] {
  const attributes = Buffer.alloc(attributeSize);
  attributes.writeUInt32LE(typeSoftware, 0);
  attributes.writeUInt32LE(attributeSize, 4);
  attributes.writeBigUInt64LE(countBpfOutput, 8);
  attributes.writeBigUInt64LE(1n, 16); // sample_period
  attributes.writeBigUInt64LE(sampleRaw, 24);
  attributes.writeUInt32LE(options.wakeupEvents, 48);
  const fd = Number(libc('perf_event_open')(syscallNumber, attributes, -1, cpu, -1, flagCloseOnExec));
  if (fd < 0) {
    const errno = lastErrno();
    if (errno === constants.errno.ENODEV) return [];
    throw new LibbpfError(`perf_event_open (CPU ${cpu})`, errno);
  }
  const buffer = new CpuBuffer(fd, options.sizeBytes);
  if (Number(libc('ioctl')(fd, enableRequest, 0)) !== 0) throw new LibbpfError('ioctl', lastErrno());
  const [key, value] = [Buffer.alloc(4), Buffer.alloc(4)];
  key.writeUInt32LE(cpu);
  value.writeInt32LE(fd);
  map.set(key, value);
  return [buffer];
}

/** One CPU's buffer: a page of positions, then the data. */
class CpuBuffer {
  readonly fd: number;
  lost = 0;
  readonly #size: number;
  readonly #positions: BigUint64Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(fd: number, size: number) {
    const page = pageSize();
    const memory = mapPages('perf buffer', fd, page + size, protection.readWrite);
    this.fd = fd;
    this.#size = size;
    this.#positions = new BigUint64Array(memory, 0, page / 8);
    this.#bytes = new Uint8Array(memory, page, size);
    this.#view = new DataView(memory, page, size);
  }

  consume(onRecord: RecordReader, limit: number): number {
    const head = Number(Atomics.load(this.#positions, headIndex));
    let tail = Number(Atomics.load(this.#positions, tailIndex));
    let count = 0;
    try {
      while (tail < head && count < limit) {
        // Records are multiples of 8 bytes, so that a header never wraps.
        const offset = tail % this.#size;
        const type = this.#view.getUint32(offset, true);
        const size = this.#view.getUint16(offset + 6, true);
        tail += size;
        const { view, start } = this.#inOnePiece(offset, size);
        if (type === recordSample) {
          count += 1;
          onRecord(view, start + rawStart, view.getUint32(start + headerSize, true));
        } else if (type === recordLost) {
          this.lost += Number(view.getBigUint64(start + 16, true));
        }
      }
    } finally {
      Atomics.store(this.#positions, tailIndex, BigInt(tail));
    }
    return count;
  }

  /** A record that goes on at the buffer's start is copied. */
  #inOnePiece(offset: number, size: number): { view: DataView; start: number } {
    if (offset + size <= this.#size) return { view: this.#view, start: offset };
    const copy = new Uint8Array(size);
    const first = this.#size - offset;
    copy.set(this.#bytes.subarray(offset));
    copy.set(this.#bytes.subarray(0, size - first), first);
    return { view: new DataView(copy.buffer), start: 0 };
  }
}
