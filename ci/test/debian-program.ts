import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findArchive, openPrivateApt } from '../vm/dist/apt.js';
import { runProgram } from '../vm/dist/programs.js';
import { readSettings } from '../vm/dist/settings.js';

/**
 * A package of a Debian suite that this system need not have: it is unpacked into the cache and never installed, so
 * that its programs run with the libraries of this system. Returns the root that it was unpacked to.
 *
 * @param architecture Debian's word for it; only a package for `amd64` has programs that this system runs
 */
export async function fetchDebianPackage(
  name: string,
  suite: string,
  architecture = 'amd64',
): Promise<string> {
  const { cacheDir, mirror } = readSettings(process.env);
  const place = architecture === 'amd64' ? name : `${name}-${architecture}`;
  const target = join(cacheDir, 'packages', suite, place);
  if (existsSync(target)) return target;
  await mkdir(dirname(target), { recursive: true });
  const temporary = await mkdtemp(join(cacheDir, 'tmp-'));
  try {
    const apt = await openPrivateApt(join(temporary, 'apt'), mirror ?? (await findArchive()), suite, {
      architecture,
    });
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
