import type { Containers } from '../containers/containers.js';
import type { TracedEvent } from '../events/record.js';
import { WaitingLine } from '../tracing/waiting-line.js';

/**
 * Lets things through in the order of their events, each with what is known of its container: while an engine is
 * asked for a name they wait, for a bounded time.
 */
export class NamedLine<T> {
  readonly #line: WaitingLine<T>;
  #containers: Containers | undefined;

  constructor(eventOf: (item: T) => TracedEvent, onReleased: (item: T) => void) {
    this.#line = new WaitingLine({
      isReady: (item) => this.#look(eventOf(item)),
      onReleased,
    });
  }

  begin(containers: Containers | undefined): void {
    this.#containers = containers;
    containers?.onSettled(() => this.#line.look());
  }

  take(item: T): void {
    this.#line.take(item);
  }

  end(): void {
    this.#line.end();
  }

  #look(event: TracedEvent): boolean {
    if (event.container?.isSettled === false) {
      event.container = this.#containers?.of(event.cgroupId, event) ?? event.container;
    }
    return event.container?.isSettled !== false;
  }
}
