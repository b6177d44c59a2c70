import { failOf, ok, warn, type Finding, type Section } from 'tracee/doctor';
import { findToolchain, type Tool, type ToolchainWishes } from '../toolchain/clang.js';
import { findLibbpfHeaders } from '../toolchain/libbpf-headers.js';
import { findSymptom } from '../symptoms/table.js';
import { pingDocker } from './docker.js';

/** Compilers and libbpf's headers, and Docker, which can stand in for them. */
export async function examineTools(
  wishes: ToolchainWishes,
  libbpfHeaders: string,
  dockerHost: string | undefined,
): Promise<Section> {
  return {
    title: 'Tools',
    findings: [
      ...(await examineToolchain(wishes)),
      examineLibbpf(libbpfHeaders),
      await examineDocker(dockerHost),
    ],
  };
}

async function examineToolchain(wishes: ToolchainWishes): Promise<Finding[]> {
  try {
    const { clang, llc, strip, objcopy } = await findToolchain(wishes);
    const tell = ({ version, path }: Tool): string => `${version} (${path})`;
    return [
      ok('clang', 'clang', tell(clang)),
      ok('llc', 'llc', llc === undefined ? "none of clang's major: clang does its step" : tell(llc)),
      ok('llvm-strip', 'llvm-strip', tell(strip)),
      ok('llvm-objcopy', 'llvm-objcopy', tell(objcopy)),
    ];
  } catch (error) {
    return [failOf('toolchain', 'clang and LLVM', error)];
  }
}

function examineLibbpf(directory: string): Finding {
  try {
    const { version, directory: found } = findLibbpfHeaders(directory);
    return ok('libbpf-headers', "libbpf's headers", `${version} (${found})`);
  } catch (error) {
    return failOf('libbpf-headers', "libbpf's headers", error);
  }
}

/** A warning at most: it is needed only where one wants to build in it. */
async function examineDocker(host: string | undefined): Promise<Finding> {
  const { where, error } = await pingDocker(host);
  if (error === undefined) return ok('docker', 'docker', where);
  const known = findSymptom(error, 'docker');
  const found = `${where}: ${error}${known === undefined ? '' : ` (${known.cause})`}`;
  return warn(
    'docker',
    'docker',
    found,
    known?.mend ?? 'needed for building in Docker only: check DOCKER_HOST',
  );
}
