import { format, resolveConfig } from 'prettier';
import { fileURLToPath } from 'node:url';
import { fetchKernel } from '../../vm/dist/fetch.js';
import { kernelTable, onArm64 } from '../../vm/dist/kernels.js';
import { readSettings } from '../../vm/dist/settings.js';
import { renderNumbers } from './render.js';
import { readTables } from './tables.js';

/** Text of `numbers.ts`, made from the headers of the newest kernel of the table, for both architectures. */
export async function generateNumbers(env: NodeJS.ProcessEnv): Promise<string> {
  const newest = kernelTable.at(-1);
  if (newest === undefined) throw new RangeError('the table of kernels is empty');
  const settings = readSettings(env);
  const x86 = await fetchKernel(newest, { settings });
  const arm64 = await fetchKernel(onArm64(newest), { settings });
  const text = renderNumbers(readTables(x86.buildDir, arm64.buildDir), newest.series);
  const style = await resolveConfig(fileURLToPath(new URL('../../../package.json', import.meta.url)));
  return format(text, { ...style, parser: 'typescript' });
}
