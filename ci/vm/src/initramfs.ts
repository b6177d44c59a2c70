import { chmod, copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { VmError } from './errors.js';
import type { FetchedKernel } from './fetch.js';
import { moduleName, orderModules } from './modules.js';
import { findProgram, runProgram } from './programs.js';

/** What the guest needs before and beside its root file system; most kernels have some of it built in. */
const wantedModules = ['virtio_pci', 'virtio_blk', 'virtio_console', 'virtio_rng', 'ext4'];

const initScript = fileURLToPath(new URL('../guest/initramfs-init.sh', import.meta.url));
const applets = ['sh', 'mount', 'umount', 'insmod', 'usleep', 'poweroff', 'switch_root'];

/** Writes an initramfs for this kernel to `imagePath`; `scratch` is an empty directory to work in. */
export async function buildInitramfs(
  kernel: FetchedKernel,
  imagePath: string,
  scratch: string,
): Promise<void> {
  for (const directory of ['bin', 'dev', 'proc', 'root', 'modules']) {
    await mkdir(join(scratch, directory), { recursive: true });
  }
  await installBusybox(join(scratch, 'bin'), applets);
  await copyFile(initScript, join(scratch, 'init'));
  await chmod(join(scratch, 'init'), 0o755);
  await copyModules(kernel, join(scratch, 'modules'));
  await writeArchive(scratch, imagePath);
}

/** Copies the host's static busybox into `directory`, with a link for each applet. */
export async function installBusybox(directory: string, names: readonly string[]): Promise<void> {
  const busybox = findProgram('busybox');
  if (busybox === undefined)
    throw new VmError('not installed: busybox', 'sudo apt-get install -y busybox-static');
  await copyFile(busybox, join(directory, 'busybox'));
  await chmod(join(directory, 'busybox'), 0o755);
  for (const name of names) await symlink('busybox', join(directory, name));
}

/** Writes the modules with their place in the loading order before the name: the init script takes them sorted. */
async function copyModules(kernel: FetchedKernel, directory: string): Promise<void> {
  const files = await readdir(join(kernel.modulesDir, 'kernel'), { recursive: true });
  const fileOf = new Map(
    files.filter((file) => /\.ko(?:\.|$)/.test(file)).map((file) => [moduleName(file), file]),
  );
  const builtinText = await readFile(join(kernel.modulesDir, 'modules.builtin'), 'utf8');
  const builtin = new Set(builtinText.split('\n').map(moduleName));

  const modules = await orderModules(wantedModules, async (name) => {
    const file = fileOf.get(name);
    if (file !== undefined) return readModule(join(kernel.modulesDir, 'kernel', file));
    if (builtin.has(name)) return undefined;
    throw new VmError(`kernel ${kernel.release} has no module ${name}`);
  });
  for (const [index, { name, bytes }] of modules.entries()) {
    await writeFile(join(directory, `${String(index).padStart(2, '0')}-${name}.ko`), bytes);
  }
}

/** A module's ELF bytes. Unpacked here, since busybox cannot and not every kernel can do it itself. */
async function readModule(path: string): Promise<Uint8Array> {
  const unpacker = path.endsWith('.xz') ? 'xz' : path.endsWith('.zst') ? 'zstd' : undefined;
  if (unpacker === undefined) return readFile(path);
  const { stdout } = await execa(unpacker, ['-dc', path], { encoding: 'buffer' });
  return stdout;
}

/** Packs a directory as an uncompressed cpio: the guest's processor is emulated, its disk is not slow. */
async function writeArchive(directory: string, imagePath: string): Promise<void> {
  const { stdout: names } = await execa('find', ['.', '-mindepth', '1', '-print0'], { cwd: directory });
  await runProgram(
    'cpio',
    ['--create', '--null', '--quiet', '--format=newc', '--owner=0:0', `--file=${imagePath}`],
    { cwd: directory, input: names },
  );
}
