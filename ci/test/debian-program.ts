import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findArchive, openPrivateApt } from '../vm/dist/apt.js';
import { runProgram } from '../vm/dist/programs.js';
import { readSettings } from '../vm/dist/settings.js';

/**
 * A package of a Debian suite that this system need not have: it is unpacked into the cache and never installed, so
 * that its programs run with the libraries of this system. Returns the root that it was unpacked to.
 */
export async function fetchDebianPackage(name: string, suite: string): Promise<string> {
  const { cacheDir, mirror } = readSettings(process.env);
  const target = join(cacheDir, 'packages', suite, name);
  if (existsSync(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const temporary = await mkdtemp(join(cacheDir, 'tmp-'));
  try {
    const apt = await openPrivateApt(join(temporary, 'apt'), mirror ?? (await findArchive()), suite);
    const [archives, root] = [join(temporary, 'archives'), join(temporary, 'root')];
    for (const directory of [archives, root]) await mkdir(directory);
    await apt.download([name], archives);
    for (const file of await readdir(archives)) await runProgram('dpkg', ['-x', join(archives, file), root]);
    await rename(root, target).catch((error: unknown) => {
      // Another test was faster, with the same package.
      if (!existsSync(target)) throw error;
    });
    return target;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
