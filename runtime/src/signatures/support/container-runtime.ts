import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { storages } from '../../events/layout.js';
import { Remembered } from './remembered.js';
import { isSystemFile, isSystemProgram } from './system-program.js';

/** Programs that set up containers, as distributions install them. */
const runtimes =
  /^(?:runc|crun|youki|kata-runtime|containerd|containerd-shim(?:-[a-z0-9-]+)?|conmon|conmonrs|dockerd|docker-init|podman|crio|buildah|buildkitd|buildkit-runc|lxc-start|systemd-nspawn|snap-confine|bwrap)$/;

const installed = ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/usr/libexec'].flatMap(
  (directory) => ['runc', 'crun', 'youki', 'buildkit-runc'].map((name) => `${directory}/${name}`),
);

/** A runtime is done with a new container within this time. */
const setUpNs = 10_000_000_000;

const digests = new Remembered<string | undefined>(60_000, 64);

/**
 * Whether an event comes from a container runtime: a program of the system, or its copy in memory. (runc
 * executes itself from a memfd, so that a container cannot write to the program on disk.) A copy is known by
 * its bytes; where it has executed the container's program already, by who began it moments ago.
 */
export function isContainerRuntime(event: TracedEvent): boolean {
  const { executable, executableFile: file } = event;
  if (executable === undefined || file === undefined) return false;
  if (runtimes.test(basename(executable)) && isSystemProgram(event)) return true;
  if (file.storage !== storages.memory && file.storage !== storages.unlinked) return false;
  const exe = `/proc/${event.hostPid}/exe`;
  const inode = inodeOf(exe);
  if (inode === file.inode) return isCopyOfInstalled(exe, `${file.dev}:${file.inode}`);
  return event.time - event.startTime < setUpNs && wasBegunByRuntime(event);
}

function isCopyOfInstalled(exe: string, key: string): boolean {
  const copy = digests.get(key, () => digestOf(exe));
  return (
    copy !== undefined &&
    installed.some((path) => isSystemFile('', path) && digests.get(path, () => digestOf(path)) === copy)
  );
}

/** The first ancestor that is alive: a runtime leaves when its container runs, its shim stays. */
function wasBegunByRuntime(event: TracedEvent): boolean {
  for (const { hostPid } of event.ancestors) {
    try {
      const path = readlinkSync(`/proc/${hostPid}/exe`);
      return runtimes.test(basename(path)) && isSystemFile(`/proc/${hostPid}/root`, path);
    } catch {
      continue;
    }
  }
  return false;
}

function digestOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}

function inodeOf(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true }).ino;
  } catch {
    return undefined;
  }
}
