import type { Entry } from './entry.js';
import { HttpClient, NoAnswer, type Answer } from './http.js';
import { maskText, maskUrl } from './mask.js';

/** Where findings are sent, and how far the receiver is trusted. */
export interface WebhookOptions {
  readonly url: URL;
  readonly contentType: string;
  readonly ca?: string | undefined;
  readonly allowsLinkLocal: boolean;
  readonly timeoutMs?: number;
}

/** What became of one try to deliver a finding, which may have been sent twice in it. */
export type Verdict = Outcome & { readonly wasResent?: true };

type Outcome =
  | { readonly is: 'delivered' }
  /** It may work later; where `mayHaveArrived`, the next try may be a repeat. */
  | {
      readonly is: 'failed';
      readonly reason: string;
      readonly afterMs?: number;
      readonly mayHaveArrived: boolean;
    }
  /** The receiver does not want this finding. */
  | { readonly is: 'refused'; readonly reason: string };

/** These say "later", though they blame the request. */
const patientStatuses: ReadonlySet<number> = new Set([408, 425, 429]);

/** A receiver cannot ask for more patience than this. */
const maxRetryAfterMs = 5 * 60_000;

/** Sends findings to one URL. */
export class Webhook implements Disposable {
  /** For people; without what may be secret. */
  readonly name: string;
  readonly #options: WebhookOptions;
  readonly #url: URL;
  readonly #headers: Record<string, string>;
  readonly #client: HttpClient;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.name = `webhook ${maskUrl(options.url)}`;
    this.#url = new URL(options.url);
    this.#headers = {
      'Content-Type': options.contentType,
      'User-Agent': 'tracee',
      ...credentialsOf(options.url),
    };
    this.#client = new HttpClient(options);
  }

  /** One try. */
  async post(entry: Entry, body: string, signal?: AbortSignal): Promise<Verdict> {
    try {
      const answer = await this.#client.send({
        method: 'POST',
        url: this.#url,
        headers: { ...this.#headers, 'Idempotency-Key': entry.id },
        body,
        ...(signal === undefined ? {} : { signal }),
      });
      return answer.wasResent ? { ...judge(answer), wasResent: true } : judge(answer);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return { is: 'failed', reason: maskText(error.message), mayHaveArrived: mayHaveArrived(error) };
    }
  }

  get origin(): string {
    return this.#options.url.origin;
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function judge(answer: Answer): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return { is: 'delivered' };
  if (status >= 300 && status < 400) {
    const to =
      typeof answer.headers.location === 'string' ? ` to ${maskText(answer.headers.location, 100)}` : '';
    return {
      is: 'failed',
      reason: `the answer was ${status}, a redirect${to}, and redirects are not followed`,
      mayHaveArrived: false,
    };
  }
  const reason = `the answer was ${status}${describeText(answer.text)}`;
  if (status >= 400 && status < 500 && !patientStatuses.has(status)) return { is: 'refused', reason };
  const afterMs = retryAfterMs(answer.headers['retry-after'], Date.now());
  return { is: 'failed', reason, mayHaveArrived: false, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** The first line of an answer, which may be anything. */
function describeText(text: string): string {
  const line = text.split(/[\r\n]/).find((one) => one.trim() !== '');
  return line === undefined ? '' : `: ${maskText(line, 200)}`;
}

/** Seconds or a date; more than five minutes are five minutes. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), maxRetryAfterMs);
}

/** A connection that never came to be has carried nothing. */
function mayHaveArrived({ cause }: Error): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return !/^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CERT_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS)/.test(
    code,
  );
}
