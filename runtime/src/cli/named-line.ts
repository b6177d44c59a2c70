import type { TracedEvent } from '../events/record.js';
import type { Tracer } from '../tracing/tracer.js';
import { WaitingLine } from '../tracing/waiting-line.js';

/**
 * Lets things through in the order of their events, each with what is known of its container: while an engine is
 * asked for a name they wait, for a bounded time. What is of no container that was asked for goes no further.
 */
export class NamedLine<T> {
  readonly #line: WaitingLine<T>;
  readonly #eventOf: (item: T) => TracedEvent;
  #tracer: Tracer | undefined;

  /** `isReady`: whether something else is still to be waited for. */
  constructor(
    eventOf: (item: T) => TracedEvent,
    onReleased: (item: T) => void,
    isReady: (item: T) => boolean = () => true,
  ) {
    this.#eventOf = eventOf;
    this.#line = new WaitingLine({
      isReady: (item) => this.#isNamed(eventOf(item)) && isReady(item),
      onReleased: (item) => {
        if (this.#passes(item) === true) onReleased(item);
      },
    });
  }

  /** Whether something waits, and what comes next has to wait behind it. */
  get isHoldingUp(): boolean {
    return this.#line.isHoldingUp;
  }

  begin(tracer: Tracer): void {
    this.#tracer = tracer;
    tracer.containers?.onSettled(() => this.#line.look());
  }

  /** Something may be ready now. */
  look(): void {
    this.#line.look();
  }

  take(item: T): void {
    if (this.#passes(item) !== false) this.#line.take(item);
  }

  end(): void {
    this.#line.end();
  }

  #passes(item: T): boolean | undefined {
    return this.#tracer === undefined ? true : this.#tracer.passesContainer(this.#eventOf(item));
  }

  #isNamed(event: TracedEvent): boolean {
    if (event.container?.isSettled === false) {
      event.container = this.#tracer?.containers?.of(event.cgroupId, event) ?? event.container;
    }
    return event.container?.isSettled !== false;
  }
}
