import type { BpfMap } from './map.js';
import { mapPages, pageSize, protection } from './pages.js';
import type { RecordBuffer, RecordReader } from './record-buffer.js';

/** Heads each record (include/uapi/linux/bpf.h): length with two flag bits, then a page offset. */
const headerSize = 8;
const busyBit = 0x8000_0000;
const discardBit = 0x4000_0000;

/** Records after which the reader's position is published, so that the kernel can reuse the room. */
const publishEvery = 256;

/**
 * Reads a ring buffer's pages as they lie in the kernel, with no native call per record. The data area is
 * mapped twice in a row, so that a record that wraps is still in one piece.
 */
export class RingBuffer implements RecordBuffer {
  readonly fds: readonly number[];
  readonly sizeBytes: number;
  /** The data area, twice. */
  readonly #view: DataView;
  readonly #consumerPosition: BigUint64Array;
  readonly #producerPosition: BigUint64Array;
  readonly #headers: Uint32Array;
  #position: number;

  constructor(map: BpfMap) {
    const page = pageSize();
    const size = map.maxEntries;
    const consumer = mapPages('ring buffer', map.fd, page, protection.readWrite);
    const producer = mapPages('ring buffer', map.fd, page + 2 * size, protection.read, page);
    this.fds = [map.fd];
    this.sizeBytes = size;
    this.#consumerPosition = new BigUint64Array(consumer, 0, 1);
    this.#producerPosition = new BigUint64Array(producer, 0, 1);
    this.#view = new DataView(producer, page, 2 * size);
    this.#headers = new Uint32Array(producer, page, size / 2);
    this.#position = Number(Atomics.load(this.#consumerPosition, 0));
  }

  consume(onRecord: RecordReader, limit = Number.MAX_SAFE_INTEGER): number {
    const end = Number(Atomics.load(this.#producerPosition, 0));
    const mask = this.sizeBytes - 1;
    let position = this.#position;
    let count = 0;
    let unpublished = 0;
    try {
      while (position < end && count < limit) {
        const offset = position & mask;
        const header = Atomics.load(this.#headers, offset >>> 2);
        if ((header & busyBit) !== 0) break;
        const length = header & ~discardBit;
        position += (length + headerSize + 7) & ~7;
        if ((header & discardBit) === 0) {
          count += 1;
          onRecord(this.#view, offset + headerSize, length);
        }
        unpublished += 1;
        if (unpublished === publishEvery) {
          Atomics.store(this.#consumerPosition, 0, BigInt(position));
          unpublished = 0;
        }
      }
    } finally {
      this.#position = position;
      Atomics.store(this.#consumerPosition, 0, BigInt(position));
    }
    return count;
  }

  /** The map's descriptor is the object's. */
  close(): void {}
}
