/**
 * Every error a user can meet, with the status the program ends with. `docs/errors.md` explains each one;
 * a test fails when this table and that page differ.
 *
 * Status: 1 failed while running, 2 bad usage, 3 no usable object, 4 missing privileges,
 * 5 kernel not supported, 6 toolchain or headers missing or unusable.
 */
export const errorTable = {
  USAGE: { status: 2, title: 'The command line cannot be understood' },
  UNKNOWN_EVENT: { status: 2, title: 'No event has this name' },
  UNKNOWN_RULE: { status: 2, title: 'No rule has this id or name' },
  RULES_UNREADABLE: { status: 2, title: 'A directory of rules cannot be read' },
  INVALID_FILTER: { status: 2, title: 'A filter expression cannot be understood' },
  OBJECT_NOT_FOUND: { status: 3, title: 'No BPF object was found for this kernel' },
  OBJECT_UNREADABLE: { status: 3, title: 'The named BPF object cannot be read' },
  OBJECT_UNTRUSTED: { status: 3, title: 'The BPF object could have been changed by someone else' },
  OBJECT_INVALID: { status: 3, title: 'The file is not a complete BPF object of this project' },
  OBJECT_MISMATCH: { status: 3, title: 'The BPF object was made for something else' },
  OBJECT_LAYOUT: { status: 3, title: "The BPF object has another layout of the kernel's structures" },
  OBJECT_REJECTED: { status: 3, title: 'The kernel refused to load the BPF object' },
  OBJECT_UNSIGNED: { status: 3, title: 'The BPF object has no valid signature, and one is required' },
  KEY_UNUSABLE: { status: 3, title: 'A key cannot sign or verify BPF objects' },
  PRIVILEGES_KEPT: { status: 1, title: 'Privileges could not be given up' },
  PRIVILEGES_MISSING: { status: 4, title: 'A capability is missing' },
  KERNEL_UNSUPPORTED: { status: 5, title: 'This kernel cannot serve what was asked for' },
  KERNEL_RELEASE_INVALID: { status: 2, title: 'The kernel release is not a usable name' },
  HEADERS_NOT_FOUND: { status: 6, title: 'No kernel headers and no BTF were found' },
  HEADERS_INCOMPLETE: { status: 6, title: 'A kernel header tree lacks files that every build needs' },
  HEADERS_DANGLING: { status: 6, title: 'A kernel header tree links to files that are not there' },
  HEADERS_MISMATCH: { status: 6, title: 'The kernel headers belong to another kernel' },
  TOOLCHAIN_MISSING: { status: 6, title: 'A tool needed to compile the object is not installed' },
  TOOLCHAIN_UNUSABLE: {
    status: 6,
    title: 'A compiler tool is too old, or its version does not fit the others',
  },
  COMPILE_FAILED: { status: 6, title: 'The BPF object does not compile' },
  BUILD_FAILED: { status: 6, title: 'The build in a process without privileges failed' },
  KERNEL_NOT_FOUND: { status: 6, title: 'No image of the kernel to boot was found' },
  OBJECT_UNLOADABLE: { status: 6, title: 'The compiled object cannot be loaded by the kernel it is for' },
  STORE_FAILED: { status: 1, title: 'A directory of objects could not be read, or not be cleared' },
  PUBLISH_FAILED: { status: 1, title: 'The finished object, signature or key could not be written' },
  HEADERS_FETCH_FAILED: { status: 6, title: 'Header packages could not be fetched' },
  CAPSULE_INVALID: { status: 6, title: 'The file is not a complete header capsule' },
  DOCKER_UNAVAILABLE: { status: 6, title: 'The Docker engine cannot be reached' },
  DOCKER_FAILED: { status: 6, title: 'The Docker engine did not do what the build needs' },
  LIBBPF_MISSING: { status: 1, title: 'libbpf could not be loaded' },
  LIBBPF_FAILED: { status: 1, title: 'A call to libbpf failed' },
  RULE_FAILED: { status: 1, title: 'A rule could not be loaded or run' },
  TEMPLATE_INVALID: { status: 2, title: 'A template cannot be understood' },
  TEMPLATE_FAILED: { status: 1, title: 'A template could not be filled' },
  INTEGRATIONS_UNREADABLE: { status: 2, title: 'The file of integrations cannot be read' },
  INTEGRATIONS_UNTRUSTED: {
    status: 2,
    title: 'The file of integrations could have been changed by someone else',
  },
  INTEGRATIONS_INVALID: { status: 2, title: 'The file of integrations is not what falcosidekick takes' },
  RULE_SLOW: { status: 1, title: 'A rule keeps others waiting' },
  RUN_FAILED: { status: 1, title: 'Something failed while running' },
  SIDEKICK_MISSING: { status: 2, title: 'There is no falcosidekick that could deliver findings' },
  QUEUE_UNUSABLE: { status: 2, title: 'The directory where findings wait cannot be used' },
  CAPTURE_UNUSABLE: { status: 2, title: 'The directory for captures cannot be used' },
  DELIVERY_FAILED: { status: 1, title: 'Findings did not reach a destination' },
  SELFTEST_MISSING: { status: 1, title: 'The program of the selftest is not there' },
  SELFTEST_FAILED: { status: 1, title: 'The selftest could not be performed' },
  VM_FAILED: { status: 1, title: 'The virtual machine of a check gave no answer' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/**
 * The one error class of this project. The message says what failed and names the value that was met; the
 * hint is the command or setting that mends it.
 */
export class TraceeError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'TraceeError';
    this.code = code;
    this.hint = options.hint;
  }

  /** The status the process ends with. */
  get status(): number {
    return errorTable[this.code].status;
  }
}
