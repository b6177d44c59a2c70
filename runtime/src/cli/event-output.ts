import { TraceeError } from '../errors.js';
import type { TracedEvent } from '../events/record.js';
import { eventTemplate } from '../output/event-fields.js';
import { eventToJson } from '../output/event-json.js';
import { EventClock } from '../output/event-clock.js';
import { EventOrder, orderWindowMs } from '../output/event-order.js';
import { eventToRow, tableHeader } from '../output/event-table.js';
import { OutFile } from '../output/out-file.js';
import type { Tracer } from '../tracing/tracer.js';
import { Evidence } from './evidence.js';
import { readTemplate } from './finding-output.js';
import { NamedLine } from './named-line.js';
import type { OutputOptions } from './output-options.js';
import { JsonEvents } from './json-events.js';
import { canWrite, say, warn, write, writeChunk } from './report.js';

/** Text is kept from a file until there is so much of it, or for so long. */
const chunkLength = 1 << 16;
const keptMs = 100;

/** Prints events as `--output` says: in its format, in their order, where they are to go. */
export class EventOutput implements Disposable {
  readonly #clock: EventClock;
  readonly #print: (event: TracedEvent) => void;
  readonly #named: NamedLine<TracedEvent>;
  readonly #evidence: Evidence;
  readonly #order: EventOrder<TracedEvent> | undefined;
  readonly #file: OutFile | undefined;
  /** Of records, where nothing is asked for that changes lines or their order. */
  readonly #lines: JsonEvents | undefined;
  #text = '';
  #failure: unknown;
  /** Events that the template could not print. */
  #unfilled = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Opens the file where one is named. Throws USAGE, TEMPLATE_INVALID and RUN_FAILED. */
  constructor(options: OutputOptions, areContainers: boolean) {
    this.#clock = new EventClock(timeStyle(options));
    this.#print = this.#printer(options, areContainers);
    this.#file = options.outFile === undefined ? undefined : new OutFile(options.outFile);
    this.#named = new NamedLine(
      (event: TracedEvent) => event,
      (event) => {
        this.#print(event);
      },
      (event) => this.#evidence.isReady(event),
    );
    if (isPlainJson(options)) this.#lines = new JsonEvents((chunk) => this.#writeChunk(chunk));
    this.#evidence = new Evidence(options, () => this.#named.look());
    if (options.has('sort-events')) this.#order = new EventOrder((event) => this.#named.take(event));
  }

  /** Whether records are wanted in the place of events. */
  get takesRecords(): boolean {
    return this.#lines !== undefined;
  }

  /** False while whoever reads is slow. */
  get canTake(): boolean {
    return this.#file !== undefined || canWrite();
  }

  begin(tracer: Tracer): void {
    this.#clock.begin();
    this.#named.begin(tracer);
    this.#lines?.begin(tracer);
    this.#timer = setInterval(() => {
      this.#order?.look();
      this.#flushOr(() => tracer.stop());
    }, keptMs);
  }

  take(event: TracedEvent): void {
    this.#evidence.add(event);
    if (this.#order === undefined) this.#named.take(event);
    else this.#order.take(event);
  }

  /** Throws RangeError for a record that contradicts itself, and what could not be written. */
  takeRecord(view: DataView, offset: number, length: number): void {
    this.#lines?.take(view, offset, length);
  }

  /** A batch of records was taken. */
  flushRecords(): void {
    this.#lines?.flush();
  }

  /** The last event was taken. Throws what could not be written. */
  end(): void {
    clearInterval(this.#timer);
    this.#order?.end();
    this.#named.end();
    this.#lines?.end();
    this.#flush();
    if (this.#failure !== undefined) throw this.#failure;
    const late = this.#order?.late ?? 0;
    if (late > 0) say(`${late} events came more than ${orderWindowMs} ms late, and are out of order`);
    if (this.#unfilled > 0)
      say(`${this.#unfilled} events are not printed: the template could not be filled with them`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#file?.[Symbol.dispose]();
  }

  #printer({ format, has }: OutputOptions, areContainers: boolean): (event: TracedEvent) => void {
    const clock = this.#clock;
    const isRaw = has('raw');
    if (format === 'none') return () => undefined;
    if (format === 'json') return (event) => this.#write(`${eventToJson(event, { isRaw, clock })}\n`);
    if (typeof format === 'object') {
      const fill = eventTemplate(readTemplate(format.template), format.template, { isRaw, clock });
      return (event) => this.#write(this.#filled(event, fill));
    }
    const style = { isVerbose: format === 'table-verbose', areContainers, isRaw, clock };
    let isFirst = true;
    return (event) => {
      if (isFirst) this.#write(`${tableHeader(style)}\n`);
      isFirst = false;
      this.#write(`${eventToRow(event, style)}\n`);
    };
  }

  /** Nothing of an event that the template cannot print: the first is told of, and all are counted. */
  #filled(event: TracedEvent, fill: (event: TracedEvent) => string): string {
    try {
      return fill(event);
    } catch (error) {
      if (!(error instanceof TraceeError) || error.code !== 'TEMPLATE_FAILED') throw error;
      if (this.#unfilled === 0) warn(error);
      this.#unfilled += 1;
      return '';
    }
  }

  #write(text: string): void {
    if (this.#file === undefined) {
      write(text);
      return;
    }
    if (this.#failure !== undefined) throw this.#failure;
    this.#text += text;
    if (this.#text.length >= chunkLength) this.#flush();
  }

  #writeChunk(chunk: Uint8Array): void {
    if (this.#file === undefined) writeChunk(chunk);
    else this.#file.write(chunk);
  }

  #flush(): void {
    if (this.#text === '' || this.#failure !== undefined) return;
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    this.#file?.write(bytes);
  }

  /** Nobody catches what a timer throws: tracing stops, and `end` throws it. */
  #flushOr(stop: () => void): void {
    try {
      this.#flush();
    } catch (error) {
      this.#failure = error;
      stop();
    }
  }
}

function isPlainJson({ format, has }: OutputOptions): boolean {
  const changing = [
    'raw',
    'relative-time',
    'wall-time',
    'sort-events',
    'stack-addresses',
    'exec-hash',
  ] as const;
  return format === 'json' && !changing.some((option) => has(option));
}

function timeStyle({ has }: OutputOptions): EventClock['style'] {
  if (has('wall-time')) return 'wall';
  return has('relative-time') ? 'relative' : 'boot';
}
