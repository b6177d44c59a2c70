import koffi from 'koffi';
import { LibbpfError, lastErrno } from './error.js';
import { libc, type Pointer } from './native.js';

/** `BPF_LOG_*`: 1 tells of each instruction; 4 of the verdict and the statistics alone, since 5.2 (06ee7115b0d1). */
export const logLevels = { none: 0, instructions: 1, statistics: 4 } as const;
export type LogLevel = (typeof logLevels)[keyof typeof logLevels];

/** `UINT_MAX >> 8`: the largest that every kernel takes. Pages are taken as they are written. */
const sizeBytes = 0xff_ffff;

/** `PROT_READ | PROT_WRITE`, `MAP_PRIVATE | MAP_ANONYMOUS`, `MAP_FAILED`. */
const readWrite = 3;
const anonymous = 0x22;
const mapFailed = 0xffff_ffff_ffff_ffffn;

/**
 * Memory for what the verifier says about a program, to be used again for the next. With one of its own a
 * program is loaded once, at the level that was asked for: libbpf does not try again with a larger buffer.
 * It is never unmapped: libbpf keeps its address.
 */
export class ProgramLog {
  readonly #pointer: Pointer;
  readonly #bytes: Buffer;

  constructor() {
    this.#pointer = libc('mmap')(null, sizeBytes, readWrite, anonymous, -1, 0) as Pointer;
    if (this.#pointer === mapFailed) throw new LibbpfError('mmap (verifier log)', lastErrno());
    this.#bytes = Buffer.from(koffi.view(this.#pointer, sizeBytes));
  }

  get memory(): { readonly pointer: Pointer; readonly sizeBytes: number } {
    return { pointer: this.#pointer, sizeBytes };
  }

  clear(): void {
    this.#bytes[0] = 0;
  }

  /** Kernels before 6.4 keep the beginning of a log that does not fit, newer ones its end (1216640938035). */
  text(): string {
    const end = this.#bytes.indexOf(0);
    return this.#bytes.toString('utf8', 0, end === -1 ? sizeBytes : end);
  }
}
