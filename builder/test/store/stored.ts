import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { machine } from 'node:os';
import { dirname, join } from 'node:path';
import {
  canonicalJson,
  manifestSection,
  objectName,
  patchDigest,
  portableObjectName,
  type Architecture,
  type Manifest,
} from 'tracee/artifact';
import { toolchain } from '../fixtures/job.js';
import { createDirectory } from '../fixtures/scratch.js';

/* Real objects with manifests of one's choice, made without a compiler run for each. */

export const own = machine() as Architecture;
export const other: Architecture = own === 'x86_64' ? 'aarch64' : 'x86_64';

export interface StoredOptions {
  release?: string | null;
  arch?: Architecture;
  version?: string;
  /** Below the store: the flat name by default. */
  place?: string;
  ageDays?: number;
}

const zeros = '0'.repeat(64);
const directory = createDirectory({ after: (remove) => process.on('exit', remove) });
const bare = join(directory, 'bare.o');
writeFileSync(join(directory, 'bare.c'), 'int answer = 42;\n');
execFileSync(toolchain.clang.path, ['--target=bpf', '-O2', '-c', join(directory, 'bare.c'), '-o', bare]);

export function manifestOf({
  release = '6.1.0-50-cloud-amd64',
  arch = own,
  version = '0.1.0',
}: StoredOptions = {}): Manifest {
  const types = release === null ? 'core' : 'headers';
  return {
    ...{ schema: 1, version, abi: zeros, types, digest: zeros, btf: null, layout: [], programs: [] },
    kernel: { release, arch },
    toolchain: { clang: '14.0.6', llc: null, mcpu: 'v2', libbpf: { version: '1.1', headersDigest: zeros } },
    sources: { digest: zeros },
    headers: release === null ? null : { files: 1, digest: zeros, utsrelease: zeros, autoconf: zeros },
    requirements: { helpers: [], mapTypes: [], programTypes: [], largestProgram: 0, jmp32: false },
  };
}

/** Puts an object into a store. Returns its path. */
export function putObject(store: string, options: StoredOptions = {}): string {
  const manifest = manifestOf(options);
  const { release } = manifest.kernel;
  const name =
    release === null ? portableObjectName(manifest.version) : objectName(release, manifest.version);
  const path = join(store, options.place ?? name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(join(directory, 'manifest.json'), canonicalJson(manifest));
  const section = `--add-section=${manifestSection}=${join(directory, 'manifest.json')}`;
  execFileSync(toolchain.objcopy.path, [section, bare, path]);
  writeFileSync(path, patchDigest(readFileSync(path)));
  const time = new Date(Date.now() - (options.ageDays ?? 0) * 24 * 60 * 60 * 1000);
  utimesSync(path, time, time);
  return path;
}
