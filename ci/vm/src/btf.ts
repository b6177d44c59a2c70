import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VmError } from './errors.js';
import { fetchKernel } from './fetch.js';
import { findKernelRow } from './kernels.js';
import { runInVm } from './run.js';
import type { VmSettings } from './settings.js';

/**
 * The file with a kernel's own BTF, in the cache beside its unpacked packages. The kernel itself is asked for
 * it, once: it is booted and reads out `/sys/kernel/btf/vmlinux`.
 */
export async function fetchBtf(name: string, settings: VmSettings): Promise<string> {
  const kernel = await fetchKernel(findKernelRow(name), { settings });
  const path = join(dirname(kernel.headersRoot), `${kernel.packageVersion}.btf`);
  if (existsSync(path)) return path;
  const { exitStatus, stdout, stderr } = await runInVm({
    settings,
    kernel: name,
    command: ['base64', '/sys/kernel/btf/vmlinux'],
  });
  if (exitStatus !== 0) throw new VmError(`kernel ${kernel.release} gives no BTF: ${stderr.trim()}`);
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, Buffer.from(stdout, 'base64'));
  await rename(temporary, path);
  return path;
}
