import { existsSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { machine } from 'node:os';
import { join } from 'node:path';
import { execa, ExecaError } from 'execa';
import { TraceeError } from 'tracee/errors';
import type { TargetKernel } from '../release.js';
import { openApt, privateState, type Apt } from './apt.js';
import { makeTemporaryDirectory, publishDirectory } from './cache.js';
import { fetchedPlace } from './place.js';

export interface FetchRequest {
  kernel: TargetKernel;
  /** The packages' files go below it; safe to delete at any time. */
  cache: string;
  signal: AbortSignal;
  /** Told what takes a while. */
  onProgress: (message: string) => void;
}

/** Debian's words for machines. */
const debianArchitecture = { x86_64: 'amd64', aarch64: 'arm64' } as const;

/**
 * Gets the header packages of a kernel with the system's own apt from the suites that its sources list, and
 * unpacks them into the cache: nothing is installed, and nothing of the system's changes. Gives the root of
 * their files, which was moved into place in one step. Headers that are there already are not fetched again.
 *
 * Throws `HEADERS_FETCH_FAILED`.
 */
export async function fetchHeaders(request: FetchRequest): Promise<string> {
  const { kernel, cache, signal, onProgress } = request;
  const place = fetchedPlace(cache, kernel);
  if (existsSync(place)) return place;
  await using temporary = await makeTemporaryDirectory(cache).catch((cause: unknown) => {
    throw failure(`${cache} cannot be written to`, 'name another directory with TRACEE_CACHE_DIR', cause);
  });
  const { apt, packages } = await findPackages(request, join(temporary.path, 'apt'));
  const archives = join(temporary.path, 'packages');
  const root = join(temporary.path, 'root');
  await mkdir(archives);
  await mkdir(root);
  onProgress(`fetching ${packages.join(', ')}`);
  await apt.download(packages, archives);
  for (const file of await readdir(archives)) {
    await run('dpkg', ['--extract', join(archives, file), root], { signal });
  }
  const tree = join('usr/src', `linux-headers-${kernel.release}`);
  if (!existsSync(join(root, tree))) {
    throw failure(`${packages[0] ?? ''} has no ${tree} in it`, 'name the headers with --headers');
  }
  await publishDirectory(root, place);
  return place;
}

/** The package of the release, and those with the other half of its headers. */
async function findPackages(
  request: FetchRequest,
  directory: string,
): Promise<{ apt: Apt; packages: string[] }> {
  const { kernel } = request;
  const name = `linux-headers-${kernel.release}`;
  const apt = await openIndex(request, name, directory);
  const packages = new Set([name]);
  for (const one of packages) {
    const stanza = await apt.show(one);
    if (stanza === undefined) {
      throw failure(`${name} needs ${one}, which no suite has that apt's sources list`, sourcesHint);
    }
    // linux-kbuild and compilers are for building modules.
    for (const part of stanza.dependencies) if (part.startsWith('linux-headers-')) packages.add(part);
  }
  return { apt, packages: [...packages] };
}

/**
 * The system's index where it has the package. It can be empty (in a container), old, or of another
 * architecture: then the same sources are read anew, into a directory of our own.
 */
async function openIndex(request: FetchRequest, name: string, directory: string): Promise<Apt> {
  const { kernel, signal, onProgress } = request;
  const apt = (settings: Readonly<Record<string, string>>): Apt =>
    openApt(settings, (program, words, options) => run(program, words, { ...options, signal }));
  if (kernel.arch === machine()) {
    const own = apt({});
    if ((await own.show(name)) !== undefined) return own;
  }
  const architecture = debianArchitecture[kernel.arch];
  onProgress(`reading the index of apt's sources for ${name} (${architecture})`);
  // Without this apt takes an archive that it cannot reach for an empty one.
  const settings = { ...(await privateState(directory, architecture)), 'APT::Update::Error-Mode': 'any' };
  const fresh = apt(settings);
  const problem = await fresh.update().catch((error: unknown) => error);
  signal.throwIfAborted();
  // One of many sources may be out of reach, and not the one that matters.
  if ((await fresh.show(name)) !== undefined) return fresh;
  if (problem !== undefined) throw problem;
  throw failure(`no suite that apt's sources list has ${name} for ${architecture}`, sourcesHint);
}

const sourcesHint =
  'add the suite that has it to /etc/apt/sources.list.d, or to a file that APT_CONFIG names; or give the headers with --headers';

async function run(
  program: 'apt-get' | 'apt-cache' | 'dpkg',
  words: readonly string[],
  { signal, cwd }: { signal: AbortSignal; cwd?: string },
): Promise<string> {
  try {
    const result = await execa(program, words, {
      env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      stdin: 'ignore',
      cancelSignal: signal,
      ...(cwd === undefined ? {} : { cwd }),
    });
    return result.stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === 'ENOENT') {
      const hint = `headers are fetched with Debian's ${program}; elsewhere install them, or name them with --headers`;
      throw failure(`there is no ${program} here`, hint, error);
    }
    const lines = String(error.stderr)
      .trim()
      .split('\n')
      .filter((line) => /^[EW]:/.test(line))
      .slice(-3);
    const said = lines.length === 0 ? error.shortMessage : lines.join('\n  ');
    throw failure(`${program} failed: ${said}`, 'look at the network and at the sources in /etc/apt', error);
  }
}

function failure(message: string, hint: string, cause?: unknown): TraceeError {
  return new TraceeError('HEADERS_FETCH_FAILED', message, { hint, cause });
}
