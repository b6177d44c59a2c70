import { copyFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../matrix/dist/guest.js';
import type { FileMapping } from '../../vm/dist/image.js';
import { findInterpreters } from './interpreters.js';
import { findModule } from './module.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What one row loads (a network driver that does nothing), and what others need. */
const givenModules = [
  ['drivers/net/dummy', '/tracee/dist/attacks/module.ko'],
  ['fs/overlayfs/overlay', '/tracee/overlay.ko'],
] as const;

/**
 * What a virtual machine is given to perform rows: everything as it lies in the repository, but tracee and the program
 * that performs are one file each.
 *
 * @param guest the program, `ci/detection/dist/guest.js`; it becomes /tracee/test/dist/guest.mjs
 */
export async function layOut(
  directory: string,
  modulesDir: string,
  guest: string,
): Promise<{ files: FileMapping[]; programs: string[] }> {
  const bundles = [
    ['runtime/dist/cli/main.js', 'runtime/dist/cli/main.js'],
    [guest, 'test/dist/guest.mjs'],
  ] as const;
  for (const [from, to] of bundles) await bundle(join(root, from), join(directory, to));
  await copyFile(join(root, 'runtime/package.json'), join(directory, 'runtime/package.json'));
  const copied = [
    ...['dist/attacks', 'test/attacks', 'test/benign', 'runtime/portable'],
    ...['node_modules/koffi', 'node_modules/@koromix'],
  ];
  const { files, programs } = await findInterpreters();
  return {
    programs,
    files: [
      { from: directory, to: '/tracee' },
      ...copied.map((part) => ({ from: join(root, part), to: `/tracee/${part}` })),
      ...(await giveModules(directory, modulesDir)),
      ...files,
    ],
  };
}

/** Commands that make a virtual machine one where every row is possible: huge pages, overlays, an /etc to spoil. */
export const prepareVm: readonly string[] = [
  'touch /etc/tracee-throw-away',
  '[ ! -e /tracee/overlay.ko ] || insmod /tracee/overlay.ko',
  'echo 8 >/proc/sys/vm/nr_hugepages',
];

async function giveModules(directory: string, modulesDir: string): Promise<FileMapping[]> {
  const given: FileMapping[] = [];
  for (const [module, to] of givenModules) {
    const bytes = await findModule(modulesDir, module);
    if (bytes === undefined) continue;
    const from = join(directory, basename(to));
    await writeFile(from, bytes);
    given.push({ from, to });
  }
  return given;
}
