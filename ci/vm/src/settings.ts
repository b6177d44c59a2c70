import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the harness keeps and gets its files. */
export interface VmSettings {
  /** Directory for downloaded kernels and temporary files; safe to delete at any time. */
  readonly cacheDir: string;
  /** URI of a Debian archive; without it the one that the system's apt is configured with. */
  readonly mirror?: string;
}

/** Settings from `TRACEE_CACHE_DIR` and `DEBIAN_MIRROR`. Call it where a program starts, nowhere below. */
export function readSettings(environment: NodeJS.ProcessEnv): VmSettings {
  const cacheDir = environment['TRACEE_CACHE_DIR'];
  const mirror = environment['DEBIAN_MIRROR'];
  return {
    cacheDir: join(
      cacheDir === undefined || cacheDir === ''
        ? fileURLToPath(new URL('../../../.cache', import.meta.url))
        : cacheDir,
      'vm',
    ),
    ...(mirror === undefined || mirror === '' ? {} : { mirror }),
  };
}
