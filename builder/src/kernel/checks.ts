import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TraceeError } from 'tracee/errors';
import type { TargetKernel } from './release.js';
import type { Halves } from './split-tree.js';

/**
 * Refuses headers that compile, but describe another kernel: members would stand at other offsets and the
 * object would read rubbish. Throws `HEADERS_INCOMPLETE`, `HEADERS_MISMATCH`, `KERNEL_UNSUPPORTED`.
 */
export function checkHeaders(tree: Halves, kernel: TargetKernel, allowMismatch: boolean): void {
  const utsrelease = readHeader(tree.build, 'include/generated/utsrelease.h');
  const autoconf = readHeader(tree.build, 'include/generated/autoconf.h');
  readHeader(tree.source, 'include/linux/kconfig.h');
  // Before --allow-mismatch: no insisting helps against these two.
  checkConfiguredArchitecture(tree, autoconf, kernel);
  checkLayoutIsFixed(tree, autoconf);
  if (allowMismatch) return;
  checkRelease(tree, utsrelease, kernel);
  checkHalvesBelongTogether(tree);
}

/**
 * `UTS_RELEASE` alone is what `uname -r` prints: `include/config/kernel.release` is the upstream version on
 * Debian up to 6.1, and Ubuntu's `LINUX_VERSION_CODE` stays at the series' first patch level.
 */
function checkRelease(tree: Halves, utsrelease: string, kernel: TargetKernel): void {
  const found = /^#define\s+UTS_RELEASE\s+"([^"]*)"/m.exec(utsrelease)?.[1];
  if (found === kernel.release) return;
  throw new TraceeError(
    'HEADERS_MISMATCH',
    `the headers in ${tree.build} belong to kernel ${found ?? '(no UTS_RELEASE)'}, not to ${kernel.release}`,
    { hint: mismatchHint(kernel) },
  );
}

/** A pair of two kernels compiles without a word and moves members (196 of `task_struct` in one case). */
function checkHalvesBelongTogether(tree: Halves): void {
  const makefile = join(tree.source, 'Makefile');
  if (tree.source === tree.build || !existsSync(makefile)) return;
  const source = makefileVersion(readFileSync(makefile, 'latin1'));
  const code = /^#define\s+LINUX_VERSION_CODE\s+(\d+)/m.exec(
    readHeader(tree.build, 'include/generated/uapi/linux/version.h'),
  )?.[1];
  if (source === undefined || code === undefined) return;
  const build = `${Number(code) >> 16}.${(Number(code) >> 8) & 0xff}`;
  if (source === build) return;
  throw new TraceeError(
    'HEADERS_MISMATCH',
    `${tree.source} is of Linux ${source}, but ${tree.build} was configured from Linux ${build}`,
    { hint: 'give both halves of one kernel: KERN_HEADERS=<build>:<source>' },
  );
}

function checkConfiguredArchitecture(tree: Halves, autoconf: string, kernel: TargetKernel): void {
  const wanted = kernel.arch === 'x86_64' ? 'CONFIG_X86_64' : 'CONFIG_ARM64';
  if (isSet(autoconf, wanted)) return;
  const other =
    /^ \* Automatically generated.*?\n \* Linux\/(\S+)/m.exec(autoconf)?.[1] ?? 'another architecture';
  throw new TraceeError(
    'HEADERS_MISMATCH',
    `the headers in ${tree.build} are configured for ${other}, not for ${kernel.arch} (${wanted} is not set)`,
    { hint: 'name the architecture of the target with --arch, or give the headers of the target' },
  );
}

/** With a randomised layout the offsets that clang computes are wrong, and those in the kernel's BTF too. */
function checkLayoutIsFixed(tree: Halves, autoconf: string): void {
  const option = randomising.find((name) => isSet(autoconf, name));
  if (option === undefined || isSet(autoconf, 'CONFIG_RANDSTRUCT_NONE')) return;
  throw new TraceeError(
    'KERNEL_UNSUPPORTED',
    `the kernel of ${tree.build} randomises the layout of its structures (${option})`,
    { hint: 'no object can be made for it; use a kernel with CONFIG_RANDSTRUCT_NONE=y' },
  );
}

/** The plugin's own option stands alone below 5.19. */
const randomising = [
  'CONFIG_RANDSTRUCT_FULL',
  'CONFIG_RANDSTRUCT_PERFORMANCE',
  'CONFIG_RANDSTRUCT',
  'CONFIG_GCC_PLUGIN_RANDSTRUCT',
];

function readHeader(directory: string, name: string): string {
  const path = join(directory, name);
  try {
    return readFileSync(path, 'latin1');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      throw new TraceeError('HEADERS_INCOMPLETE', `${path} cannot be read: ${code}`, {
        hint: `make the header tree readable: chmod -R a+rX ${directory}`,
        cause,
      });
    }
    throw new TraceeError('HEADERS_INCOMPLETE', `${directory} has no ${name}`, {
      hint: 'this is no complete header tree of a configured kernel: install the whole linux-headers package',
      cause,
    });
  }
}

function makefileVersion(makefile: string): string | undefined {
  const major = /^VERSION\s*=\s*(\d+)/m.exec(makefile)?.[1];
  const minor = /^PATCHLEVEL\s*=\s*(\d+)/m.exec(makefile)?.[1];
  return major === undefined || minor === undefined ? undefined : `${major}.${minor}`;
}

function isSet(autoconf: string, option: string): boolean {
  return new RegExp(`^#define ${option} 1$`, 'm').test(autoconf);
}

function mismatchHint(kernel: TargetKernel): string {
  return `apt-get install linux-headers-${kernel.release}, or build for the headers' kernel with --kernel; --allow-mismatch insists`;
}
