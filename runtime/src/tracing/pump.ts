import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { RingBuffer } from '../libbpf/index.js';

/** Records handled before other work of the process gets its turn. */
const batchSize = 4096;

/** A batch of this size means load: wake-ups by the kernel would cost more than the events. */
const loadThreshold = 256;

/** Under load the kernel wakes the reader only past this part of the buffer. */
const wakeupDivisor = 4;

/** How long an empty buffer is looked at by timer before the reader sleeps until it is woken. */
const quietAfterMs = 20;

/** A wait ends now and then by itself, in case a wake-up was lost. */
const maxWaitMs = 1000;

export interface PumpOptions {
  readonly ring: RingBuffer;
  readonly onRecord: (offset: number, length: number) => void;
  /** Tells the kernel past how many unread bytes to wake the reader; 0: always. */
  readonly setWakeup: (bytes: number) => void;
  readonly signal: AbortSignal;
  readonly detach: () => void;
}

/**
 * Empties the ring buffer until the signal is given: by timer under load, woken by the kernel when quiet.
 * Then detaches and takes what is left.
 */
export async function pump({ ring, onRecord, setWakeup, signal, detach }: PumpOptions): Promise<void> {
  let isByTimer = false;
  let quietSince = 0;
  while (!signal.aborted) {
    const count = ring.consume(onRecord, batchSize);
    if (count >= loadThreshold && !isByTimer) {
      isByTimer = true;
      setWakeup(Math.floor(ring.bytes.length / 2 / wakeupDivisor));
    }
    if (count > 0) {
      quietSince = performance.now();
      if (count === batchSize) await nextTurn();
      else if (isByTimer) await sleep(1);
      continue;
    }
    if (isByTimer) {
      if (performance.now() - quietSince < quietAfterMs) {
        await sleep(1);
        continue;
      }
      isByTimer = false;
      setWakeup(0);
      /* A record that came before the kernel was told would wake nobody. */
      continue;
    }
    await ring.waitReadable(maxWaitMs);
  }
  detach();
  while (ring.consume(onRecord, batchSize) > 0);
}
