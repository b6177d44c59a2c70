import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceeError } from 'tracee/errors';

/** A private directory (mode 0700) for what is unpacked, removed when the scope that holds it ends. */
export interface Scratch extends Disposable {
  readonly path: string;
}

/** Throws `COMPILE_FAILED` where none can be made. */
export function createScratch(): Scratch {
  let path: string;
  try {
    path = mkdtempSync(join(tmpdir(), 'tracee-headers-'));
  } catch (cause) {
    throw new TraceeError('COMPILE_FAILED', `no temporary directory can be made in ${tmpdir()}`, {
      hint: 'set TMPDIR to a directory that you may write to',
      cause,
    });
  }
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
