import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { patchDigest } from '../../src/artifact/embedded-manifest.js';
import { blankDigest, canonicalJson, type Manifest, manifestSection } from '../../src/artifact/manifest.js';

/** Two programs, a subprogram, three helpers (5, 14, 15) and a 32-bit comparison. */
const source = `
static unsigned long (*pid_tgid)(void) = (void *)14;
static unsigned long (*uid_gid)(void) = (void *)15;
static unsigned long (*ktime)(void) = (void *)5;
static __attribute__((noinline)) int is_late(unsigned int limit) { return (unsigned int)ktime() > limit; }
__attribute__((section("raw_tp/sys_enter"), used)) int on_enter(void *ctx) { return is_late(pid_tgid()); }
__attribute__((section("raw_tp/sys_exit"), used)) int on_exit(unsigned long *ctx)
{
	return uid_gid() == 0x123456789abcdefULL;
}
char LICENSE[] __attribute__((section("license"), used)) = "Dual BSD/GPL";
`;

export const wanted = {
  kernelRelease: '6.1.0-56-amd64',
  arch: 'x86_64',
  version: '0.1.0',
  abi: 'ab'.repeat(32),
  kernelHasBtf: true,
  readKernelBtf: () => readFileSync('/sys/kernel/btf/vmlinux'),
} as const;

export const installedManifest: Manifest = {
  schema: 1,
  version: wanted.version,
  kernel: { release: wanted.kernelRelease, arch: wanted.arch },
  abi: wanted.abi,
  types: 'btf',
  toolchain: {
    clang: '14.0.6',
    llc: null,
    mcpu: 'v2',
    libbpf: { version: '1.1.2', headersDigest: '1'.repeat(64) },
  },
  sources: { digest: blankDigest },
  headers: null,
  btf: { digest: '2'.repeat(64) },
  layout: [],
  requirements: {
    helpers: [],
    mapTypes: [],
    programTypes: ['raw_tracepoint'],
    largestProgram: 9,
    jmp32: false,
  },
  programs: [{ name: 'on_enter', section: 'raw_tp/sys_enter', instructions: 9 }],
  digest: blankDigest,
};

export const portableManifest: Manifest = {
  ...installedManifest,
  kernel: { release: null, arch: wanted.arch },
  types: 'core',
  btf: null,
};

/** A fresh directory that only this user can write to, removed at the end of the test. */
export function createDirectory(context: { after(callback: () => void): void }): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-artifact-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function compileObject(
  options: { mcpu?: 'v2' | 'v3'; target?: 'bpf' | 'x86_64-linux-gnu' } = {},
): Buffer {
  const { mcpu = 'v2', target = 'bpf' } = options;
  return inScratch((directory) => {
    const sourceFile = join(directory, 'fixture.c');
    const objectFile = join(directory, 'fixture.o');
    writeFileSync(sourceFile, source);
    const cpu = target === 'bpf' ? [`-mcpu=${mcpu}`] : [];
    execFileSync(findTool('clang'), [
      `--target=${target}`,
      ...cpu,
      '-O2',
      '-c',
      sourceFile,
      '-o',
      objectFile,
    ]);
    return readFileSync(objectFile);
  });
}

/** The object with `text` as its manifest section, as it lies: digest neither computed nor patched. */
export function addManifestText(object: Uint8Array, text: string): Buffer {
  return inScratch((directory) => {
    const textFile = join(directory, 'manifest.json');
    const objectFile = join(directory, 'fixture.o');
    writeFileSync(textFile, text);
    writeFileSync(objectFile, object);
    execFileSync(findTool('llvm-objcopy'), [`--add-section=${manifestSection}=${textFile}`, objectFile]);
    return readFileSync(objectFile);
  });
}

/** The object with this manifest and its real digest, as the builder makes it. */
export function sealObject(object: Uint8Array, manifest: Manifest): Uint8Array {
  return patchDigest(addManifestText(object, canonicalJson(manifest)));
}

function inScratch<T>(work: (directory: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-fixture-'));
  try {
    return work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Distributions install LLVM tools with or without the version in the name. */
export function findTool(name: string): string {
  const versions = Array.from({ length: 11 }, (_, index) => `-${index + 12}`);
  const names = ['', ...versions].map((suffix) => name + suffix);
  const found = names.find((candidate) => spawnSync(candidate, ['--version']).status === 0);
  if (found === undefined) throw new Error(`These tests compile a small object and need ${name}`);
  return found;
}
