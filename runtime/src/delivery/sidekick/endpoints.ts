import { HttpClient, NoAnswer, type Answer } from '../http.js';
import type { Listen } from '../integrations.js';
import { parseMetrics, type Evidence } from './metrics.js';

/**
 * Where a falcosidekick of one's own is reached. With TLS some paths may be in the clear on another port, and with
 * mutual TLS no others can be had: each path is taken from where it answers.
 */
export class Endpoints implements Disposable {
  readonly #client: HttpClient;
  readonly #bases: readonly URL[];
  readonly #signal: AbortSignal;
  #post: URL | undefined;
  #metrics: URL | undefined;

  /** @param signal ends what is asked for then */
  constructor({ address, port, isTls, clearPort }: Listen, signal: AbortSignal) {
    this.#signal = signal;
    // Its certificate has a name that is meant for others; what listens there is known to be the child.
    this.#client = new HttpClient({
      ...{ timeoutMs: 5000, allowsLinkLocal: true, skipsVerification: true },
      // What is sent twice would be counted twice, and stand for a finding that was not delivered.
      isFresh: true,
    });
    const host = address === '0.0.0.0' ? '127.0.0.1' : address;
    this.#bases = [
      ...(clearPort === undefined ? [] : [new URL(`http://${host}:${clearPort}`)]),
      new URL(`${isTls ? 'https' : 'http'}://${host}:${port}`),
    ];
  }

  /** The paths that do not answer yet as they are to; none once it takes findings and tells what became of them. */
  async findMissing(): Promise<string[]> {
    // A GET is not what it wants at `/`: it says so with 400, where a server without that path would say 404.
    this.#post = await this.#find('/', 400);
    this.#metrics = await this.#find('/metrics', 200);
    const health = (await this.#find('/healthz', 200)) ?? (await this.#find('/ping', 200));
    const found = { '/': this.#post, '/metrics': this.#metrics, '/healthz': health };
    return Object.entries(found).flatMap(([path, url]) => (url === undefined ? [path] : []));
  }

  /** Throws NoAnswer. */
  async post(body: string): Promise<Answer> {
    if (this.#post === undefined) throw new NoAnswer('it is not ready');
    return this.#client.send({
      method: 'POST',
      url: this.#post,
      headers: { 'Content-Type': 'application/json' },
      body,
      signal: this.#signal,
    });
  }

  /** Deliveries by label `destination`. Throws NoAnswer. */
  async evidence(): Promise<Map<string, Evidence>> {
    if (this.#metrics === undefined) throw new NoAnswer('it is not ready');
    const { status, text } = await this.#client.send({
      method: 'GET',
      url: this.#metrics,
      maxAnswerBytes: maxMetricsBytes,
      signal: this.#signal,
    });
    if (status !== 200) throw new NoAnswer(`/metrics answered ${status}`);
    return parseMetrics(text);
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }

  async #find(path: string, wanted: number): Promise<URL | undefined> {
    for (const base of this.#bases) {
      const url = new URL(path, base);
      try {
        if ((await this.#client.send({ method: 'GET', url, signal: this.#signal })).status === wanted)
          return url;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
      }
    }
    return undefined;
  }
}

/** It has a line for each rule, priority and host that was ever seen. */
const maxMetricsBytes = 16 << 20;
