import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { LoadReport } from '../../runtime/src/tracing/load-check.js';
import { runInVm } from '../vm/dist/run.js';
import type { VmSettings } from '../vm/dist/settings.js';
import { bundle } from './bundle.js';
import type { Loaded } from './loads-guest.js';
import { root } from './repository.js';

/**
 * Loads every program of each of these files in one boot of a kernel of the table. Names must differ.
 *
 * @param onLoaded Called as soon as one file is done: all of them can take an hour.
 */
export async function loadInVm(
  kernel: string,
  files: readonly string[],
  settings: VmSettings,
  onLoaded: (file: string, report: LoadReport) => void,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-loads-'));
  try {
    mkdirSync(join(directory, 'tracee'));
    await bundle(join(root, 'ci/test/loads-guest.ts'), join(directory, 'tracee/loads.mjs'));
    const inGuest = new Map(files.map((file) => [`/objects/${basename(file)}`, file]));
    let rest = '';
    const { exitStatus, stderr } = await runInVm({
      ...{ settings, kernel, timeoutMs: 4 * 60 * 60_000 },
      command: ['node', '/tracee/loads.mjs', ...inGuest.keys()],
      files: [
        { from: join(directory, 'tracee'), to: '/tracee' },
        ...['koffi', '@koromix'].map((name) => ({
          from: join(root, 'node_modules', name),
          to: `/tracee/node_modules/${name}`,
        })),
        ...[...inGuest].map(([to, from]) => ({ from, to })),
      ],
      onOutput(chunk, stream) {
        if (stream !== 'stdout') return;
        const lines = `${rest}${chunk.toString('latin1')}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const { file, report } = JSON.parse(line) as Loaded;
          onLoaded(inGuest.get(file) ?? file, report);
        }
      },
    });
    if (exitStatus !== 0) throw new Error(`loading on ${kernel} ended with ${exitStatus}: ${stderr}`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
