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

/** How often it is asked whether events can be taken again. */
const blockedWaitMs = 2;

/** After the end events wait so long for somebody who takes any of them. */
const maxBlockedMs = 700;

export interface PumpOptions {
  readonly buffers: Buffers;
  readonly poller: Poller;
  readonly onEvent: RecordReader;
  /** A batch of events was handed over. */
  readonly afterEvents: () => void;
  readonly onDetection: RecordReader;
  /** While this says no, events wait in their buffer, which the kernel leaves as it is once it is full. */
  readonly canTakeEvents: () => boolean;
  /** After the end: whether what cannot be taken yet may be waited for as long as that takes. */
  readonly mayWait: () => boolean;
  readonly onCapture: RecordReader;
  /** Tells the kernel past how many unread bytes of events to wake the reader; 0: always. */
  readonly setWakeup: (bytes: number) => void;
  readonly signal: AbortSignal;
  readonly detach: () => void;
}

/**
 * Empties the buffers until the signal is given: by timer under load, woken by the kernel when quiet.
 * Detections go first, and again after each batch of events. Then detaches and takes what is left. Gives how many
 * events nobody would take.
 */
export async function pump(options: PumpOptions): Promise<number> {
  const { buffers, poller, onDetection, onCapture, canTakeEvents, setWakeup, signal, detach } = options;
  const { events, detections, captures } = buffers;
  const waitMs = buffers.areEventsSilent ? silentWaitMs : maxWaitMs;
  let isByTimer = false;
  let quietSince = 0;
  while (!signal.aborted) {
    detections.consume(onDetection, batchSize);
    const captured = captures?.consume(onCapture, captureBatchSize) ?? 0;
    if (!canTakeEvents()) {
      await sleep(blockedWaitMs);
      continue;
    }
    const count = takeEvents(options);
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
  return takeTheRest(options);
}

async function takeTheRest(options: PumpOptions): Promise<number> {
  const { buffers, onDetection, onCapture, canTakeEvents, mayWait } = options;
  const { events, detections, captures } = buffers;
  let takenAt = performance.now();
  while (mayWait() || performance.now() - takenAt < maxBlockedMs) {
    const found = detections.consume(onDetection, batchSize) + (captures?.consume(onCapture, batchSize) ?? 0);
    if (!canTakeEvents()) {
      await sleep(blockedWaitMs);
      continue;
    }
    if (takeEvents(options) + found === 0) return 0;
    takenAt = performance.now();
    // What was written leaves before it is asked again whether more can be.
    await nextTurn();
  }
  return events.consume(() => undefined);
}

function takeEvents({ buffers, onEvent, afterEvents }: PumpOptions): number {
  const count = buffers.events.consume(onEvent, batchSize);
  if (count > 0) afterEvents();
  return count;
}
