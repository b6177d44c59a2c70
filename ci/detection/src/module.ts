import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The bytes of a module that needs no other, uncompressed; undefined where the kernel does not have it. */
export async function findModule(modulesDir: string, module: string): Promise<Buffer | undefined> {
  const directory = join(modulesDir, 'kernel', dirname(module));
  const names = await readdir(directory).catch(() => []);
  const name = names.find((file) => file.startsWith(`${basename(module)}.ko`));
  if (name === undefined) return undefined;
  const path = join(directory, name);
  if (!name.endsWith('.xz')) return readFile(path);
  const { stdout } = await promisify(execFile)('xz', ['--decompress', '--stdout', path], {
    encoding: 'buffer',
    maxBuffer: 1 << 26,
  });
  return stdout;
}
