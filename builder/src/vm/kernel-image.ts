import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { TraceeError } from 'tracee/errors';

/** Where distributions put the image of an installed kernel. */
const places = (root: string, release: string): string[] => [
  join(root, `boot/vmlinuz-${release}`),
  join(root, `usr/lib/modules/${release}/vmlinuz`),
  join(root, `lib/modules/${release}/vmlinuz`),
];

/** The image that was named, or the installed one of this release. Throws `KERNEL_NOT_FOUND`. */
export function findKernelImage(named: string | undefined, release: string): string {
  const candidates = named === undefined ? places('/', release) : [named];
  const found = candidates.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  if (found !== undefined) return found;
  throw new TraceeError(
    'KERNEL_NOT_FOUND',
    [`no image of kernel ${release} is there:`, ...candidates.map((path) => `  ${path}`)].join('\n'),
    { hint: 'name it with --vmlinuz, or take it from its package with --kernel-package' },
  );
}

/**
 * Downloads the packages of a kernel through the system's own apt, unpacks them below `directory` and gives
 * the image's path. Nothing is installed. Throws `KERNEL_NOT_FOUND`, `TOOLCHAIN_MISSING`.
 */
export async function fetchKernelImage(
  release: string,
  directory: string,
  signal: AbortSignal,
): Promise<string> {
  const [archives, root] = [join(directory, 'archives'), join(directory, 'root')];
  await mkdir(archives, { recursive: true });
  const image = `linux-image-${release}`;
  const packages = [image, ...(await partsOf(image, release, signal))];
  for (const name of packages) await call('apt-get', ['download', name], { cwd: archives, signal, release });
  for (const file of await readdir(archives)) {
    await call('dpkg-deb', ['-x', join(archives, file), root], { cwd: archives, signal, release });
  }
  const found = places(root, release).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new TraceeError('KERNEL_NOT_FOUND', `${packages.join(' and ')} have no image of kernel ${release}`, {
    hint: 'name the image with --vmlinuz',
  });
}

/** Newer packages keep the image in one that the image's package depends on: `linux-binary-<release>`. */
async function partsOf(image: string, release: string, signal: AbortSignal): Promise<string[]> {
  const text = await call('apt-cache', ['depends', '--important', image], { signal, release });
  const names = [...text.matchAll(/Depends: (\S+)/g)].map((match) => match[1] ?? '');
  return names.filter(
    (name) => name.endsWith(`-${release}`) && /^linux-(?:binary|image|modules)-/.test(name),
  );
}

async function call(
  program: string,
  args: readonly string[],
  { cwd, signal, release }: { cwd?: string; signal: AbortSignal; release: string },
): Promise<string> {
  const result = await execa(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    env: { LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    stdin: 'ignore',
    reject: false,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  if (!result.failed) return result.stdout;
  if (result.code === 'ENOENT') {
    throw new TraceeError('TOOLCHAIN_MISSING', `${program} is not installed`, {
      hint: 'packages are taken through apt: name the image with --vmlinuz on other systems',
    });
  }
  const words = result.stderr.split('\n').filter((line) => line.startsWith('E: '));
  throw new TraceeError(
    'KERNEL_NOT_FOUND',
    `${program} has no package of kernel ${release}: ${words.join(' ') || result.shortMessage}`,
    { hint: 'apt-get update, add the suite that has it to the sources, or name the image with --vmlinuz' },
  );
}
