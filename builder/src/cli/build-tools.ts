import type { Workplace } from '../compile/workplace.js';
import { createScratch, type Scratch } from '../scratch.js';
import { findToolchain, type Toolchain } from '../toolchain/clang.js';
import { findLibbpfHeaders, type LibbpfHeaders } from '../toolchain/libbpf-headers.js';
import { named, toolchainWishes } from './environment.js';
import { say } from './report.js';

/** Where Debian's libbpf-dev puts them. */
export const defaultLibbpfHeaders = '/usr/include';

interface ToolFlags {
  libbpfHeaders?: string;
  docker?: true;
  dockerBase?: string;
  dockerNetwork?: string;
}

/** What compiles, and where. */
interface BuildTools extends AsyncDisposable {
  toolchain: Toolchain;
  libbpf: LibbpfHeaders;
  workplace?: Workplace;
  /** For people. */
  where: string;
}

/**
 * Starts to look for the tools of this machine, each of which is asked for its version; opens them, or with
 * `--docker` those of a container, which is removed with them.
 */
export function lookForTools(
  flags: ToolFlags,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): () => Promise<BuildTools> {
  if (flags.docker === true) return () => openContainer(flags, env, signal);
  const search = findToolchain(toolchainWishes(env));
  // Told when the tools are opened; what else is wrong may be told before, and instead.
  search.catch(() => undefined);
  return () => openLocal(flags, search);
}

async function openLocal(flags: ToolFlags, search: Promise<Toolchain>): Promise<BuildTools> {
  const libbpf = findLibbpfHeaders(flags.libbpfHeaders ?? defaultLibbpfHeaders);
  const toolchain = await search;
  return { toolchain, libbpf, where: toolchain.clang.path, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function openContainer(
  flags: ToolFlags,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<BuildTools> {
  for (const name of ['CLANG', 'LLC', 'LLVM_STRIP', 'LLVM_OBJCOPY']) {
    if (named(env[name]) !== undefined) say(`${name} is not used: with --docker the container has the tools`);
  }
  // A large library that no other command needs.
  const { openDockerToolchain } = await import('../toolchain/docker/docker-toolchain.js');
  const docker = await openDockerToolchain({
    endpoint: {
      host: env['DOCKER_HOST'] ?? '',
      verifiesTls: named(env['DOCKER_TLS_VERIFY']) !== undefined,
      certificates: env['DOCKER_CERT_PATH'] ?? '',
    },
    base: flags.dockerBase ?? named(env['DOCKER_BASE']),
    network: flags.dockerNetwork ?? named(env['DOCKER_NETWORK']),
    signal,
    onProgress: (line) => say(`docker: ${line}`),
  });
  let copy: Scratch | undefined;
  const close = async (): Promise<void> => {
    copy?.[Symbol.dispose]();
    await docker.close();
  };
  try {
    if (flags.libbpfHeaders === undefined) {
      copy = createScratch('libbpf');
      await docker.copyLibbpfHeaders(copy.path);
    }
    return {
      toolchain: docker.toolchain,
      libbpf: findLibbpfHeaders(flags.libbpfHeaders ?? copy?.path ?? ''),
      workplace: docker.workplace,
      where: 'in a container',
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
