import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FetchedKernel } from '../vm/dist/fetch.js';
import type { FileMapping } from '../vm/dist/image.js';
import { parseLdd } from '../vm/dist/libraries.js';
import { moduleName, orderModules } from '../vm/dist/modules.js';

/* An NFS server and its client in one virtual machine: Debian's programs, unpacked, not installed. */

const packages = ['nfs-kernel-server', 'nfs-common', 'libtirpc3'];
const programs = ['usr/sbin/rpc.nfsd', 'usr/sbin/rpc.mountd', 'usr/sbin/exportfs', 'sbin/mount.nfs'];

/** Files for a guest of this kernel. `directory` is empty. */
export async function nfsFiles(kernel: FetchedKernel, directory: string): Promise<FileMapping[]> {
  execFileSync('apt-get', ['download', '-qq', ...packages], { cwd: directory, stdio: 'pipe' });
  for (const name of readdirSync(directory)) execFileSync('dpkg', ['-x', name, 'root'], { cwd: directory });
  const root = join(directory, 'root');
  return [
    { from: await writeModules(kernel, join(directory, 'modules')), to: '/modules' },
    { from: '/etc/netconfig', to: '/etc/netconfig' },
    ...programs.map((name) => ({ from: join(root, name), to: `/usr/sbin/${basename(name)}` })),
    ...librariesOf(root),
  ];
}

/** Two mounts of one export that share nothing: as two hosts would see it. */
export const nfsSetup = [
  'set -e',
  'for module in /modules/*.ko; do insmod "$module"; done',
  String.raw`printf 'nfs 2049/tcp\nnfs 2049/udp\nsunrpc 111/tcp\n' >/etc/services`,
  String.raw`printf 'tcp 6 TCP\nudp 17 UDP\n' >/etc/protocols`,
  'mkdir -p /srv/store /var/lib/nfs/rpc_pipefs /var/lib/nfs/sm /mnt/a /mnt/b',
  'touch /var/lib/nfs/etab /var/lib/nfs/rmtab',
  'mount -t nfsd nfsd /proc/fs/nfsd',
  'mount -t rpc_pipefs rpc_pipefs /var/lib/nfs/rpc_pipefs',
  "echo '/srv/store 127.0.0.1(rw,no_root_squash,insecure,no_subtree_check,fsid=0)' >/etc/exports",
  'exportfs -ra',
  'rpc.mountd --no-nfs-version 3',
  'rpc.nfsd --no-nfs-version 3 --grace-time 10 --lease-time 10 8',
  // Nobody has locks to reclaim from a server that was just made; where this cannot be said, clients wait.
  '(echo Y >/proc/fs/nfsd/v4_end_grace) 2>/dev/null || echo "threads: $(cat /proc/fs/nfsd/threads)" >&2',
  'mount.nfs 127.0.0.1:/ /mnt/a -o vers=4.2,nosharecache',
  'mount.nfs 127.0.0.1:/ /mnt/b -o vers=4.1,nosharecache',
  'grep nfs4 /proc/mounts >&2',
].join('\n');

/** Numbered in the order in which they must be loaded. */
async function writeModules(kernel: FetchedKernel, directory: string): Promise<string> {
  const all = join(kernel.modulesDir, 'kernel');
  const files = new Map(
    readdirSync(all, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ko(?:\.xz)?$/.test(file))
      .map((file) => [moduleName(file), join(all, file)]),
  );
  const modules = await orderModules(['nfsd', 'nfsv4'], (name) => {
    const file = files.get(name);
    if (file === undefined) return Promise.resolve(undefined);
    const limits = { maxBuffer: 64 * 1024 * 1024 };
    return Promise.resolve(
      file.endsWith('.xz') ? execFileSync('xz', ['-dc', file], limits) : readFileSync(file),
    );
  });
  mkdirSync(directory);
  for (const [index, { name, bytes }] of modules.entries()) {
    writeFileSync(join(directory, `${String(index).padStart(2, '0')}-${name}.ko`), bytes);
  }
  return directory;
}

function librariesOf(root: string): FileMapping[] {
  const own = ['usr/lib', 'lib'].map((part) => join(root, part, 'x86_64-linux-gnu')).filter(existsSync);
  const env = { ...process.env, LD_LIBRARY_PATH: own.join(':') };
  const found = programs.flatMap((name) => {
    const { libraries, missing } = parseLdd(
      execFileSync('ldd', [join(root, name)], { encoding: 'utf8', env }),
    );
    if (missing.length > 0) throw new Error(`${name} needs ${missing.join(', ')}, which is not installed`);
    return libraries;
  });
  return [...new Set(found)].map((path) => ({
    from: path,
    to: path.startsWith(root) ? `/usr/lib/x86_64-linux-gnu/${basename(path)}` : path,
  }));
}
