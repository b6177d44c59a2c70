import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceeError } from 'tracee/errors';

/** A private directory (mode 0700), removed when the scope that holds it ends. */
export interface Scratch extends Disposable {
  readonly path: string;
}

const uses = ['build', 'check', 'headers', 'kernel', 'libbpf', 'provide'] as const;

/** `tracee-build-<where pids mean the same>-<pid>-<random>` */
const pattern = new RegExp(`^tracee-(?:${uses.join('|')})-([0-9a-f]{8})-(\\d+)-\\w{6}$`);

/**
 * Makes one in the directory for temporary files, and removes what killed builders of this user left there.
 * Throws `COMPILE_FAILED` where none can be made.
 */
export function createScratch(use: (typeof uses)[number], directory = tmpdir()): Scratch {
  const place = pidPlace();
  removeAbandoned(place, directory);
  let path: string;
  try {
    path = mkdtempSync(join(directory, `tracee-${use}-${place}-${process.pid}-`));
  } catch (cause) {
    throw new TraceeError('COMPILE_FAILED', `no temporary directory can be made in ${directory}`, {
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

/**
 * Within this boot and this namespace a pid means one process: in a directory that containers or hosts share,
 * the builders of another live although nobody here has their pid.
 */
function pidPlace(): string {
  let boot, namespace;
  try {
    boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Without /proc nobody can be taken for dead.
    return 'anywhere';
  }
  return createHash('sha256').update(`${boot}${namespace}`).digest('hex').slice(0, 8);
}

function removeAbandoned(place: string, directory: string): void {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return;
  }
  for (const name of names) {
    const [, itsPlace, pid] = pattern.exec(name) ?? [];
    if (itsPlace !== place || isAlive(Number(pid))) continue;
    try {
      const path = join(directory, name);
      const status = lstatSync(path);
      // Anyone can put a link with such a name into /tmp. What links inside point to stays.
      if (status.isDirectory() && status.uid === process.getuid?.()) rmSync(path, { recursive: true });
    } catch {
      // Another builder was faster.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM is of one that lives, as another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
