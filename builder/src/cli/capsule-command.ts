import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Command } from 'commander';
import { TraceeError } from 'tracee/errors';
import { capsuleName, createCapsule } from '../capsule/create.js';
import { targetKernel } from '../kernel/release.js';
import { publish } from '../store/publish.js';
import { createScratch } from '../scratch.js';
import { readSources } from '../sources.js';
import { findToolchain } from '../toolchain/clang.js';
import { findLibbpfHeaders } from '../toolchain/libbpf-headers.js';
import { defaultSources } from './build-command.js';
import { named, toolchainWishes } from './environment.js';
import { findTypeOrigin, sayMiss, type HeaderFlags } from './header-options.js';
import { print, say } from './report.js';

interface CapsuleFlags extends HeaderFlags {
  kernel?: string;
  arch?: string;
  output?: string;
  sources: string;
  libbpfHeaders: string;
}

/** `capsule create`: the headers that an object needs, in one small file that builds it anywhere. */
export function capsuleCommand(signal: AbortSignal): Command {
  const create = new Command('create')
    .description('pack the headers that the object needs; the file is for --headers elsewhere')
    .option('--kernel <release>', 'kernel of the headers (KERN_RELEASE, or the running one)')
    .option('--arch <arch>', 'architecture of that kernel: x86_64 or aarch64 (this machine’s)')
    .option('--headers <directory[:directory]>', 'its headers: a directory, or build:source (KERN_HEADERS)')
    .option('--fetch', 'get headers that are not here with apt, into the cache; nothing is installed')
    .option('--allow-mismatch', 'use the headers although they belong to another kernel')
    .option('--output <file>', 'the file to write (tracee-headers.<release>.<arch>.tar.gz)')
    .option('--sources <directory>', 'the BPF sources', defaultSources)
    .option('--libbpf-headers <directory>', 'include directory with libbpf’s bpf/*.h', '/usr/include')
    .exitOverride()
    .action(async (flags: CapsuleFlags) => {
      await act(flags, signal);
    });
  return new Command('capsule').description('small archives of kernel headers').addCommand(create);
}

async function act(flags: CapsuleFlags, signal: AbortSignal): Promise<void> {
  const { env } = process;
  const kernel = targetKernel({ release: flags.kernel ?? named(env['KERN_RELEASE']), arch: flags.arch });
  using scratch = createScratch('headers');
  const origin = await findTypeOrigin(kernel, flags, { scratch: scratch.path, signal, onMiss: sayMiss });
  if (origin.types !== 'headers') {
    throw new TraceeError(
      'HEADERS_NOT_FOUND',
      `a capsule holds headers, but only ${origin.where} was found`,
      {
        hint: 'name the headers with --headers, or get them with --fetch',
      },
    );
  }
  const workDirectory = join(scratch.path, 'work');
  await mkdir(workDirectory);
  const toolchain = await findToolchain(toolchainWishes(env));
  const sources = readSources(flags.sources);
  const libbpf = findLibbpfHeaders(flags.libbpfHeaders);
  say(`kernel ${kernel.release} (${kernel.arch}), headers from ${origin.where}`);
  const job = { kernel, origin, sources, toolchain, libbpf, workDirectory, signal };
  const bytes = await createCapsule(job, origin.tree);
  const file = flags.output ?? capsuleName(kernel.release, kernel.arch);
  const path = await publish(bytes, dirname(file), basename(file));
  say(`${(bytes.length / 1e6).toFixed(1)} MB`);
  print(path);
}
