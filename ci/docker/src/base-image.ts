import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeTemporaryDirectory, publishDirectory } from '../../../builder/dist/kernel/packages/cache.js';
import { findArchive } from '../../vm/dist/apt.js';
import type { Engine } from './engine.js';
import type { DockerSettings } from './settings.js';

const suite = 'bookworm';
const name = `tracee-test-base:${suite}`;
/** What the public slim image does without, too. */
const needless = [
  'usr/share/info',
  'usr/share/locale',
  'usr/share/man',
  'var/cache/apt',
  'var/lib/apt/lists',
];

/**
 * A minimal Debian as an image of the engine, in place of the public one, which needs a registry. It is made by
 * debootstrap from the archive that this machine's apt uses, and kept in the cache. Returns its name.
 */
export async function ensureBaseImage(engine: Engine, settings: DockerSettings): Promise<string> {
  if ((await engine.docker('image', 'ls', '--quiet', name)) !== '') return name;
  const directory = join(settings.cacheDir, `base-${suite}`);
  if (!existsSync(directory)) await makeBase(directory, settings);
  await engine.docker('import', join(directory, 'root.tar'), name);
  return name;
}

async function makeBase(directory: string, { cacheDir, mirror }: DockerSettings): Promise<void> {
  await using temporary = await makeTemporaryDirectory(cacheDir);
  const root = join(temporary.path, 'root');
  await execa('debootstrap', ['--variant=minbase', suite, root, mirror ?? (await findArchive())]);
  for (const path of needless) await rm(join(root, path), { recursive: true, force: true });
  await writeFile(join(root, 'etc/apt/apt.conf.d/90host'), await aptProxies());
  const made = join(temporary.path, 'made');
  await mkdir(made);
  await execa('tar', ['--numeric-owner', '-C', root, '-cf', join(made, 'root.tar'), '.']);
  await publishDirectory(made, directory);
}

/** What this machine's apt goes through to reach the archive, if anything. */
async function aptProxies(): Promise<string> {
  const { stdout } = await execa('apt-config', ['dump', 'Acquire']);
  const lines = stdout.split('\n').filter((line) => /^Acquire::\w+::Proxy\b.*[^"]";$/i.test(line));
  return lines.map((line) => `${line}\n`).join('');
}
