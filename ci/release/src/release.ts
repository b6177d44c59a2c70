import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { arch, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { readSigner } from '../../../builder/dist/signing/private-key.js';
import { signBytes } from '../../../builder/dist/signing/sign.js';
import { releaseNotes, ReleaseError } from './notes.js';
import { billOfMaterials } from './packages.js';
import { fillStage } from './stage.js';

export interface ReleaseOptions {
  /** Of the repository, in which everything is built. */
  readonly root: string;
  /** Where the files go. */
  readonly output: string;
  /** The time that files get; the same inputs and the same time give the same bytes. */
  readonly epochSeconds: number;
  /** Private key (PEM) for a signature of the checksums. */
  readonly key?: { readonly path: string; readonly passphrase: string | undefined };
  /** Told each file that was written. */
  readonly onFile: (path: string) => void;
}

/** Makes the files of a release: archive, bill of materials, checksums, their signature, notes. */
export async function makeRelease(options: ReleaseOptions): Promise<void> {
  const { root, output, epochSeconds, key, onFile } = options;
  const version = await versionOf(root);
  const name = `tracee-${version}-linux-${architecture()}`;
  const archive = `${name}.tar.gz`;
  // First, since it refuses a version without notes.
  const notes = releaseNotes(await readFile(join(root, 'CHANGELOG.md'), 'utf8'), version, archive);
  await mkdir(output, { recursive: true });
  const write = async (file: string, content: string | Uint8Array): Promise<void> => {
    await writeFile(join(output, file), content);
    onFile(join(output, file));
  };
  const scratch = await mkdtemp(join(tmpdir(), 'tracee-release-'));
  try {
    await fillStage(root, join(scratch, name));
    await packDirectory(scratch, name, join(output, archive), epochSeconds);
    onFile(join(output, archive));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const bom = `${name}.cdx.json`;
  await write(bom, await billOfMaterials(root, version, epochSeconds));
  const sums = await Promise.all(
    [archive, bom].map(async (file) => `${sha256(await readFile(join(output, file)))}  ${file}\n`),
  );
  await write('SHA256SUMS', sums.join(''));
  if (key !== undefined) {
    const signer = readSigner(key.path, key.passphrase);
    await write('SHA256SUMS.sig', signBytes(Buffer.from(sums.join('')), signer));
  }
  await write('NOTES.md', notes);
}

/** Runtime, builder and repository have one version. */
async function versionOf(root: string): Promise<string> {
  const files = ['package.json', 'runtime/package.json', 'builder/package.json'];
  const versions = await Promise.all(
    files.map(
      async (file) => (JSON.parse(await readFile(join(root, file), 'utf8')) as { version: string }).version,
    ),
  );
  const [version = ''] = versions;
  if (versions.some((other) => other !== version))
    throw new ReleaseError(`${files.join(', ')} have different versions: ${versions.join(', ')}`);
  return version;
}

function architecture(): string {
  const name = { x64: 'x86_64', arm64: 'aarch64' }[arch()];
  if (name === undefined) throw new ReleaseError(`there are no releases for ${arch()}`);
  return name;
}

/** Sorted, without owners, with one time and two modes: nothing of the machine is in it. */
async function packDirectory(
  parent: string,
  name: string,
  file: string,
  epochSeconds: number,
): Promise<void> {
  await execa(
    'tar',
    [
      ...['--create', '--use-compress-program', 'gzip -9n', '--file', file, '--directory', parent],
      ...['--sort=name', '--format=gnu', '--owner=0', '--group=0', '--numeric-owner'],
      ...[`--mtime=@${epochSeconds}`, '--mode=u=rwX,go=rX', name],
    ],
    { env: { LC_ALL: 'C' } },
  );
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
