import { lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { TraceeError } from '../errors.js';
import { readManifest, verifyDigest } from './embedded-manifest.js';
import { checkLayout } from './layout-check.js';
import { type Architecture, type Manifest } from './manifest.js';
import { isNameable, objectName, portableObjectName } from './name.js';
import { readSignature, type PublicKeys, verifySignature } from './signature.js';
import { readTrustedFile } from './trust.js';

/** What an object must have been made for. */
export interface WantedObject {
  /** As `uname -r` prints it. */
  readonly kernelRelease: string;
  readonly arch: Architecture;
  /** Without a leading `v`. */
  readonly version: string;
  /** Digest of the event catalogue. */
  readonly abi: string;
  /** Whether the running kernel has BTF, without which a portable object cannot be loaded. */
  readonly kernelHasBtf: boolean;
}

export interface LocateOptions extends WantedObject {
  /** Reads the running kernel's raw BTF; only called where it has some and an object has a layout to compare. */
  readonly readKernelBtf: () => Uint8Array;
  /** `TRACEE_BPF_FILE`: a file, or a directory that is searched by exact name. It must work. */
  readonly bpfFile?: string;
  /** Directory that the builder writes to. */
  readonly installPath: string;
  /** Directories with the portable object; empty where it is not wanted. */
  readonly portableDirs: readonly string[];
  /** Owners that are trusted beside root and the running user. */
  readonly trustedUids?: readonly number[];
  /** Where given, every object needs a signature of one of these keys beside it. */
  readonly publicKeys?: PublicKeys;
}

export interface LocatedObject {
  readonly path: string;
  /** The whole file, checked: load from these bytes, never from the path. */
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  readonly kind: 'explicit' | 'installed' | 'portable';
  /** Why candidates before this one were refused: each is to be shown once. */
  readonly warnings: readonly TraceeError[];
}

/**
 * Finds the object for a kernel: the one named explicitly and no other, else the installed one, else the
 * portable one.
 *
 * @throws TraceeError `OBJECT_NOT_FOUND` naming every place looked at; for an explicit file also
 * `OBJECT_UNTRUSTED`, `OBJECT_UNREADABLE`, `OBJECT_UNSIGNED`, `OBJECT_INVALID`, `OBJECT_MISMATCH` and
 * `OBJECT_LAYOUT`; `KERNEL_RELEASE_INVALID` where the release cannot stand in a file name.
 */
export function locateObject(options: LocateOptions): LocatedObject {
  if (!isNameable(options.kernelRelease)) {
    throw new TraceeError(
      'KERNEL_RELEASE_INVALID',
      `Kernel release ${JSON.stringify(options.kernelRelease)} cannot stand in a file name`,
    );
  }
  return options.bpfFile === undefined ? search(options) : locateExplicit(options.bpfFile, options);
}

function locateExplicit(bpfFile: string, options: LocateOptions): LocatedObject {
  const name = objectName(options.kernelRelease, options.version);
  const candidates = isDirectory(bpfFile) ? candidatesIn(bpfFile, name, options.arch) : [bpfFile];
  const path = candidates.find((candidate) => !isAbsent(candidate));
  if (path === undefined) {
    throw new TraceeError(
      'OBJECT_NOT_FOUND',
      ['TRACEE_BPF_FILE names no object that is there:', ...candidates.map(describeAbsent)].join('\n'),
      { hint: 'Build it there, name another file or directory, or unset TRACEE_BPF_FILE' },
    );
  }
  return { path, ...openObject(path, options), kind: 'explicit', warnings: [] };
}

function search(options: LocateOptions): LocatedObject {
  const warnings: TraceeError[] = [];
  const report: string[] = [];
  for (const { path, kind } of listCandidates(options)) {
    if (isAbsent(path)) {
      report.push(describeAbsent(path));
      continue;
    }
    try {
      return { path, ...openObject(path, options), kind, warnings };
    } catch (error) {
      if (!(error instanceof TraceeError)) throw error;
      warnings.push(error);
      report.push(`  ${path}: refused: ${error.message}`);
    }
  }
  if (!options.kernelHasBtf) report.push('  portable object: needs BTF, which this kernel does not have');
  throw notFound(options, report, warnings);
}

function listCandidates(options: LocateOptions): { path: string; kind: 'installed' | 'portable' }[] {
  const { arch, installPath, kernelRelease, version } = options;
  const installed = candidatesIn(installPath, objectName(kernelRelease, version), arch);
  const portable = options.portableDirs.flatMap((directory) =>
    candidatesIn(directory, portableObjectName(version), arch),
  );
  return [
    ...installed.map((path) => ({ path, kind: 'installed' as const })),
    ...(options.kernelHasBtf ? portable : []).map((path) => ({ path, kind: 'portable' as const })),
  ];
}

/** Two architectures can share a release: a store keeps such twins apart in a directory for each. */
function candidatesIn(directory: string, name: string, arch: Architecture): string[] {
  return [join(directory, arch, name), join(directory, name)];
}

function openObject(path: string, options: LocateOptions): { bytes: Uint8Array; manifest: Manifest } {
  const bytes = readSigned(path, options);
  const manifest = readManifest(bytes, path);
  verifyDigest(bytes, manifest, path);
  checkManifest(manifest, path, options);
  if (options.kernelHasBtf && manifest.layout.length > 0)
    checkLayout(manifest, options.readKernelBtf(), path);
  return { bytes, manifest };
}

/** Long enough for a builder that has renamed one of the two files to rename the other. */
const publishingMs = 100;

/**
 * Reads an object and, where signatures are required, verifies its own before anything in it is looked at. Two
 * files cannot be replaced in one step: a pair that does not fit may be one that is being replaced, and is read
 * once more.
 */
function readSigned(path: string, options: LocateOptions): Uint8Array {
  const { publicKeys, trustedUids = [] } = options;
  const read = (): Uint8Array => readTrustedFile(path, { what: 'BPF object', trustedUids });
  if (publicKeys === undefined) return read();
  const readPair = (): Uint8Array => {
    const bytes = read();
    verifySignature(bytes, readSignature(path, trustedUids), path, publicKeys);
    return bytes;
  };
  try {
    return readPair();
  } catch (error) {
    if (!(error instanceof TraceeError) || error.code !== 'OBJECT_UNSIGNED') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, publishingMs);
    return readPair();
  }
}

/**
 * Whether an object was made for this kernel and this runtime.
 *
 * @throws TraceeError `OBJECT_MISMATCH`, naming what the object is for and what is wanted.
 */
export function checkManifest(manifest: Manifest, path: string, wanted: WantedObject): void {
  const { kernel } = manifest;
  const isPortable = kernel.release === null && manifest.types === 'core';
  if (!isPortable && kernel.release !== wanted.kernelRelease) {
    const made = kernel.release === null ? 'no particular kernel' : `kernel ${kernel.release}`;
    throw mismatch(path, made, `kernel ${wanted.kernelRelease}`);
  }
  if (kernel.arch !== wanted.arch) throw mismatch(path, kernel.arch, wanted.arch);
  if (manifest.version !== wanted.version) {
    throw mismatch(path, `version ${manifest.version}`, `version ${wanted.version}`);
  }
  if (manifest.abi !== wanted.abi) {
    throw mismatch(
      path,
      `ABI (event catalogue) ${manifest.abi.slice(0, 12)}`,
      `ABI (event catalogue) ${wanted.abi.slice(0, 12)}`,
    );
  }
  if (manifest.types === 'core' && !wanted.kernelHasBtf) {
    throw mismatch(path, 'kernels with BTF', `kernel ${wanted.kernelRelease}, which has none`);
  }
}

function mismatch(path: string, made: string, wanted: string): TraceeError {
  return new TraceeError('OBJECT_MISMATCH', `${path} was made for ${made}, but this is ${wanted}`, {
    hint: 'Build the object on this machine with this version: make bpf',
  });
}

function notFound(options: LocateOptions, report: string[], refusals: readonly TraceeError[]): TraceeError {
  const build =
    `Build one with make bpf or tracee-builder build --output ${options.installPath}, ` +
    'or name one with TRACEE_BPF_FILE';
  const [refusal] = refusals;
  const isOnlyOne = refusals.length === 1;
  const isUnsigned = refusals.length > 0 && refusals.every(({ code }) => code === 'OBJECT_UNSIGNED');
  return new TraceeError(
    'OBJECT_NOT_FOUND',
    [`No BPF object for kernel ${options.kernelRelease} (${options.arch}) was found:`, ...report].join('\n'),
    {
      hint: (isOnlyOne || isUnsigned) && refusal?.hint !== undefined ? `${refusal.hint}\n${build}` : build,
      ...(isOnlyOne ? { cause: refusal } : {}),
    },
  );
}

function describeAbsent(path: string): string {
  return `  ${path}: not there`;
}

/** A dangling link is not absent: it is refused, with its reason. */
function isAbsent(path: string): boolean {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    return isAbsenceError(error);
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // What is wrong with it is said when it is opened.
    return false;
  }
}

function isAbsenceError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
