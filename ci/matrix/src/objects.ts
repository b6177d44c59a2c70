import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { fetchBtf } from '../../vm/dist/btf.js';
import { fetchKernel } from '../../vm/dist/fetch.js';
import { findKernelRow } from '../../vm/dist/kernels.js';
import type { VmSettings } from '../../vm/dist/settings.js';
import type { ObjectKind } from './variants.js';

const builder = fileURLToPath(new URL('../../../builder/dist/cli/main.js', import.meta.url));

/**
 * Builds a kernel's object with the builder, as its users do, into a directory below `directory`. Gives its
 * path; throws with the builder's own words when it cannot be built.
 */
export async function buildObject(
  kernel: string,
  kind: ObjectKind,
  directory: string,
  settings: VmSettings,
): Promise<string> {
  const output = join(directory, kernel, kind);
  await mkdir(output, { recursive: true });
  const types = await typesOf(kernel, kind, settings);
  const { stdout } = await execa(process.execPath, [builder, 'ensure', '--output', output, ...types]);
  return stdout.trim();
}

/** The release that a kernel of the table has, `6.1.0-50-cloud-amd64`. */
export async function releaseOf(kernel: string, settings: VmSettings): Promise<string> {
  return (await fetchKernel(findKernelRow(kernel), { settings })).release;
}

async function typesOf(kernel: string, kind: ObjectKind, settings: VmSettings): Promise<string[]> {
  if (kind === 'portable') return ['--portable'];
  const { release, buildDir, sourceDir } = await fetchKernel(findKernelRow(kernel), { settings });
  const origin =
    kind === 'headers'
      ? ['--headers', `${buildDir}:${sourceDir}`]
      : ['--btf', await fetchBtf(kernel, settings)];
  return ['--kernel', release, ...origin];
}
