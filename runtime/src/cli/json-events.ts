import { decodeRecord, type TracedEvent } from '../events/record.js';
import { EventLines, type Verdict } from '../output/event-lines/event-lines.js';
import type { Tracer } from '../tracing/tracer.js';
import { NamedLine } from './named-line.js';

/** Writes events as lines of JSON, in their order; those that wait for their container's name hold up the others. */
export class JsonEvents {
  readonly #lines: EventLines;
  readonly #named: NamedLine<TracedEvent>;
  #tracer: Tracer | undefined;

  /** `write` is done with the chunk when it returns. */
  constructor(write: (chunk: Uint8Array) => void) {
    this.#lines = new EventLines(write, (event) => this.#judge(event));
    this.#named = new NamedLine(
      (event) => event,
      (event) => {
        this.#lines.appendEvent(event);
        this.#lines.flush();
      },
    );
  }

  begin(tracer: Tracer): void {
    this.#tracer = tracer;
    this.#named.begin(tracer);
  }

  /** Takes a record as `decodeRecord` does. */
  take(view: DataView, offset: number, length: number): void {
    if (!this.#named.isHoldingUp && this.#lines.append(view, offset, length)) return;
    const event = decodeRecord(view, offset, length);
    event.container = this.#tracer?.containers?.of(event.cgroupId, event);
    this.#named.take(event);
  }

  #judge(event: TracedEvent): Verdict {
    event.container = this.#tracer?.containers?.of(event.cgroupId, event);
    const passes = this.#tracer === undefined ? true : this.#tracer.passesContainer(event);
    if (passes === false) return 'untold';
    return passes === undefined || event.container?.isSettled === false ? 'undecided' : 'told';
  }

  /** What was taken leaves, but for what waits. */
  flush(): void {
    this.#lines.flush();
  }

  end(): void {
    this.#named.end();
    this.#lines.flush();
  }
}
