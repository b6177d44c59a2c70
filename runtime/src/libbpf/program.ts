import { readFileSync } from 'node:fs';
import { LibbpfError, lastErrno } from './error.js';
import { capture } from './log.js';
import { isNull, libbpf, type Pointer } from './native.js';
import type { LogLevel, ProgramLog } from './program-log.js';

/** Size of `struct bpf_test_run_opts`, and where the program's return value stands in it. */
const testRunOptionsSize = 80;
const testRunReturnValueOffset = 56;

/** An attachment; destroying it detaches. */
export class BpfLink implements Disposable {
  #handle: Pointer | undefined;

  constructor(handle: Pointer) {
    this.#handle = handle;
  }

  /** Harmless when repeated. */
  destroy(): void {
    if (this.#handle === undefined) return;
    const handle = this.#handle;
    this.#handle = undefined;
    capture(() => libbpf('bpf_link__destroy')(handle));
  }

  [Symbol.dispose](): void {
    this.destroy();
  }
}

type SetFunction =
  | 'bpf_program__set_autoload'
  | 'bpf_program__set_attach_target'
  | 'bpf_program__set_log_buf'
  | 'bpf_program__set_log_level';

type AttachFunction =
  | 'bpf_program__attach'
  | 'bpf_program__attach_trace'
  | 'bpf_program__attach_lsm'
  | 'bpf_program__attach_kprobe'
  | 'bpf_program__attach_raw_tracepoint'
  | 'bpf_program__attach_tracepoint';

/** One program of a {@link BpfObject}. Every method throws {@link LibbpfError} where libbpf refuses. */
export class BpfProgram {
  readonly name: string;
  readonly section: string;
  readonly #handle: Pointer;
  readonly #owner: () => Pointer;

  constructor(handle: Pointer, owner: () => Pointer) {
    this.#handle = handle;
    this.#owner = owner;
    this.name = String(libbpf('bpf_program__name')(handle));
    this.section = String(libbpf('bpf_program__section_name')(handle));
  }

  get fd(): number {
    return Number(libbpf('bpf_program__fd')(this.#open()));
  }

  get instructionCount(): number {
    return Number(libbpf('bpf_program__insn_cnt')(this.#open()));
  }

  get isAutoload(): boolean {
    return Boolean(libbpf('bpf_program__autoload')(this.#open()));
  }

  setAutoload(isAutoload: boolean): void {
    this.#call('bpf_program__set_autoload', isAutoload);
  }

  /** The kernel function a trampoline program hooks; before loading. */
  setAttachTarget(functionName: string): void {
    this.#call('bpf_program__set_attach_target', 0, functionName);
  }

  /** `BPF_PROG_TYPE_*` number. */
  get type(): number {
    return Number(libbpf('bpf_program__type')(this.#open()));
  }

  /** Before loading: has the verifier write to this log, and nowhere else. */
  setLog(log: ProgramLog, level: LogLevel): void {
    log.clear();
    const { pointer, sizeBytes } = log.memory;
    this.#call('bpf_program__set_log_buf', pointer, sizeBytes);
    this.#call('bpf_program__set_log_level', level);
  }

  /** Attaches where the program's section says. */
  attach(): BpfLink {
    return this.#attach('bpf_program__attach');
  }

  /** fentry, fexit, tp_btf. */
  attachTrace(): BpfLink {
    return this.#attach('bpf_program__attach_trace');
  }

  attachLsm(): BpfLink {
    return this.#attach('bpf_program__attach_lsm');
  }

  attachKprobe(functionName: string, options: { isReturn: boolean }): BpfLink {
    return this.#attach('bpf_program__attach_kprobe', options.isReturn, functionName);
  }

  attachRawTracepoint(name: string): BpfLink {
    return this.#attach('bpf_program__attach_raw_tracepoint', name);
  }

  attachTracepoint(category: string, name: string): BpfLink {
    return this.#attach('bpf_program__attach_tracepoint', category, name);
  }

  /**
   * Runs that the kernel skipped because the program was active on that CPU already; undefined where the
   * kernel does not count them (before 5.12: 9ed9e9ba2337).
   */
  skippedRuns(): bigint | undefined {
    const count = this.#descriptorInfo('recursion_misses');
    return count === undefined ? undefined : BigInt(count);
  }

  /**
   * Instructions that the verifier went through, each as often as it came by; undefined where the kernel does
   * not tell (before 5.16: aba64c7da983).
   */
  verifiedInstructions(): number | undefined {
    const count = this.#descriptorInfo('verified_insns');
    return count === undefined ? undefined : Number(count);
  }

  #descriptorInfo(name: string): string | undefined {
    const text = readFileSync(`/proc/self/fdinfo/${this.fd}`, 'utf8');
    return new RegExp(`^${name}:\\s*(\\d+)$`, 'm').exec(text)?.[1];
  }

  /** Runs the program once, in the calling process's own context (`BPF_PROG_TEST_RUN`). */
  testRun(): { returnValue: number } {
    const options = Buffer.alloc(testRunOptionsSize);
    options.writeBigUInt64LE(BigInt(testRunOptionsSize));
    const { result, log } = capture(() => Number(libbpf('bpf_prog_test_run_opts')(this.fd, options)));
    if (result < 0) throw new LibbpfError('bpf_prog_test_run_opts', -result, log);
    return { returnValue: options.readUInt32LE(testRunReturnValueOffset) };
  }

  #call(name: SetFunction, ...rest: unknown[]): void {
    this.#open();
    const { result, log } = capture(() => Number(libbpf(name)(this.#handle, ...rest)));
    if (result < 0) throw new LibbpfError(`${name} (${this.name})`, -result, log);
  }

  #attach(name: AttachFunction, ...rest: unknown[]): BpfLink {
    this.#open();
    const { result, log } = capture(() => {
      const link = libbpf(name)(this.#handle, ...rest) as Pointer | null;
      return { link, errno: lastErrno() };
    });
    if (result.link === null || isNull(result.link)) {
      throw new LibbpfError(`${name} (${this.name})`, result.errno, log);
    }
    return new BpfLink(result.link);
  }

  #open(): Pointer {
    this.#owner();
    return this.#handle;
  }
}
