import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings } from '../../ci/vm/dist/settings.js';
import { root } from './paths.js';

const kernel = 'debian-6.1';

/** Headers to compile against: `KERN_HEADERS`, or those that the VM harness has fetched; undefined without. */
export function cachedHeaders(): { name: string; environment: NodeJS.ProcessEnv } | undefined {
  const named = process.env['KERN_HEADERS'];
  if (named !== undefined && named !== '') return { name: 'KERN_HEADERS', environment: {} };
  if (!existsSync(join(readSettings(process.env).cacheDir, 'kernels', kernel))) return undefined;
  const { status, stdout } = spawnSync(
    process.execPath,
    [`${root}ci/vm/dist/cli.js`, 'headers', kernel, '--json'],
    { encoding: 'utf8' },
  );
  if (status !== 0) return undefined;
  const { kernHeaders, release } = JSON.parse(stdout) as { kernHeaders: string; release: string };
  return { name: kernel, environment: { KERN_HEADERS: kernHeaders, KERN_RELEASE: release } };
}
