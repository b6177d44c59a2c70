import type { RecordReader } from '../libbpf/index.js';

/** Passes over records that are not as they should be: one of them must not end the tracing of all others. */
export class RecordGuard {
  #passedOver = 0;

  /** Records that could not be understood. */
  get passedOver(): number {
    return this.#passedOver;
  }

  /** `decode` throws RangeError for a record that contradicts itself; what `take` throws is no matter of the record. */
  decoded<T>(
    decode: (view: DataView, offset: number, length: number) => T,
    take: (record: T) => void,
  ): RecordReader {
    return (view, offset, length) => {
      let record: T;
      try {
        record = decode(view, offset, length);
      } catch (error) {
        this.#passOver(error);
        return;
      }
      take(record);
    };
  }

  guarded(read: RecordReader): RecordReader {
    return (view, offset, length) => {
      try {
        read(view, offset, length);
      } catch (error) {
        this.#passOver(error);
      }
    };
  }

  #passOver(error: unknown): void {
    if (!(error instanceof RangeError)) throw error;
    this.#passedOver += 1;
  }
}
