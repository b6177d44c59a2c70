import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { TraceeError } from '../errors.js';
import type { TracedEvent } from '../events/record.js';
import { escapeText } from '../output/escape.js';
import { parseEvent } from '../replay/event.js';
import { readLines, type InputLine } from '../replay/lines.js';
import { say } from './report.js';

/** What was read so far. */
export interface ReplayCounts {
  lines: number;
  events: number;
  /** Of the first event, in nanoseconds. */
  firstTime: number | undefined;
  /** Events that this version does not know, by name. */
  readonly unknown: Map<string, number>;
  /** Events that rules look at and that say nothing of program and ancestors: nobody asked for that. */
  unexplained: number;
  /** Lines that are no events; one that was cut off is among them. */
  refused: number;
}

export interface ReplayOptions {
  /** A path, or `stdin`. */
  readonly input: string;
  readonly counts: ReplayCounts;
  /** Tells whether rules look at the event. */
  readonly onEvent: (event: TracedEvent) => boolean;
  /** Waited for now and then: what was read may need time that events as they happen leave by themselves. */
  readonly catchUp: () => Promise<void>;
}

const linesPerCatchUp = 100;

/** So many lines that are no events are told one by one. */
const toldLines = 10;

/** Names are made up by whoever wrote the input. */
const maxUnknownNames = 100;

/** Reads events to the end of the input; SIGTERM and SIGINT end it before. Throws USAGE where it cannot be read. */
export async function replay({ input, counts, onEvent, catchUp }: ReplayOptions): Promise<void> {
  const stream = input === 'stdin' ? process.stdin : createReadStream(input);
  const stopping = stopOnSignal(stream, input === 'stdin');
  try {
    for await (const line of readLines(stream as AsyncIterable<Uint8Array>)) {
      take(line, counts, onEvent);
      if (counts.lines % linesPerCatchUp === 0) await catchUp();
    }
  } catch (error) {
    if (!stopping.aborted) throw unreadable(input, error);
  }
}

function take(line: InputLine, counts: ReplayCounts, onEvent: ReplayOptions['onEvent']): void {
  counts.lines += 1;
  if (line.kind === 'too-long') {
    refuse(line.number, `it has more than ${line.limit} characters`, counts);
    return;
  }
  if (line.text.trim() === '') return;
  let parsed: ReturnType<typeof parseEvent>;
  try {
    parsed = parseEvent(line.text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const isCut = line.kind === 'last';
    refuse(
      line.number,
      isCut ? 'the input ends within it: its producer died, or it was cut off' : error.message,
      counts,
    );
    return;
  }
  if (parsed.kind === 'event') {
    counts.events += 1;
    counts.firstTime ??= parsed.event.time;
    if (onEvent(parsed.event) && isUnexplained(parsed.event)) counts.unexplained += 1;
  } else {
    const name = escapeText(parsed.name.slice(0, 60));
    const told = counts.unknown.has(name) || counts.unknown.size < maxUnknownNames ? name : 'others';
    counts.unknown.set(told, (counts.unknown.get(told) ?? 0) + 1);
  }
}

/** A thread of the kernel has no program file either, but ancestors where they were asked for. */
function isUnexplained({ executableFile, ancestors }: TracedEvent): boolean {
  return executableFile === undefined && ancestors.length === 0;
}

function refuse(line: number, reason: string, counts: ReplayCounts): void {
  counts.refused += 1;
  if (counts.refused <= toldLines) say(escapeText(`line ${line} is no event: ${reason}`));
  if (counts.refused === toldLines) say('more such lines are counted, not told');
}

/**
 * Ctrl-C reaches everything in a pipe: the producer empties its buffers and ends, and so does the input. Only a
 * second one ends the reading of a pipe at once.
 */
function stopOnSignal(stream: Readable, isPipe: boolean): AbortSignal {
  const stopping = new AbortController();
  let patience = isPipe ? 1 : 0;
  const stop = (): void => {
    stopping.abort();
    stream.destroy();
  };
  process.on('SIGTERM', stop).on('SIGINT', () => {
    if (patience === 0) stop();
    patience -= 1;
  });
  return stopping.signal;
}

function unreadable(input: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause;
  return new TraceeError('USAGE', `${input} cannot be read: ${cause.message}`, {
    hint: 'name a file of events as JSON, or file:stdin',
    cause,
  });
}
