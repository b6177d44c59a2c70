/** Takes one record: `length` bytes at `offset` of `view`, valid only until the call returns. */
export type RecordReader = (view: DataView, offset: number, length: number) => void;

/** A buffer that BPF programs write records to, whatever kind of map is behind it. */
export interface RecordBuffer {
  /** Descriptors that become readable when there is something to read. */
  readonly fds: readonly number[];
  /** What the buffer holds at most, in bytes. */
  readonly sizeBytes: number;
  /** Hands over the records that are there, at most `limit`, and returns how many. */
  consume(onRecord: RecordReader, limit?: number): number;
  /** Gives the descriptors back. Pages stay mapped until the process ends: views of them may be held. */
  close(): void;
}
