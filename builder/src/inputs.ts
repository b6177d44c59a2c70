import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from 'tracee/artifact';
import type { CompileJob } from './compile/compile.js';
import { defaultCpu } from './compile/flags.js';
import { sha256 } from './digest.js';

/** What decides an object's bytes, known before anything is compiled: equal inputs, equal object. */
export interface Inputs extends Pick<Manifest, 'kernel' | 'types' | 'toolchain' | 'sources' | 'btf'> {
  /** Digests of the two files that identify a configured kernel build. */
  configuration: { utsrelease: string; autoconf: string } | null;
}

export async function describeInputs(job: Omit<CompileJob, 'workDirectory' | 'signal'>): Promise<Inputs> {
  const { kernel, origin, toolchain, libbpf, sources } = job;
  return {
    kernel: { release: origin.types === 'core' ? null : kernel.release, arch: kernel.arch },
    types: origin.types,
    toolchain: {
      clang: toolchain.clang.version,
      llc: origin.types === 'headers' ? (toolchain.llc?.version ?? null) : null,
      mcpu: job.cpu ?? defaultCpu,
      libbpf: { version: libbpf.version, headersDigest: libbpf.digest },
    },
    sources: { digest: sources.digest },
    btf: origin.types === 'btf' ? { digest: sha256(await readFile(origin.path)) } : null,
    configuration:
      origin.types === 'headers'
        ? {
            utsrelease: sha256(await readFile(join(origin.tree.build, 'include/generated/utsrelease.h'))),
            autoconf: sha256(await readFile(join(origin.tree.build, 'include/generated/autoconf.h'))),
          }
        : null,
  };
}

/** Whether an object's manifest tells of the same inputs. */
export function isMadeFrom(manifest: Manifest, inputs: Inputs, version: string, abi: string): boolean {
  const configuration =
    manifest.headers === null
      ? null
      : { utsrelease: manifest.headers.utsrelease, autoconf: manifest.headers.autoconf };
  const { kernel, types, toolchain, sources, btf } = manifest;
  const stands = { kernel, types, toolchain, sources, btf, configuration };
  return manifest.version === version && manifest.abi === abi && sameFields(stands, inputs);
}

function sameFields(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, value]) => sameFields(value, (b as Record<string, unknown>)[key]))
  );
}
