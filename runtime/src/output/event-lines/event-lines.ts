import { layoutOf, recordFlags, recordHeader } from '../../events/layout.js';
import { decodeRecord, type TracedEvent } from '../../events/record.js';
import { decodeArgument, decodeArguments } from '../../events/record-arguments.js';
import { findEventById } from '../../events/catalogue/index.js';
import { argumentToJson, eventToJson } from '../event-json.js';
import { putAddress, putPlain, putSeconds, putSigned, putUnsigned } from './bytes.js';
import { frameOf, ways, type ArgumentFrame, type Frame } from './frame.js';

/** Bytes that are written at once. A larger buffer would not stay in the processor's cache. */
const chunkSize = 256 * 1024;

/** Room behind them for the longest line: a record of 8 KiB whose every byte is escaped, and its names. */
const lineRoom = 128 * 1024;

/** Frames that are kept, by thread and event; what shares a place with another is made again. */
const frameCount = 2048;

const { offsets, size: headerSize } = layoutOf(recordHeader);
const word = (field: string): number => (offsets.get(field) ?? 0) / 4;
const words = {
  size: word('size'),
  event: word('event'),
  time: word('time'),
  result: word('return_value'),
  thread: word('host_tid'),
  cpu: word('cpu'),
  present: word('arguments'),
  executable: word('executable'),
  slots: word('slots'),
};

/** Where a record says what a frame is made of: event and flags, the process, arguments and hook, names. */
const keyWords = [
  words.event,
  ...wordsBetween('start_time', 'cpu'),
  words.present,
  ...wordsBetween('comm', 'slots'),
];

function wordsBetween(from: string, to: string): number[] {
  return Array.from({ length: word(to) - word(from) }, (_, index) => word(from) + index);
}

/** A cgroup that could not be found may have been since. */
const frameLifeNs = 1e9;

/** Whether an event is written: `undecided` while more is to be known of its container. */
export type Verdict = 'told' | 'untold' | 'undecided';

/** Judges by the process alone: what it says holds for the thread's next events too. Names the event's container. */
type Judge = (event: TracedEvent) => Verdict;

const high = 0x1_0000_0000;
const cut = 0x8000_0000;
const timeHead = new TextEncoder().encode('{"timestamp":');

/**
 * Writes records as lines of JSON, the same as `eventToJson` has of their events. Most of a line is what the thread's
 * line before had, so it is kept as bytes; the rest is written from the record with no object between. Lines leave
 * when there are many, and when `flush` is called.
 */
export class EventLines {
  readonly #write: (chunk: Uint8Array) => void;
  readonly #judge: Judge;
  readonly #buffer = Buffer.allocUnsafeSlow(chunkSize + lineRoom);
  readonly #bytes = new Uint8Array(this.#buffer.buffer);
  #length = 0;
  readonly #frames: (Frame | undefined)[] = Array.from({ length: frameCount }, () => undefined);
  #memory: ArrayBufferLike | undefined;
  #recordBytes: Uint8Array = new Uint8Array();
  #recordWords: Uint32Array = new Uint32Array();

  /** `write` is done with the chunk when it returns. */
  constructor(write: (chunk: Uint8Array) => void, judge: Judge) {
    this.#write = write;
    this.#judge = judge;
  }

  /**
   * Takes a record as `decodeRecord` does. False, and nothing is written, where it is undecided. Throws RangeError for
   * a record that contradicts itself.
   */
  append(view: DataView, offset: number, length: number): boolean {
    if (!this.#isPlain(view, offset, length)) return this.#appendDecoded(decodeRecord(view, offset, length));
    const first = (view.byteOffset + offset) >>> 2;
    const hasFailed = ((this.#recordWords[first + words.result + 1] ?? 0) | 0) < 0;
    const frame = this.#frameFor(first, hasFailed, view, offset, length);
    if (frame === undefined) return false;
    if (!frame.isTold) return true;
    this.#appendFramed(frame, first, view, offset);
    if (this.#length >= chunkSize) this.flush();
    return true;
  }

  /** Writes an event that was decoded. */
  appendEvent(event: TracedEvent): void {
    const line = `${eventToJson(event)}\n`;
    if (3 * line.length > this.#bytes.length - this.#length) {
      this.flush();
      this.#write(Buffer.from(line));
      return;
    }
    this.#length += this.#buffer.write(line, this.#length);
    if (this.#length >= chunkSize) this.flush();
  }

  flush(): void {
    if (this.#length === 0) return;
    const chunk = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    this.#write(chunk);
  }

  #appendDecoded(event: TracedEvent): boolean {
    const verdict = this.#judge(event);
    if (verdict === 'told') this.appendEvent(event);
    return verdict !== 'undecided';
  }

  /** Whether a record stands where words begin, is as long as it says, and has no more than a header and arguments. */
  #isPlain(view: DataView, offset: number, length: number): boolean {
    if (this.#memory !== view.buffer) this.#lookAt(view.buffer);
    const start = view.byteOffset + offset;
    if ((start & 3) !== 0 || length < headerSize || offset < 0 || offset + length > view.byteLength)
      return false;
    const from = this.#recordWords;
    const first = start >>> 2;
    const size = from[first + words.size] ?? 0;
    const flags = (from[first + words.event] ?? 0) >>> 16;
    return (
      size >= headerSize &&
      size <= length &&
      (flags & (recordFlags.ancestry | recordFlags.stack)) === 0 &&
      (from[first + words.executable] ?? 0) === 0 &&
      Number.isSafeInteger(unsignedAt(from, first + words.time)) &&
      Number.isSafeInteger(signedAt(from, first + words.result))
    );
  }

  #appendFramed(frame: Frame, first: number, view: DataView, offset: number): void {
    const from = this.#recordWords;
    const size = from[first + words.size] ?? 0;
    const bytes = this.#bytes;
    let at = this.#length;
    bytes.set(timeHead, at);
    at = putSeconds(bytes, at + timeHead.length, unsignedAt(from, first + words.time));
    bytes.set(frame.before, at);
    at = putSigned(bytes, at + frame.before.length, signedAt(from, first + words.result));
    bytes.set(frame.stack, at);
    at += frame.stack.length;
    for (const argument of frame.arguments) {
      const end = this.#putArgument(argument, at, first, size);
      at = end === -1 ? this.#putRareArgument(argument, at, view, offset, size) : end;
    }
    bytes.set(frame.origin, at);
    at = putUnsigned(bytes, at + frame.origin.length, from[first + words.cpu] ?? 0);
    bytes.set(frame.end, at);
    this.#length = at + frame.end.length;
  }

  /** Views of the memory that records lie in; most of the time there is one. */
  #lookAt(memory: ArrayBufferLike): void {
    this.#memory = memory;
    this.#recordBytes = new Uint8Array(memory);
    this.#recordWords = new Uint32Array(memory, 0, memory.byteLength >>> 2);
  }

  /** Undefined where it is undecided. */
  #frameFor(
    first: number,
    hasFailed: boolean,
    view: DataView,
    offset: number,
    length: number,
  ): Frame | undefined {
    const from = this.#recordWords;
    const event = (from[first + words.event] ?? 0) & 0xffff;
    const thread = from[first + words.thread] ?? 0;
    const place = ((thread * 31) ^ (event * 2) ^ Number(hasFailed)) & (frameCount - 1);
    const known = this.#frames[place];
    const time = unsignedAt(from, first + words.time);
    if (known?.hasFailed === hasFailed && time < known.until && isOf(known.key, from, first)) return known;
    const decoded = decodeRecord(view, offset, length);
    const verdict = this.#judge(decoded);
    if (verdict === 'undecided') return undefined;
    const key = Uint32Array.from(keyWords, (index) => from[first + index] ?? 0);
    const present = (from[first + words.present] ?? 0) & 0xffff;
    const frame = frameOf(decoded, verdict === 'told', { key, present, until: time + frameLifeNs });
    this.#frames[place] = frame;
    return frame;
  }

  /** The end of what was written, or -1 for a value that is not one of the many that are written as they stand. */
  #putArgument(
    { index, head, way, told, tell }: ArgumentFrame,
    start: number,
    first: number,
    size: number,
  ): number {
    const slot = first + words.slots + 2 * index;
    const low = this.#recordWords[slot] ?? 0;
    const up = this.#recordWords[slot + 1] ?? 0;
    const bytes = this.#bytes;
    let at = start + head.length;
    bytes.set(head, start);
    switch (way) {
      case ways.i32:
        at = putSigned(bytes, at, low | 0);
        break;
      case ways.u32:
        at = putUnsigned(bytes, at, low);
        break;
      case ways.i64:
      case ways.u64: {
        const value =
          way === ways.i64 ? signedAt(this.#recordWords, slot) : unsignedAt(this.#recordWords, slot);
        if (!Number.isSafeInteger(value)) return -1;
        at = putSigned(bytes, at, value);
        break;
      }
      case ways.pointer:
        bytes[at] = 0x22;
        at = putAddress(bytes, at + 1, up, low);
        bytes[at++] = 0x22;
        break;
      case ways.string: {
        const length = low >>> 16;
        const offset = low & 0xffff;
        if ((up & cut) !== 0 || offset < headerSize || offset + length > size) return -1;
        bytes[at] = 0x22;
        at = putPlain(bytes, at + 1, this.#recordBytes, first * 4 + offset, length);
        if (at === -1) return -1;
        bytes[at++] = 0x22;
        break;
      }
      case ways.named: {
        const text = told.get(low | 0) ?? tell(low | 0);
        bytes.set(text, at);
        at += text.length;
        break;
      }
      case ways.namedLong:
      case ways.namedUnsignedLong: {
        const value =
          way === ways.namedLong ? signedAt(this.#recordWords, slot) : unsignedAt(this.#recordWords, slot);
        if (!Number.isSafeInteger(value)) return -1;
        const text = told.get(value) ?? tell(value);
        bytes.set(text, at);
        at += text.length;
        break;
      }
      default:
        return -1;
    }
    bytes[at] = 0x7d;
    return at + 1;
  }

  #putRareArgument(
    { index, head }: ArgumentFrame,
    start: number,
    view: DataView,
    offset: number,
    size: number,
  ): number {
    const record = new DataView(view.buffer, view.byteOffset + offset, size);
    const definition = findEventById(record.getUint16(words.event * 4, true));
    if (definition === undefined) throw new RangeError('an argument of no event');
    const caller = {
      isCompat: (record.getUint16(words.event * 4 + 2, true) & recordFlags.compat) !== 0,
      arguments: decodeArguments(record, definition),
    };
    const text = argumentToJson(decodeArgument(record, definition, index), caller);
    const comma = head[0] === 0x2c ? ',' : '';
    return start + this.#buffer.write(`${comma}${text}`, start);
  }
}

function unsignedAt(from: Uint32Array, index: number): number {
  return (from[index + 1] ?? 0) * high + (from[index] ?? 0);
}

function signedAt(from: Uint32Array, index: number): number {
  return ((from[index + 1] ?? 0) | 0) * high + (from[index] ?? 0);
}

function isOf(key: Uint32Array, from: Uint32Array, first: number): boolean {
  for (let index = 0; index < keyWords.length; index++) {
    if (key[index] !== from[first + (keyWords[index] ?? 0)]) return false;
  }
  return true;
}
