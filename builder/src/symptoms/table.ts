/** Whose output a symptom stands in; `headers` stand in the compiler's. */
export type Speaker = 'clang' | 'headers' | 'verifier' | 'docker';

/** What a tool says when something is wrong, what that means, and what helps. */
export interface Symptom {
  /** Names its example, `builder/test/symptoms/outputs/<id>.txt`. */
  readonly id: string;
  readonly speaker: Speaker;
  readonly symptom: RegExp;
  readonly cause: string;
  readonly mend: string;
}

const says =
  (speaker: Speaker) =>
  (id: string, symptom: RegExp, cause: string, mend: string): Symptom => ({
    ...{ id, speaker, symptom, cause, mend },
  });
const clang = says('clang');
const headers = says('headers');
const verifier = says('verifier');
const docker = says('docker');

/** The first that matches is the one that is told: what is narrower stands above. */
export const symptoms: readonly Symptom[] = [
  clang(
    'other-major',
    /opaque-pointers mode|Invalid record|Unknown attribute kind/,
    'clang and llc are of different majors',
    'install llc of the same version as clang, or point LLC to it',
  ),
  clang(
    'old-clang',
    /expected '\(' after 'asm'|asm goto.*not supported/,
    'clang is too old for these kernel headers',
    'apt-get install clang-14 llvm-14',
  ),
  clang(
    'not-unrolled',
    /-Wpass-failed|loop not unrolled/,
    'a loop could not be unrolled, and kernels below 5.3 take no loops',
    'build with the clang that is known to unroll it: CLANG=clang-14 (or clang-11)',
  ),
  clang(
    'full-disk',
    /No space left on device/,
    'the disk of the temporary directory is full',
    'free some room, or set TMPDIR',
  ),
  clang(
    'killed',
    /was killed with SIGKILL|^Killed$/m,
    'it was killed, most likely for want of memory',
    'free some memory, or raise the limit of this container, and build again',
  ),
  clang(
    'crashed',
    /was (?:killed|terminated) with SIG(?:SEGV|ABRT|BUS|ILL)|PLEASE submit a bug report/,
    'the compiler itself crashed',
    'build with another clang: CLANG=clang-14',
  ),
  headers(
    'other-architecture',
    /invalid output constraint|Inconsistent word size/,
    "the front end did not run for the kernel's own architecture",
    'check --arch against the headers',
  ),
  headers(
    'missing-header',
    /'(?:linux|asm|asm-generic|generated|uapi|vdso)\/[^']+' file not found/,
    'the header tree is not complete',
    'install the whole linux-headers package, both halves where it is split',
  ),
  headers(
    'unreadable-header',
    /cannot open file '[^']+': Permission denied|'[^']+' file not found.*Permission denied/,
    'a header file cannot be read by this user',
    'make the header tree readable: chmod -R a+rX <directory>',
  ),
  headers(
    'missing-member',
    /no member named '[^']+' in 'struct [^']+'/,
    'these headers have another layout than any kernel that is known',
    'check that the headers are of the kernel they claim to be; for a newer kernel bpf/compat.h needs a case',
  ),
  verifier(
    'null-not-checked',
    /invalid mem access '[a-z_]+_or_null'/,
    'the result of a lookup is used without being compared with NULL',
    'compare it with NULL before it is used',
  ),
  verifier(
    'invalid-memory',
    /invalid mem access '/,
    'what is no pointer to the verifier is read through',
    "read the kernel's memory with bpf_probe_read_kernel() or BPF_CORE_READ()",
  ),
  verifier(
    'unbounded',
    /unbounded memory access|unbounded min value|min value is negative|unbounded variable-offset/,
    'an index or size has no bound that the verifier can follow',
    'hold it in a 64-bit variable, compare and use that same one; clang 19 narrows such checks: CLANG=clang-14',
  ),
  verifier(
    'outside-of-value',
    /max value is outside of the allowed memory range|invalid access to map value|outside of the (?:allowed )?memory region/,
    'the bound of an index is larger than the memory that it goes into',
    'make the bound fit: mask or compare with the size less the width of the access',
  ),
  verifier(
    'back-edge',
    /back-edge from insn/,
    'the program has a loop, and this kernel takes none (Linux 5.3: 2589726d12a1)',
    'have the loop unrolled: CLANG=clang-14 (or clang-11), or leave the program out on such kernels',
  ),
  verifier(
    'endless-loop',
    /infinite loop detected/,
    'a loop comes back to where it was with nothing changed',
    'give the loop a bound that is a constant',
  ),
  verifier(
    'too-many-instructions',
    /BPF program is too large|too many instructions|jumps is too complex/,
    'the verifier gave up after a million instructions, each path counted',
    'shorten loops and divide the program; fewer branches before a loop help most',
  ),
  verifier(
    'unknown-field',
    /failed to resolve CO-RE relocation|invalid func unknown#195896080/,
    'the program uses a field or type that this kernel does not have',
    'ask with bpf_core_field_exists() first, or build the object from the headers of this kernel',
  ),
  verifier(
    'unknown-helper',
    /invalid func unknown#\d+/,
    'the program calls a helper that this kernel does not have',
    'ask for the helper before it is called, or leave the program out on such kernels',
  ),
  verifier(
    'helper-of-other-programs',
    /program of this type cannot use helper|unknown func bpf_\w+#\d+/,
    'the program calls a helper that this kernel does not give to programs of its type',
    'use a helper that this hook may call, or another hook',
  ),
  verifier(
    'wrong-argument',
    /R\d type=\S+ expected=/,
    'a helper gets another kind of pointer than it takes',
    'pass memory of the stack or of a map; copy what lies elsewhere first',
  ),
  verifier(
    'context-out-of-bounds',
    /invalid bpf_context access/,
    "the program reads its context where this hook's context has nothing",
    'check the argument number, or the registers of this architecture, against the hook',
  ),
  verifier(
    'stack-too-large',
    /invalid (?:write to|read from|access to) stack|invalid stack type|combined stack size/,
    'the program goes beyond its 512 bytes of stack',
    'move what is large to a map',
  ),
  verifier(
    'no-return-value',
    /R0 !read_ok/,
    'the program ends, or calls, without a return value being set',
    'return a value on every path',
  ),
  verifier(
    'unset-register',
    /R\d+ !read_ok/,
    'a register is used that was not set on every path, or that a call has clobbered',
    'set the variable before every use',
  ),
  verifier(
    'unknown-opcode',
    /unknown opcode|BPF_\w+ uses reserved fields/,
    'the object has instructions that this kernel does not know',
    'build it again with this builder, which gives -mcpu=v2; newer ones need Linux 5.1',
  ),
  verifier(
    'unreachable-code',
    /unreachable insn/,
    'the program has instructions that nothing leads to, which this kernel refuses',
    'build it with another clang: CLANG=clang-14',
  ),
  docker(
    'docker-no-permission',
    /EACCES.*docker\.sock|permission denied while trying to connect to the Docker daemon/i,
    "this user may not talk to Docker's daemon",
    'join the group docker, use sudo, or name another daemon with DOCKER_HOST',
  ),
  docker(
    'docker-not-there',
    /(?:ENOENT|ECONNREFUSED|ECONNRESET|ENOTFOUND|EHOSTUNREACH|ETIMEDOUT)\b|Cannot connect to the Docker daemon/,
    "Docker's daemon is not there",
    'start it (systemctl start docker), or name another with DOCKER_HOST',
  ),
  docker(
    'docker-no-base-image',
    /manifest unknown|pull access denied|repository does not exist|no such host|i\/o timeout/,
    'the base image could not be pulled',
    'check the network and proxy of the daemon, or load the image there: docker load',
  ),
  docker(
    'docker-full-disk',
    /no space left on device/i,
    "the disk of Docker's daemon is full",
    'free some room there: docker system prune',
  ),
];

/** The first symptom of these speakers in a tool's output. */
export function findSymptom(output: string, ...speakers: readonly Speaker[]): Symptom | undefined {
  return symptoms.find(({ speaker, symptom }) => speakers.includes(speaker) && symptom.test(output));
}
