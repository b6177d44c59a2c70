import { closeSync, writeSync } from 'node:fs';
import type { CaptureKind } from '../events/capture-layout.js';
import type { CaptureRecord } from '../events/capture-record.js';
import { Artifacts } from './artifacts.js';
import { Budget } from './budget.js';
import { clear } from './clear.js';
import { Content } from './content.js';
import { pidFile } from './names.js';
import type { CaptureOptions } from './options.js';
import { openOutDirectory, unusable, type OutDirectory } from './out-directory.js';
import { writeProfile } from './profile.js';
import { Programs } from './programs.js';
import { Shortfall } from './shortfall.js';

/** What the kernel side says that it could not hand on. */
export interface KernelShortfall {
  readonly lost: bigint;
  readonly lostBytes: bigint;
  readonly unreadBytes: bigint;
}

/** How long copies may take when tracing has ended. */
const endLimitMs = 10_000;

/** All captures of one run: `prepare`, `begin` when everything is loaded, records, `end`. */
export class CaptureSession implements Disposable {
  readonly #options: CaptureOptions;
  readonly #out: OutDirectory;
  readonly #budget: Budget;
  readonly #shortfall: Shortfall;
  readonly #artifacts: Artifacts;
  readonly #programs: Programs;
  #content: Content | undefined;

  private constructor(options: CaptureOptions, out: OutDirectory, tell: (text: string) => void) {
    this.#options = options;
    this.#out = out;
    this.#budget = new Budget(options.limitBytes);
    this.#shortfall = new Shortfall(tell);
    this.#artifacts = new Artifacts(out.directory, this.#budget, this.#shortfall);
    this.#programs = new Programs(this.#artifacts, this.#budget, this.#shortfall);
  }

  /** Opens the directory and looks at it; nothing is changed yet. `tell` is for what is not captured. */
  static prepare(options: CaptureOptions, tell: (text: string) => void): CaptureSession {
    const out = openOutDirectory(options.directory, options.clears);
    return new CaptureSession(options, out, tell);
  }

  /** Clears what is to be cleared, and says that this run is ready. Throws CAPTURE_UNUSABLE. */
  begin(): void {
    const { directory, path } = this.#out;
    try {
      if (this.#options.clears) clear(directory);
      this.#content = new Content(directory, this.#artifacts, this.#shortfall);
      directory.remove(pidFile);
      const fd = directory.write(pidFile, { isNew: true, mode: 0o640 });
      writeSync(fd, `${process.pid}\n`);
      closeSync(fd);
    } catch (cause) {
      throw unusable(path, cause);
    }
  }

  take(record: CaptureRecord): void {
    try {
      if (record.isByFile) this.#programs.take(record);
      else this.#content?.take(record);
    } catch (error) {
      this.#shortfall.countError(error, record.bytes.length);
    }
  }

  /** Finishes what is under way. Gives a line for all that was captured, and one for each reason why something was not. */
  async end(kernel: ReadonlyMap<CaptureKind, KernelShortfall>): Promise<string[]> {
    await this.#programs.end(endLimitMs);
    if (this.#options.hasProfile) {
      try {
        writeProfile(this.#out, this.#programs.files());
      } catch (error) {
        this.#shortfall.countError(error);
      }
    }
    this.#out.directory.remove(pidFile);
    const { artifacts, bytes } = this.#budget;
    const incomplete = this.#content?.incompleteFiles() ?? 0;
    return [
      `captured ${artifacts} ${artifacts === 1 ? 'artifact' : 'artifacts'}, ${bytes} bytes, in ${this.#out.path}`,
      ...(incomplete > 0 ? [`artifacts of written files that are not complete: ${incomplete}`] : []),
      ...this.#shortfall.lines(),
      ...[...kernel].flatMap(([kind, counts]) => describeKernel(kind, counts)),
    ];
  }

  [Symbol.dispose](): void {
    this.#content?.[Symbol.dispose]();
    this.#artifacts[Symbol.dispose]();
    this.#out.directory[Symbol.dispose]();
  }
}

function describeKernel(kind: CaptureKind, { lost, lostBytes, unreadBytes }: KernelShortfall): string[] {
  return [
    ...(lostBytes > 0n
      ? [
          `not captured by ${kind}: ${lostBytes} bytes for which the buffer had no room (${lost} records) or that are more than is taken of one call`,
        ]
      : []),
    ...(unreadBytes > 0n
      ? [`not captured by ${kind}: ${unreadBytes} bytes of memory that could not be read`]
      : []),
  ];
}
