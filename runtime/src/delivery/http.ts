import { lookup, type LookupAddress } from 'node:dns';
import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** How connections are made, and how far the other end is trusted. */
export interface ClientOptions {
  readonly timeoutMs?: number;
  /** Addresses of a link and of the metadata services of clouds, which nobody means to send findings to. */
  readonly allowsLinkLocal: boolean;
  /** In PEM, in the place of the system's. */
  readonly ca?: string | undefined;
  /** Only where the other end is known by something better than its certificate. */
  readonly skipsVerification?: boolean;
  /** A new connection for each request: none of them is ever sent twice. */
  readonly isFresh?: boolean;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Its beginning. */
  readonly text: string;
  /** A connection that was kept broke, and it was sent once more on a new one: it may have arrived twice. */
  readonly wasResent: boolean;
}

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** More of the answer is not read. */
  readonly maxAnswerBytes?: number;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** No answer came: the reason in a clause. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16);
linkLocal.addSubnet('fe80::', 10, 'ipv6');
linkLocal.addAddress('fd00:ec2::254', 'ipv6'); // Amazon
linkLocal.addAddress('fd20:ce::254', 'ipv6'); // Google
linkLocal.addAddress('100.100.100.200'); // Alibaba
linkLocal.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6'); // 169.254.0.0/16 behind NAT64

/** Whether an address is one that {@link ClientOptions.allowsLinkLocal} is about. */
export function isLinkLocal(address: string): boolean {
  return linkLocal.check(
    address.replace(/%.*$/, ''),
    isIP(address.replace(/%.*$/, '')) === 6 ? 'ipv6' : 'ipv4',
  );
}

const defaultTimeoutMs = 10_000;
const defaultMaxAnswerBytes = 16 * 1024;

/** Requests over HTTP and HTTPS: no redirects, no proxy, certificates verified, bounded in time and size. */
export class HttpClient implements Disposable {
  readonly #options: ClientOptions;
  readonly #http: HttpAgent;
  readonly #https: HttpsAgent;

  constructor(options: ClientOptions) {
    this.#options = options;
    const shared = { keepAlive: options.isFresh !== true, maxSockets: 4 };
    this.#http = new HttpAgent(shared);
    this.#https = new HttpsAgent({
      ...shared,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: options.skipsVerification !== true,
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
  }

  /** Throws NoAnswer. */
  async send(request: Request): Promise<Answer> {
    const host = hostOf(request.url);
    if (isIP(host) !== 0 && !this.#options.allowsLinkLocal && isLinkLocal(host)) throw refused(host);
    const timeoutMs = this.#options.timeoutMs ?? defaultTimeoutMs;
    const giveUp = new AbortController();
    const stop = (): void => {
      giveUp.abort();
    };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stop();
    }, timeoutMs);
    request.signal?.addEventListener('abort', stop);
    try {
      if (request.signal?.aborted === true) stop();
      return await this.#sendOnceOrAgain(request, giveUp.signal);
    } catch (error) {
      if (error instanceof NoAnswer) throw error;
      const reason = isLate ? `no answer within ${timeoutMs / 1000} s` : describe(toError(error));
      throw new NoAnswer(reason, { cause: error });
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', stop);
    }
  }

  async #sendOnceOrAgain(request: Request, signal: AbortSignal): Promise<Answer> {
    try {
      return await this.#sendOnce(request, signal);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return { ...(await this.#sendOnce(request, signal)), wasResent: true };
    }
  }

  async #sendOnce(request: Request, signal: AbortSignal): Promise<Answer> {
    const { url, method, headers, body } = request;
    const isTls = url.protocol === 'https:';
    return new Promise<Answer>((resolve, reject) => {
      const sent = (isTls ? requestHttps : requestHttp)(
        {
          ...{ protocol: url.protocol, hostname: hostOf(url), port: url.port, method, signal },
          path: `${url.pathname}${url.search}`,
          headers: { ...headers, ...(body === undefined ? {} : lengthOf(body)) },
          agent: isTls ? this.#https : this.#http,
          lookup: this.#lookup,
        },
        (answer) => {
          readAnswer(answer, request.maxAnswerBytes ?? defaultMaxAnswerBytes).then(resolve, reject);
        },
      );
      sent.on('error', (error: NodeJS.ErrnoException) => {
        reject(sent.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection() : error);
      });
      sent.end(body);
    });
  }

  [Symbol.dispose](): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  /** Looks at what a name resolves to, and connects to nothing else: a second look-up could give another answer. */
  readonly #lookup: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      const allowed = this.#options.allowsLinkLocal
        ? addresses
        : addresses?.filter(({ address }) => !isLinkLocal(address));
      if (error !== null) done(error, []);
      else if (allowed.length === 0) done(refused(addresses[0]?.address ?? hostname), []);
      else if (options.all === true) done(null, allowed);
      else giveFirst(allowed, done);
    });
  };
}

function giveFirst([first]: readonly LookupAddress[], done: Parameters<LookupFunction>[2]): void {
  if (first !== undefined) done(null, first.address, first.family);
}

function refused(address: string): NoAnswer {
  return new NoAnswer(`${address} is an address of the link or of a cloud's metadata`);
}

/** A connection that was kept and that the other end has given up: nothing is wrong, and a new one is made. */
class StaleConnection extends Error {
  override readonly name = 'StaleConnection';
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function lengthOf(body: string): Record<string, string> {
  return { 'Content-Length': String(Buffer.byteLength(body)) };
}

/** A longer answer is not waited for: its connection ends. */
async function readAnswer(answer: IncomingMessage, maxBytes: number): Promise<Answer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) break;
  }
  const text = Buffer.concat(chunks).subarray(0, maxBytes).toString();
  return { status: answer.statusCode ?? 0, headers: answer.headers, text, wasResent: false };
}

/** Node says nothing where several addresses of a name failed: the first one's reason stands for all. */
function describe(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  return first?.message ?? error.message;
}
