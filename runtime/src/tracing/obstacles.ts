import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import type { HookKind } from '../events/layout.js';
import type { Kernel } from '../host/kernel.js';
import { Btf, tracingTypes, tryTracing, verdictOf, type LibbpfError } from '../libbpf/index.js';
import type { Obstacle } from './plan.js';
import type { Attachment } from './rungs.js';

/**
 * What stands in the way of attachments on this kernel: what can be known beforehand, and what was learned
 * from attempts that failed.
 */
export class Obstacles implements Disposable {
  readonly #kernel: Kernel;
  readonly #programs: ReadonlySet<string>;
  readonly #allowed: readonly HookKind[] | undefined;
  readonly #kinds = new Map<HookKind, string>();
  readonly #attachments = new Map<string, string>();
  /** A name is searched among a hundred thousand, and each plan asks for the same ones. */
  readonly #names = new Map<string, boolean>();
  #btf: Btf | undefined;
  #areTrampolinesRefused: boolean | undefined;

  /** `programs` are those of the object; `allowed` are the kinds that may be used, all where it is missing. */
  constructor(kernel: Kernel, programs: ReadonlySet<string>, allowed?: readonly HookKind[]) {
    this.#kernel = kernel;
    this.#programs = programs;
    this.#allowed = allowed;
  }

  readonly find: Obstacle = (attachment) =>
    this.#kinds.get(attachment.kind) ??
    this.#attachments.get(keyOf(attachment)) ??
    this.#attachments.get(`${attachment.kind} ${attachment.target}`) ??
    this.#attachments.get(attachment.program) ??
    this.#foresee(attachment);

  /**
   * Remembers why loading a program failed. A verdict of the verifier concerns that program; a refusal
   * without one (EPERM for trampolines on a kernel without them) concerns every program of the kind. A signal
   * that interrupts the verifier (EAGAIN) is no reason: the next attempt takes the same rung.
   */
  learnFromLoad(error: LibbpfError, attachment: Attachment): void {
    if (error.errno === constants.errno.EAGAIN) return;
    const verdict = verdictOf(error.log);
    // ESRCH: the kernel's BTF does not have this target.
    const isOwn = attachment.kind === 'kprobe' || error.errno === constants.errno.ESRCH;
    if (verdict !== undefined || isOwn) {
      const words = verdict === undefined ? error.errnoName : `the verifier says: ${verdict}`;
      // Which of the slots serves a function can change from plan to plan.
      const key = attachment.kind === 'trampoline' ? `trampoline ${attachment.target}` : attachment.program;
      this.#attachments.set(key, `loading ${attachment.program} for ${attachment.target} failed, ${words}`);
    } else {
      this.#refuseKind(attachment.kind, error.errnoName);
    }
  }

  /** A hook that attached and was not reached by an act that should have reached it. */
  learnFromSilence(attachment: Attachment): void {
    this.#attachments.set(keyOf(attachment), `attached to ${attachment.target}, but not firing`);
  }

  /** Takes a silent hook after all, where nothing else serves the event. */
  acceptSilence(attachment: Attachment): void {
    this.#attachments.delete(keyOf(attachment));
  }

  learnFromAttach(error: LibbpfError, attachment: Attachment): void {
    this.#attachments.set(keyOf(attachment), `attaching to ${attachment.target} failed: ${error.errnoName}`);
  }

  [Symbol.dispose](): void {
    this.#btf?.[Symbol.dispose]();
    this.#btf = undefined;
  }

  #foresee(attachment: Attachment): string | undefined {
    if (this.#allowed?.includes(attachment.kind) === false) return 'not among the kinds that --hooks allows';
    if (!this.#programs.has(attachment.program)) return `the object has no program ${attachment.program}`;
    switch (attachment.kind) {
      case 'raw_tracepoint':
        return this.#kernel.hasBtf ? this.#foreseeTracepoint(attachment.target) : undefined;
      case 'kprobe':
        return this.#kernel.hasKprobes ? undefined : 'this kernel has no kprobes';
      case 'tp_btf':
        return this.#kernel.hasBtf ? this.#foreseeTracepoint(attachment.target) : 'this kernel has no BTF';
      case 'lsm':
        // Who insists on LSM programs gets to see that they stay silent.
        return this.#allowed !== undefined || activeSecurityModules().includes('bpf')
          ? undefined
          : 'bpf is not among the active security modules';
      case 'trampoline':
        return this.#foreseeTrampoline(attachment.target);
    }
  }

  #foreseeTrampoline(target: string): string | undefined {
    if (!this.#kernel.hasBtf) return 'this kernel has no BTF';
    if (!this.#has('hasFunction', target)) return `${target} is not in this kernel's BTF`;
    this.#areTrampolinesRefused ??= this.#tryTrampoline(target);
    return this.#areTrampolinesRefused ? this.#refuseKind('trampoline', 'EPERM') : undefined;
  }

  /**
   * A kernel can refuse them all, and an object that is loaded for nothing costs as much as one that is not. Only
   * where another tracing program is taken: who may load none is told something else.
   */
  #tryTrampoline(target: string): boolean {
    const btf = this.#kernelBtf();
    const isRefused =
      tryTracing(tracingTypes.functionEntry, btf.functionId(target)) === constants.errno.EPERM;
    return isRefused && tryTracing(tracingTypes.tracepoint, btf.tracepointId('sched_process_exit')) === 0;
  }

  #refuseKind(kind: HookKind, errorName: string): string {
    const reason = `the kernel refuses ${plural(kind)} (${errorName})`;
    this.#kinds.set(kind, reason);
    return reason;
  }

  /** The BTF of Linux 5.4 names no tracepoint at all (e8c423fb31fa); one that is always there tells. */
  #foreseeTracepoint(target: string): string | undefined {
    if (!this.#has('hasTracepoint', 'sched_process_exit')) return undefined;
    return this.#has('hasTracepoint', target) ? undefined : `this kernel has no tracepoint ${target}`;
  }

  #has(question: 'hasFunction' | 'hasTracepoint', name: string): boolean {
    const key = `${question} ${name}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const answer = this.#kernelBtf()[question](name);
    this.#names.set(key, answer);
    return answer;
  }

  #kernelBtf(): Btf {
    this.#btf ??= Btf.kernel();
    return this.#btf;
  }
}

function keyOf(attachment: Attachment): string {
  return `${attachment.program} ${attachment.target}`;
}

function plural(kind: HookKind): string {
  return kind === 'lsm' ? 'LSM programs' : `${kind}s`;
}

function activeSecurityModules(): string[] {
  try {
    return readFileSync('/sys/kernel/security/lsm', 'utf8').trim().split(',');
  } catch {
    return []; // securityfs is not mounted
  }
}
