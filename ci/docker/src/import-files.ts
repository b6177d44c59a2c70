import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { Engine } from './engine.js';

/**
 * Makes an image of nothing but these files (path in the image -> path here), in place of a public one of which only
 * they are taken.
 */
export async function importFiles(
  engine: Engine,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'tracee-image-'));
  try {
    const root = join(directory, 'root');
    for (const [to, from] of Object.entries(files)) {
      await mkdir(dirname(join(root, to)), { recursive: true });
      await copyFile(from, join(root, to));
    }
    const archive = join(directory, 'root.tar');
    await execa('tar', ['--numeric-owner', '--owner=0', '--group=0', '-C', root, '-cf', archive, '.']);
    await engine.docker('import', archive, name);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
