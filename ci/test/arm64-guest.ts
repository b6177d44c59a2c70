import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { writeCpio } from '../../builder/src/vm/cpio.js';
import { findProgram } from '../vm/dist/programs.js';
import { lastLines } from '../vm/dist/qemu.js';
import { fetchDebianPackage } from './debian-program.js';
import { root } from './repository.js';

/* A machine of arm64, emulated, with one process: the loader of ci/arm64. */

/** How one program fared there. */
export interface GuestLoad {
  readonly name: string;
  /** 0 where it was loaded. */
  readonly errno: number;
  /** That the verifier went through; 0 where it was refused. */
  readonly verifiedInstructions: number;
  readonly ms: number;
  /** What libbpf and the verifier said of a refusal, the end of it. */
  readonly lines: readonly string[];
}

/** What the loader says of an object. */
export interface GuestReport {
  /** `uname -r` there. */
  readonly kernel: string;
  readonly programs: readonly GuestLoad[];
}

const emulator = 'qemu-system-aarch64';
const compiler = 'aarch64-linux-gnu-gcc';

/** The suite of libbpf, libelf and zlib for arm64: any will do, this one's libelf needs nothing but zlib. */
const librarySuite = 'bookworm';

/** Throws where a tool is missing, with the command that installs it. */
export function requireTools(): void {
  const missing = [emulator, compiler].filter((program) => findProgram(program) === undefined);
  // The compiler only recommends the C library.
  const library = '/usr/aarch64-linux-gnu/lib/libc.a';
  if (!existsSync(library)) missing.push(library);
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')}; sh ci/setup.sh arm64`);
}

/** Compiles the loader, static, so that it is all that the machine needs. Gives the program's bytes. */
export async function compileLoader(): Promise<Uint8Array<ArrayBuffer>> {
  requireTools();
  const libraries: string[] = [];
  for (const name of ['libbpf-dev', 'libelf-dev', 'zlib1g-dev'])
    libraries.push(await fetchDebianPackage(name, librarySuite, 'arm64'));
  const directory = mkdtempSync(join(tmpdir(), 'tracee-loader-'));
  try {
    const program = join(directory, 'loader');
    await execa(compiler, [
      ...['-O2', '-Wall', '-Wextra', '-Werror', '-static', '-o', program, join(root, 'ci/arm64/loader.c')],
      ...libraries.flatMap((one) => ['-isystem', join(one, 'usr/include')]),
      ...libraries.flatMap((one) => ['-L', join(one, 'usr/lib/aarch64-linux-gnu')]),
      ...['-lbpf', '-lelf', '-lz'],
    ]);
    return Uint8Array.from(readFileSync(program));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Boots an arm64 kernel, and has it load every program of the object, each by itself.
 *
 * @param kernel.vmlinuz an image that is not packed; Debian's are not
 * @throws Error with the end of the console when there is no whole answer within the limit, or when the kernel says
 *   that it is another one
 */
export async function loadOnArm64(
  kernel: { readonly vmlinuz: string; readonly release: string },
  loader: Uint8Array,
  object: Uint8Array,
  timeoutMs: number,
): Promise<GuestReport> {
  requireTools();
  const directory = mkdtempSync(join(tmpdir(), 'tracee-arm64-'));
  try {
    const [initramfs, screen] = [join(directory, 'initramfs'), join(directory, 'screen')];
    const archive = writeCpio([
      { name: 'dev', kind: 'directory' },
      { name: 'dev/console', kind: 'device', major: 5, minor: 1 },
      { name: 'init', kind: 'file', bytes: loader, isExecutable: true },
      { name: 'object.o', kind: 'file', bytes: object },
    ]);
    await pipeline(Readable.from(archive), createWriteStream(initramfs));
    const { failed, timedOut, stderr } = await execa(
      emulator,
      [
        // A processor without pointer authentication, which is slow to emulate.
        ...['-machine', 'virt', '-cpu', 'cortex-a72', '-smp', '1', '-m', '1024M'],
        ...['-nodefaults', '-nographic', '-no-reboot', '-no-user-config', '-serial', `file:${screen}`],
        ...['-kernel', kernel.vmlinuz, '-initrd', initramfs],
        ...['-append', 'console=ttyAMA0 quiet panic=-1 mitigations=off'],
      ],
      { stdin: 'ignore', reject: false, timeout: timeoutMs, killSignal: 'SIGKILL' },
    );
    const console = await readFile(screen, 'latin1').catch(() => '');
    const report = parseAnswer(console);
    if (report !== undefined && report.kernel === kernel.release && !failed) return report;
    const reason = timedOut ? `no end within ${timeoutMs / 1000} s` : failed ? stderr : 'no whole answer';
    throw new Error(`${kernel.release}: ${reason}; the console:\n${lastLines(console)}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The format is told in ci/arm64/loader.c. `undefined` without its end, or when it does not add up. */
export function parseAnswer(console: string): GuestReport | undefined {
  let kernel = '';
  let count = -1;
  const programs: (GuestLoad & { lines: string[] })[] = [];
  for (const [, word = '', rest = ''] of console.matchAll(/^@ (\S+) (.*?)\r*$/gm)) {
    const [name = '', ...numbers] = rest.split(' ');
    const [first = 0, ms = 0] = numbers.map(Number);
    if (word === 'kernel') kernel = rest;
    else if (word === 'loaded') programs.push({ name, errno: 0, verifiedInstructions: first, ms, lines: [] });
    else if (word === 'refused')
      programs.push({ name, errno: first, verifiedInstructions: 0, ms, lines: [] });
    else if (word === '|') programs.at(-1)?.lines.push(rest);
    else if (word === 'end') count = Number(rest);
  }
  return kernel !== '' && count === programs.length ? { kernel, programs } : undefined;
}
