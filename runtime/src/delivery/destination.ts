import type { Queue } from './queue.js';

/** What became of findings on their way to one destination. */
export interface DestinationCounts {
  delivered: number;
  /** Sent once more, where the time before may have arrived. */
  repeated: number;
  /** The receiver did not take them, however often they were offered. */
  refused: number;
}

/** Something that takes findings from the queue until it is told to stop. */
export interface Destination {
  /** Names it in the queue, from one start to the next; without secrets. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly counts: Readonly<DestinationCounts>;
  /** Ends soon after the signal; what it was told and has not settled stays in the queue. */
  run(queue: Queue, signal: AbortSignal): Promise<void>;
  /** Ends what it needed for its work. */
  close(): Promise<void>;
}
