import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest, readTrustedFile, verifyDigest } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import type { TargetKernel } from './kernel/release.js';
import { createScratch } from './scratch.js';

/* Header trees are others' files and compilers are large: a process that may load BPF programs runs neither. */

/** Nobody else's: the numbers of users that distributions give out end below. */
const apartUid = 65_532;

/** What root needs to hand work to another user and to take the result; include/uapi/linux/capability.h. */
const capabilities = { CHOWN: 0, DAC_OVERRIDE: 1, SETGID: 6, SETUID: 7 } as const;

export interface ApartRequest {
  kernel: TargetKernel;
  /** File name of the object. */
  name: string;
  version: string;
  /** Digest of the BPF sources that it must be made of. */
  sourcesDigest: string;
  /** The builder's program. */
  program: string;
  /** All that the build knows of its environment, beside a place for temporary files. */
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/**
 * Builds the object for the running kernel from its headers in a process of another user, without capabilities
 * and without a way to get any, in a directory that is nobody else's. What comes out is read once and checked.
 *
 * @throws TraceeError `PRIVILEGES_MISSING` where root may not become that user; `BUILD_FAILED` with the status of
 * a build that has said itself what is wrong; what `readTrusted` throws.
 */
export async function buildApart(request: ApartRequest): Promise<Uint8Array> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) requireCapabilities();
  using scratch = createScratch('provide', temporaryPlace());
  const [output, temporary] = [join(scratch.path, 'out'), join(scratch.path, 'tmp')];
  for (const directory of [output, temporary]) mkdirSync(directory, { mode: 0o700 });
  if (isRoot) for (const path of [scratch.path, output, temporary]) chownSync(path, apartUid, apartUid);
  const user = isRoot ? [`--reuid=${apartUid}`, `--regid=${apartUid}`, '--clear-groups'] : [];
  const child = spawn(
    'setpriv',
    [
      ...[...user, '--inh-caps=-all', '--ambient-caps=-all', '--no-new-privs', '--pdeathsig=TERM', '--'],
      ...[process.execPath, request.program, 'ensure', '--no-btf'],
      ...['--kernel', request.kernel.release, '--output', output],
    ],
    {
      env: { ...request.env, TMPDIR: temporary, HOME: temporary },
      cwd: scratch.path,
      stdio: ['ignore', 'ignore', 'inherit'],
      signal: request.signal,
    },
  );
  const [status, signal] = (await once(child, 'close').catch(refuseWithoutSetpriv)) as [
    number | null,
    string | null,
  ];
  if (status !== 0) {
    throw new TraceeError(
      'BUILD_FAILED',
      `the build without privileges ended with ${signal ?? `status ${status}`}`,
    );
  }
  return readTrusted(join(output, request.name), request, [apartUid]);
}

/** Reads an object and holds it to what was asked for; throws what its checks throw, or `OBJECT_MISMATCH`. */
export function readTrusted(
  path: string,
  { kernel, version, sourcesDigest }: ApartRequest,
  trustedUids: readonly number[] = [],
): Uint8Array {
  const bytes = readTrustedFile(path, { what: 'BPF object', trustedUids });
  const manifest = readManifest(bytes, path);
  verifyDigest(bytes, manifest, path);
  const isWanted =
    manifest.kernel.release === kernel.release &&
    manifest.kernel.arch === kernel.arch &&
    manifest.version === version &&
    manifest.sources.digest === sourcesDigest;
  if (isWanted) return bytes;
  throw new TraceeError(
    'OBJECT_MISMATCH',
    `${path} is not the object of this version for kernel ${kernel.release}`,
  );
}

function refuseWithoutSetpriv(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  throw new TraceeError(
    'TOOLCHAIN_MISSING',
    'setpriv, which takes privileges from the build, is not installed',
    {
      hint: 'apt-get install util-linux',
      cause: error,
    },
  );
}

function requireCapabilities(): void {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  const effective = BigInt(`0x${hex}`);
  const missing = Object.entries(capabilities)
    .filter(([, bit]) => ((effective >> BigInt(bit)) & 1n) === 0n)
    .map(([name]) => name);
  if (missing.length === 0) return;
  throw new TraceeError(
    'PRIVILEGES_MISSING',
    `building as a user without privileges needs ${missing.map((name) => `CAP_${name}`).join(' and ')}, which this process lacks`,
    {
      hint: `${missing.map((name) => `--cap-add ${name}`).join(' ')}, or build elsewhere: tracee-builder ensure`,
    },
  );
}

/** Where the root file system is read-only, memory. */
function temporaryPlace(): string {
  try {
    accessSync(tmpdir(), constants.W_OK);
    return tmpdir();
  } catch {
    return '/dev/shm';
  }
}
