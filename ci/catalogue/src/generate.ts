import { format, resolveConfig } from 'prettier';
import { fileURLToPath } from 'node:url';
import { fetchKernel } from '../../vm/dist/fetch.js';
import { kernelTable, onArm64, type KernelRow } from '../../vm/dist/kernels.js';
import { readSettings } from '../../vm/dist/settings.js';
import { renderNumbers } from './render.js';
import { renderValues } from './render-values.js';
import { readTables } from './tables.js';
import { readValues } from './values.js';

/** Text of `numbers.ts`, made from the headers of the newest kernel of the table, for both architectures. */
export async function generateNumbers(env: NodeJS.ProcessEnv): Promise<string> {
  const newest = newestKernel();
  const settings = readSettings(env);
  const x86 = await fetchKernel(newest, { settings });
  const arm64 = await fetchKernel(onArm64(newest), { settings });
  return formatted(renderNumbers(readTables(x86.buildDir, arm64.buildDir), newest.series));
}

/** Text of `vocabulary/constants.ts`, made from the same headers, which have those of all architectures. Needs clang. */
export async function generateValues(env: NodeJS.ProcessEnv): Promise<string> {
  const newest = newestKernel();
  const { sourceDir } = await fetchKernel(newest, { settings: readSettings(env) });
  return formatted(renderValues(readValues(sourceDir), newest.series));
}

function newestKernel(): KernelRow {
  const newest = kernelTable.at(-1);
  if (newest === undefined) throw new RangeError('the table of kernels is empty');
  return newest;
}

async function formatted(text: string): Promise<string> {
  const style = await resolveConfig(fileURLToPath(new URL('../../../package.json', import.meta.url)));
  return format(text, { ...style, parser: 'typescript' });
}
