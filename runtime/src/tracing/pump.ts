import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Poller, RecordReader } from '../libbpf/index.js';
import type { Buffers } from './buffers.js';

/** Records handled before other work of the process gets its turn. */
const batchSize = 4096;

/** Records of captures at a time: they are large, and their room is given back after each batch. */
const captureBatchSize = 64;

/** A batch of this size means load: wake-ups by the kernel would cost more than the events. */
const loadThreshold = 256;

/** Under load the kernel wakes the reader only past this part of the buffer. */
const wakeupDivisor = 4;

/** How long an empty buffer is looked at by timer before the reader sleeps until it is woken. */
const quietAfterMs = 20;

/** A wait ends now and then by itself, in case a wake-up was lost. */
const maxWaitMs = 1000;

/** How often a buffer is looked at that does not wake its reader for every record. */
const silentWaitMs = 10;

export interface PumpOptions {
  readonly buffers: Buffers;
  readonly poller: Poller;
  readonly onEvent: RecordReader;
  readonly onDetection: RecordReader;
  readonly onCapture: RecordReader;
  /** Tells the kernel past how many unread bytes of events to wake the reader; 0: always. */
  readonly setWakeup: (bytes: number) => void;
  readonly signal: AbortSignal;
  readonly detach: () => void;
}

/**
 * Empties the buffers until the signal is given: by timer under load, woken by the kernel when quiet.
 * Detections go first, and again after each batch of events. Then detaches and takes what is left.
 */
export async function pump(options: PumpOptions): Promise<void> {
  const { buffers, poller, onEvent, onDetection, onCapture, setWakeup, signal, detach } = options;
  const { events, detections, captures } = buffers;
  const waitMs = buffers.areEventsSilent ? silentWaitMs : maxWaitMs;
  let isByTimer = false;
  let quietSince = 0;
  while (!signal.aborted) {
    detections.consume(onDetection, batchSize);
    const captured = captures?.consume(onCapture, captureBatchSize) ?? 0;
    const count = events.consume(onEvent, batchSize);
    if (count >= loadThreshold && !isByTimer) {
      isByTimer = true;
      setWakeup(Math.floor(events.sizeBytes / wakeupDivisor));
    }
    if (count > 0) {
      quietSince = performance.now();
      if (count === batchSize || captured > 0) await nextTurn();
      else if (isByTimer) await sleep(1);
      continue;
    }
    if (captured > 0) {
      await nextTurn();
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
    await poller.wait(waitMs);
  }
  detach();
  while (
    detections.consume(onDetection, batchSize) +
      events.consume(onEvent, batchSize) +
      (captures?.consume(onCapture, batchSize) ?? 0) >
    0
  );
}
