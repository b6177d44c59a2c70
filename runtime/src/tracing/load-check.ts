import { machine } from 'node:os';
import { compareReleases, runningKernel, type Kernel } from '../host/kernel.js';
import { requireCapabilities } from '../host/privileges.js';
import {
  BpfObject,
  isProgramTypeSupported,
  LibbpfError,
  logLevels,
  processedInstructions,
  ProgramLog,
  refusalOf,
  type BpfProgram,
  type Refusal,
} from '../libbpf/index.js';
import { allSettings, bestBufferKind, prepareBuffers } from './buffers.js';

/** How one program fared with the kernel's verifier. */
export interface ProgramLoad {
  readonly name: string;
  readonly section: string;
  /** In the object. */
  readonly instructions: number;
  /** `impossible`: this kernel, as it is configured, has nothing that the program could be attached to. */
  readonly outcome: 'loaded' | 'refused' | 'impossible';
  /** That the verifier went through, each as often as it came by; missing where nobody tells. */
  readonly verifiedInstructions?: number;
  readonly ms: number;
  /** Why it was not loaded. */
  readonly reason?: string;
  /** Where and in which state the verifier refused it. */
  readonly refusal?: Refusal;
}

/** What a kernel says of an object. */
export interface LoadReport {
  readonly kernel: string;
  readonly arch: string;
  readonly programs: readonly ProgramLoad[];
}

/** Smallest that a ring buffer can be on every kernel: nothing is written to it here. */
const bufferSizes = { events: 65_536, detections: 65_536, captures: 65_536 };

/** Hooks that are attached by the id of a kernel type. */
const trampolines = new Set(['fentry', 'fexit', 'fmod_ret', 'lsm']);

/**
 * Loads every program of an object, each by itself, into the running kernel, and takes it out again. Nothing
 * is attached, so nothing is traced.
 *
 * @param only Names of the programs to load; all where it is missing.
 * @throws TraceeError `PRIVILEGES_MISSING`; `LIBBPF_FAILED` where the object cannot be opened.
 */
export function checkLoads(bytes: Uint8Array, only?: readonly string[]): LoadReport {
  const kernel = runningKernel();
  requireCapabilities(kernel.release, undefined, { doing: 'loading programs', program: 'tracee-builder' });
  const log = new ProgramLog();
  using listed = BpfObject.openMemory(bytes);
  const all = listed.programs().map(({ name }) => name);
  const names = all.filter((name) => only?.includes(name) ?? true);
  return {
    kernel: kernel.release,
    arch: kernel.arch,
    programs: names.map((name) => checkProgram(bytes, name, kernel, log)),
  };
}

function checkProgram(bytes: Uint8Array, name: string, kernel: Kernel, log: ProgramLog): ProgramLoad {
  // Before 5.2 there is no level that is short and tells the count.
  const isOld = compareReleases(kernel.release, '5.2') < 0;
  const { error, type, ...facts } = tryProgram(
    bytes,
    name,
    log,
    isOld ? logLevels.none : logLevels.statistics,
  );
  if (error === undefined) return { ...facts, outcome: 'loaded' };
  const verdict = refusalOf(log.text());
  if (verdict === undefined && !isOld)
    return { ...facts, ...explainSilence(error, facts.section, type, kernel) };
  tryProgram(bytes, name, log, logLevels.instructions);
  // Of a log that did not fit older kernels keep the beginning, which has no verdict.
  const detailed = refusalOf(log.text());
  const refusal = verdict === undefined || detailed?.reason === verdict.reason ? detailed : verdict;
  if (refusal === undefined) return { ...facts, ...explainSilence(error, facts.section, type, kernel) };
  return { ...facts, outcome: 'refused', reason: refusal.reason, refusal };
}

interface Attempt {
  readonly name: string;
  readonly section: string;
  readonly instructions: number;
  readonly verifiedInstructions?: number;
  readonly ms: number;
  readonly error?: LibbpfError;
  readonly type: number;
}

function tryProgram(
  bytes: Uint8Array,
  name: string,
  log: ProgramLog,
  level: Parameters<BpfProgram['setLog']>[1],
): Attempt {
  using object = BpfObject.openMemory(bytes);
  const program = object.program(name);
  const { section, instructionCount: instructions, type } = program;
  for (const one of object.programs()) one.setAutoload(one.name === name);
  prepareBuffers(object, bestBufferKind(), bufferSizes, allSettings(runningKernel()));
  program.setLog(log, level);
  const facts = { name, section, instructions, type };
  const started = performance.now();
  try {
    if (trampolines.has(section)) program.setAttachTarget(someFunction());
    object.load();
  } catch (error) {
    if (!(error instanceof LibbpfError)) throw error;
    return { ...facts, ms: performance.now() - started, error };
  }
  const ms = performance.now() - started;
  const verifiedInstructions = program.verifiedInstructions() ?? processedInstructions(log.text());
  return { ...facts, ms, ...(verifiedInstructions === undefined ? {} : { verifiedInstructions }) };
}

/** For programs that get their function from the runtime: one that every kernel has. */
function someFunction(): string {
  return machine() === 'x86_64' ? '__x64_sys_ptrace' : '__arm64_sys_ptrace';
}

/** The kernel refused before its verifier looked: what is missing there, as far as it can be told. */
function explainSilence(
  error: LibbpfError,
  section: string,
  type: number,
  kernel: Kernel,
): Pick<ProgramLoad, 'outcome' | 'reason'> {
  const [hook = '', target] = section.split('/');
  const impossible = (reason: string): Pick<ProgramLoad, 'outcome' | 'reason'> => ({
    outcome: 'impossible',
    reason,
  });
  const needsBtf = hook === 'tp_btf' || trampolines.has(hook.replace(/\.s$/, ''));
  if (needsBtf && !kernel.hasBtf) return impossible('this kernel has no BTF (CONFIG_DEBUG_INFO_BTF)');
  const unknown = /failed to find kernel BTF type ID of '([^']+)'/.exec(error.log)?.[1];
  if (unknown !== undefined && hook === 'lsm') {
    return impossible(`this kernel has no bpf_lsm_${unknown.replace(/^bpf_lsm_/, '')} (CONFIG_BPF_LSM)`);
  }
  if (unknown !== undefined) return impossible(`${unknown} is not in this kernel's BTF`);
  if (trampolines.has(hook)) {
    // EPERM is for all of them: no CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS, for one.
    const where = error.errnoName === 'EPERM' ? 'trampolines' : `a trampoline on ${target ?? someFunction()}`;
    return impossible(`this kernel refuses ${where} (${error.errnoName})`);
  }
  if (!isProgramTypeSupported(type)) {
    return impossible(
      /^k(?:ret)?probe/.test(hook)
        ? 'this kernel has no kprobes (CONFIG_KPROBES, CONFIG_BPF_EVENTS)'
        : `this kernel has no ${hook} programs (${error.errnoName})`,
    );
  }
  return { outcome: 'refused', reason: `${error.message}, and the verifier says nothing` };
}
