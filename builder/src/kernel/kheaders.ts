import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { TraceeError } from 'tracee/errors';
import { ArchiveRefusal, readArchive, writeArchiveFiles } from '../archive/unpack.js';

/** The running kernel's own headers, where its module `kheaders` is loaded (CONFIG_IKHEADERS, since 5.2). */
export const kernelHeadersArchive = '/sys/kernel/kheaders.tar.xz';

/** About 50 MB in kernels so far. */
const largestBytes = 400 * 1024 * 1024;

/**
 * Unpacks such an archive into a new directory, which is then a whole tree. Node has no xz, so the program
 * does it. Throws `HEADERS_INCOMPLETE`, `TOOLCHAIN_MISSING`.
 */
export function unpackKernelHeaders(archive: string, directory: string): string {
  const tar = decompress(archive);
  try {
    const files = readArchive(tar);
    mkdirSync(directory);
    writeArchiveFiles(files, directory);
  } catch (cause) {
    if (!(cause instanceof ArchiveRefusal)) throw cause;
    throw damaged(`${archive} ${cause.message}`, cause);
  }
  return directory;
}

function decompress(archive: string): Buffer {
  try {
    return execFileSync('xz', ['--decompress', '--stdout', archive], {
      maxBuffer: largestBytes,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (cause) {
    const { code, stderr } = cause as { code?: string; stderr?: Buffer };
    if (code === 'ENOENT') {
      throw new TraceeError('TOOLCHAIN_MISSING', `${archive} cannot be unpacked: there is no xz`, {
        hint: 'apt-get install xz-utils',
        cause,
      });
    }
    const said = stderr?.toString().trim().split('\n').at(-1) ?? '';
    throw damaged(`${archive} cannot be unpacked: ${said === '' ? (code ?? 'xz failed') : said}`, cause);
  }
}

function damaged(message: string, cause: unknown): TraceeError {
  return new TraceeError('HEADERS_INCOMPLETE', message, {
    hint: 'read it anew from /sys/kernel/kheaders.tar.xz of the target',
    cause,
  });
}
