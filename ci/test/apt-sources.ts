import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findArchive } from '../vm/dist/apt.js';
import { kernelTable } from '../vm/dist/kernels.js';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * An apt configuration that lists all suites of the kernel table, for `APT_CONFIG`. The archive is the one that the
 * system's apt uses. Returns its path.
 */
export async function writeAptConfiguration(
  directory: string,
  suites: readonly string[] = kernelTable.map(({ suite }) => suite),
): Promise<string> {
  const archive = process.env['DEBIAN_MIRROR'] ?? (await findArchive());
  const [sources, none] = [join(directory, 'sources.list'), join(directory, 'none')];
  mkdirSync(none, { recursive: true });
  const line = (suite: string): string => `deb [signed-by=${keyring}] ${archive} ${suite} main\n`;
  writeFileSync(sources, suites.map(line).join(''));
  const path = join(directory, 'apt.conf');
  const settings = [
    `Dir::Etc::sourcelist "${sources}";`,
    `Dir::Etc::sourceparts "${none}";`,
    // As in the VM harness: an old suite's index is no longer signed anew.
    'Acquire::Check-Valid-Until "false";',
    '',
  ];
  writeFileSync(path, settings.join('\n'));
  return path;
}
