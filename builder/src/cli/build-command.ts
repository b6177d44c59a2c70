import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { isNameable, normalizeVersion } from 'tracee/artifact';
import { escapeJson } from 'tracee/escape';
import { TraceeError } from 'tracee/errors';
import { build } from '../build.js';
import type { Cpu } from '../compile/flags.js';
import { assumedRelease } from '../check/kernel-version.js';
import { kernelBtf, namedBtf, type TypeOrigin } from '../kernel/headers.js';
import { targetKernel, type TargetKernel } from '../kernel/release.js';
import { findTargetBtf } from '../layout/target.js';
import { createScratch } from '../scratch.js';
import type { Signer } from '../signing/private-key.js';
import { readSources, type Sources } from '../sources.js';
import { defaultLibbpfHeaders, lookForTools } from './build-tools.js';
import { findTypeOrigin, type HeaderFlags, type TypeSearch } from './header-options.js';
import { rememberEnsure } from './ensure-memo.js';
import { named } from './environment.js';
import { print, printJson, say } from './report.js';

interface BuildFlags extends HeaderFlags {
  kernel?: string;
  arch?: string;
  btf?: string | boolean;
  btfCheck?: string;
  portable?: true;
  output: string;
  sources: string;
  libbpfHeaders?: string;
  assumeVersion?: string;
  signKey?: string;
  mcpu?: Cpu;
  docker?: true;
  dockerBase?: string;
  dockerNetwork?: string;
  json?: true;
}

export const defaultSources = fileURLToPath(new URL('../../../bpf', import.meta.url));

/** `build` always compiles; `ensure` reuses an object that was made from the same inputs. */
export function buildCommand(name: 'build' | 'ensure', signal: AbortSignal): Command {
  const what =
    name === 'build' ? 'compile the object for a kernel' : 'compile the object unless it is there already';
  return new Command(name)
    .description(what)
    .option(
      '--kernel <release>',
      'kernel to build for, as uname -r prints it there (KERN_RELEASE, or the running one)',
    )
    .option('--arch <arch>', 'architecture of that kernel: x86_64 or aarch64 (this machine’s)')
    .option(
      '--headers <directory[:directory]>',
      'its headers: a directory, build:source, or a header capsule (KERN_HEADERS)',
    )
    .option('--fetch', 'get headers that are not here with apt, into the cache; nothing is installed')
    .option('--btf [file]', 'take the types from BTF instead of headers (the running kernel’s)')
    .option('--no-btf', 'never take the types from BTF: without headers there is no object')
    .option(
      '--btf-check <file>',
      'compare the layout with this BTF, vmlinux or vmlinuz of the target (the running kernel’s, or the headers’ own)',
    )
    .option('--portable', 'build the portable (CO-RE) object')
    .option('--output <directory>', 'where the object goes', 'dist')
    .option('--sources <directory>', 'the BPF sources', defaultSources)
    .option('--libbpf-headers <directory>', 'include directory with libbpf’s bpf/*.h (/usr/include)')
    .option('--docker', 'compile in a container, on the engine that DOCKER_HOST names')
    .option('--docker-base <image>', 'Debian image that the container’s image starts from (DOCKER_BASE)')
    .option(
      '--docker-network <mode>',
      'network while that image is built, such as host (DOCKER_NETWORK); compiling has none',
    )
    .option('--allow-mismatch', 'use the headers although they belong to another kernel')
    .addOption(
      new Option(
        '--assume-version <version>',
        'for tests: compile as for an older kernel; what comes out is never that kernel’s object',
      ).hideHelp(),
    )
    .option('--sign-key <file>', 'sign the object with this private key (PEM); see tracee-builder sign')
    .addOption(
      new Option('--mcpu <set>', 'for tests: compile for another instruction set than v2')
        .choices(['v1', 'v2', 'v3'])
        .hideHelp(),
    )
    .option('--json', 'print path, manifest and whether the object was reused')
    .action(async (flags: BuildFlags) => {
      await act(flags, name === 'ensure', signal);
    });
}

async function act(flags: BuildFlags, mayReuse: boolean, signal: AbortSignal): Promise<void> {
  const started = performance.now();
  const { env } = process;
  const signer = flags.signKey === undefined ? undefined : await openSignerOf(flags.signKey, env);
  const version = versionOf(env);
  const openTools = lookForTools(flags, env, signal);
  const headersKernel = targetKernel({
    release: flags.kernel ?? named(env['KERN_RELEASE']),
    arch: flags.arch,
  });
  const missed: string[] = [];
  const said: string[] = [];
  const tell = (line: string): void => {
    said.push(line);
    say(line);
  };
  using scratch = createScratch('headers');
  const origin = await findTypes(flags, headersKernel, {
    scratch: scratch.path,
    signal,
    onMiss: (place, reason) => {
      missed.push(place);
      tell(`not ${place}: ${reason}`);
    },
  });
  const assumedVersion = checkAssumption(flags.assumeVersion, origin);
  const kernel =
    assumedVersion === undefined
      ? headersKernel
      : {
          ...headersKernel,
          release: assumedRelease(headersKernel.release, assumedVersion),
          isRunning: false,
        };
  const sources = readSources(flags.sources);
  warnOfCapsule(origin, sources);
  // A pretended version changes the layout, and with it what the object could be used for: nothing.
  const target =
    assumedVersion === undefined ? await findTargetBtf(flags.btfCheck, kernel, origin) : undefined;
  tell(
    `kernel ${origin.types === 'core' ? 'any with BTF' : kernel.release} (${kernel.arch}), types from ${origin.where}`,
  );
  await using tools = await openTools();
  const { toolchain, libbpf, workplace } = tools;
  tell(`clang ${toolchain.clang.version} (${tools.where}), libbpf headers ${libbpf.version}`);
  const request = {
    ...{ kernel, origin, sources, toolchain, libbpf, workplace, assumedVersion },
    ...{ version, mayReuse, target, signer, cpu: flags.mcpu, signal },
    output: flags.output,
    onWait: () => {
      say('another builder makes this object: waiting for it');
    },
    onLoss: say,
  };
  const built = await build(request);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  say(built.isReused ? `reused: made from the same inputs (${seconds} s)` : `built in ${seconds} s`);
  if (target !== undefined) {
    tell(`all ${built.manifest.layout.length} kernel members stand where ${target.path} has them`);
  }
  if (flags.json === true) printJson(built);
  else print(built.path);
  // What was unpacked for this run alone, and the tools of a container, are not there next time.
  const isForOnce = origin.types === 'headers' && origin.tree.build.startsWith(scratch.path);
  if (!mayReuse || isForOnce || workplace !== undefined) return;
  const printed = flags.json === true ? escapeJson(JSON.stringify({ ...built, isReused: true })) : built.path;
  rememberEnsure({
    request,
    built,
    libbpfRoot: flags.libbpfHeaders ?? defaultLibbpfHeaders,
    missed,
    said,
    printed,
  });
}

/** Loaded for those who sign. */
async function openSignerOf(key: string, env: NodeJS.ProcessEnv): Promise<Signer> {
  const { openSigner } = await import('./sign-command.js');
  return openSigner(key, env);
}

function checkAssumption(version: string | undefined, origin: TypeOrigin): string | undefined {
  if (version === undefined) return undefined;
  if (/^\d{1,2}\.\d{1,3}$/.test(version) && origin.types === 'headers') return version;
  throw new TraceeError('USAGE', `--assume-version ${version} needs a kernel's headers and a version`, {
    hint: 'for example --headers <directory> --assume-version 4.18',
  });
}

async function findTypes(flags: BuildFlags, kernel: TargetKernel, search: TypeSearch): Promise<TypeOrigin> {
  if (flags.portable === true) return { types: 'core', where: 'core_types.h' };
  if (flags.btf === false) return findTypeOrigin(kernel, flags, { ...search, takesBtf: false });
  if (flags.btf !== undefined) return namedBtf(flags.btf === true ? kernelBtf : flags.btf);
  return findTypeOrigin(kernel, flags, search);
}

/** Sources that are newer than a capsule can include headers that it does not have. */
function warnOfCapsule(origin: TypeOrigin, sources: Sources): void {
  if (origin.types !== 'headers' || origin.capsule === undefined) return;
  if (origin.capsule.sources.digest === sources.digest) return;
  say(`${origin.where} was made for other BPF sources: if a header is missing, make it anew`);
}

/** The version of what is built: the package's, or `VERSION` / `RELEASE_TAG`. */
export function versionOf(env: NodeJS.ProcessEnv): string {
  const own = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
  const version = normalizeVersion(named(env['VERSION']) ?? named(env['RELEASE_TAG']) ?? own);
  if (isNameable(version)) return version;
  throw new TraceeError('USAGE', `"${version}" cannot be a version: it becomes part of a file name`, {
    hint: 'set VERSION to something like 0.1.0',
  });
}
