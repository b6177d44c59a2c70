import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSettings as readVmSettings } from '../../vm/dist/settings.js';

/** Where the engine for tests keeps its files. */
export interface DockerSettings {
  /** Base image, images that were built, and the engine's state; safe to delete when no engine runs. */
  readonly cacheDir: string;
  /** URI of a Debian archive; without it the one that the system's apt is configured with. */
  readonly mirror?: string;
}

/** Settings from `TRACEE_CACHE_DIR` and `DEBIAN_MIRROR`. Call it where a program starts, nowhere below. */
export function readSettings(environment: NodeJS.ProcessEnv): DockerSettings {
  const { mirror } = readVmSettings(environment);
  const cacheDir = environment['TRACEE_CACHE_DIR'];
  return {
    cacheDir: join(
      cacheDir === undefined || cacheDir === ''
        ? fileURLToPath(new URL('../../../.cache', import.meta.url))
        : cacheDir,
      'docker',
    ),
    ...(mirror === undefined ? {} : { mirror }),
  };
}
