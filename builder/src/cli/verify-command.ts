import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import {
  architectureSchema,
  missingSignature,
  parsePublicKeys,
  readManifest,
  signaturePath,
  verifyDigest,
  verifySignature,
  type Manifest,
  type PublicKeys,
} from 'tracee/artifact';
import { errorTable, TraceeError } from 'tracee/errors';
import { readObject } from './read-object.js';
import { printJson, printLines, say } from './report.js';

interface VerifyFlags {
  key?: string;
  json?: true;
}

/** Of one object. `signature`: `verified` by the key, or whether there is one where no key was given. */
interface Verdict {
  path: string;
  manifest: Manifest | null;
  signature: 'verified' | 'present' | 'absent' | null;
  problem: { code: string; message: string; hint?: string | undefined } | null;
}

/** `verify FILE|DIRECTORY`: whether objects are what was built, and signed by whom they should be. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('verify the digest of objects, and their signatures when a key is given')
    .argument('<paths...>', 'objects, or directories with objects')
    .option('--key <file>', 'public key (PEM) that must have signed them (TRACEE_BPF_PUBKEY)')
    .option('--json', 'print the verdicts as JSON')
    .action((paths: string[], flags: VerifyFlags) => {
      const keyPath = flags.key ?? process.env['TRACEE_BPF_PUBKEY'];
      const keys = keyPath === undefined || keyPath === '' ? undefined : readKeys(keyPath);
      const verdicts = paths.flatMap(findObjects).map((path) => judge(path, keys));
      if (flags.json === true) printJson(verdicts);
      else printLines(verdicts.map(describe));
      const refused = verdicts.flatMap(({ problem }) => problem ?? []);
      if (refused.length === 0) return;
      for (const hint of new Set(refused.flatMap((problem) => problem.hint ?? []))) say(hint);
      process.exitCode = errorTable.OBJECT_INVALID.status;
    });
}

/** Objects of a store, those kept apart by architecture included. */
function findObjects(path: string): string[] {
  if (!(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [path];
  const directories = [path, ...architectureSchema.options.map((arch) => join(path, arch))];
  const found = directories
    .filter((directory) => existsSync(directory))
    .flatMap((directory) => readdirSync(directory).map((name) => ({ directory, name })))
    .filter(({ name }) => /^tracee\.bpf\..*\.o$/.test(name))
    .map(({ directory, name }) => join(directory, name));
  if (found.length > 0) return found.toSorted();
  throw new TraceeError('OBJECT_NOT_FOUND', `${path} has no objects (tracee.bpf.*.o)`, {
    hint: 'name a directory that the builder wrote to, or a file',
  });
}

function readKeys(path: string): PublicKeys {
  try {
    return parsePublicKeys(readFileSync(path, 'latin1'), path);
  } catch (cause) {
    if (cause instanceof TraceeError) throw cause;
    throw new TraceeError('KEY_UNUSABLE', `public key ${path} cannot be read`, {
      hint: 'name the PEM file of a public key with --key',
      cause,
    });
  }
}

function judge(path: string, keys: PublicKeys | undefined): Verdict {
  const verdict: Verdict = { path, manifest: null, signature: null, problem: null };
  try {
    const bytes = readObject(path);
    const signature = readSignature(path);
    verdict.signature = signature === undefined ? 'absent' : 'present';
    verdict.manifest = readManifest(bytes, path);
    verifyDigest(bytes, verdict.manifest, path);
    if (keys === undefined) return verdict;
    if (signature === undefined) throw missingSignature(path);
    verifySignature(bytes, signature, path, keys);
    return { ...verdict, signature: 'verified' };
  } catch (error) {
    if (!(error instanceof TraceeError)) throw error;
    return { ...verdict, problem: { code: error.code, message: error.message, hint: error.hint } };
  }
}

function readSignature(path: string): Uint8Array | undefined {
  const file = signaturePath(path);
  return existsSync(file) ? readFileSync(file) : undefined;
}

const signatureWords = {
  verified: 'signature verified',
  present: 'signature not verified (no --key)',
  absent: 'not signed',
} as const;

/** `good     dist/x.o: kernel 6.1.0-56-amd64 (x86_64), version 0.1.0, digest verified, not signed` */
function describe({ path, manifest, signature, problem }: Verdict): string {
  if (problem !== null || manifest === null) return `refused  ${problem?.message ?? path}`;
  const { kernel, version } = manifest;
  const made = kernel.release === null ? 'any kernel with BTF' : `kernel ${kernel.release}`;
  const words = signatureWords[signature ?? 'absent'];
  return `good     ${path}: ${made} (${kernel.arch}), version ${version}, digest verified, ${words}`;
}
