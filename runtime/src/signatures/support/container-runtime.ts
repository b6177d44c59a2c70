import { readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { TracedEvent } from '../../events/record.js';
import { storages } from '../../events/layout.js';
import { isOnDevice, kernelDevice } from '../../host/device.js';
import { isSameContent, maxProgramSizeBytes, openFirst, type ProgramFile } from './program-file.js';
import { Remembered } from './remembered.js';
import { hostRoots, isSystemFile, isSystemProgram, type FileIdentity } from './system-program.js';

/** Programs that set up containers, as distributions install them. */
const runtimes =
  /^(?:runc|crun|youki|kata-runtime|containerd|containerd-shim(?:-[a-z0-9-]+)?|conmon|conmonrs|dockerd|docker-init|podman|crio|buildah|buildkitd|buildkit-runc|lxc-start|systemd-nspawn|snap-confine|bwrap)$/;

const installedPaths: readonly string[] = [
  '/usr/bin',
  '/usr/sbin',
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/libexec',
].flatMap((directory) => ['runc', 'crun', 'youki', 'buildkit-runc'].map((name) => `${directory}/${name}`));

/** A runtime is done with a new container within this time. */
const setUpNs = 10_000_000_000;

const rememberedMs = 10_000;
const answers = new Remembered<boolean>(rememberedMs, 256);

/**
 * Whether an event comes from a container runtime: a program of the system, by whatever path (runc executes
 * itself from a mount that is nowhere, so that a container cannot write to its file), or its copy in memory (so
 * do crun and other versions of runc). The file is known by its device and inode, a copy by its bytes; where it
 * has executed the container's program already, by who began it moments ago. `paths` are where runtimes are
 * installed.
 */
export function isContainerRuntime(event: TracedEvent, paths: readonly string[] = installedPaths): boolean {
  const { executable, executableFile: file } = event;
  if (executable === undefined || file === undefined) return false;
  if (runtimes.test(basename(executable)) && isSystemProgram(event)) return true;
  if (file.storage === storages.disk) return isInstalled(file, paths);
  if (file.storage !== storages.memory && file.storage !== storages.unlinked) return false;
  using copy = openFirst([`/proc/${event.hostPid}/exe`], file.inode);
  if (copy !== undefined && kernelDevice(copy.device) === file.dev) return isCopyOfInstalled(copy, paths);
  return event.time - event.startTime < setUpNs && wasBegunByRuntime(event);
}

/** By whatever path: of another file system a user could have the same inode number, so the device counts too. */
function isInstalled(file: FileIdentity, paths: readonly string[]): boolean {
  return answers.get(`${file.dev}:${file.inode}`, () =>
    placesOf(paths).some(
      ([root, path]) => isSystemFile(root, path, file) && isOnDevice(root, path, file.dev),
    ),
  );
}

function isCopyOfInstalled(copy: ProgramFile, paths: readonly string[]): boolean {
  if (copy.sizeBytes > maxProgramSizeBytes) return false;
  return answers.get(`${copy.device}:${copy.inode}:${copy.changedNs}`, () =>
    placesOf(paths).some(([root, path]) => {
      if (!isSystemFile(root, path)) return false;
      using original = openFirst([`${root}${path}`]);
      return original !== undefined && isSameContent(copy, original);
    }),
  );
}

function placesOf(paths: readonly string[]): (readonly [root: string, path: string])[] {
  return hostRoots.flatMap((root) => paths.map((path) => [root, path] as const));
}

/**
 * The first ancestor that is alive: a runtime leaves when its container runs, its shim stays. Of a mount that is
 * nowhere the path begins where the mount does, so that the file must be the one at that path.
 */
function wasBegunByRuntime(event: TracedEvent): boolean {
  for (const { hostPid } of event.ancestors) {
    try {
      const exe = `/proc/${hostPid}/exe`;
      const path = readlinkSync(exe);
      const { dev, ino } = statSync(exe, { bigint: true });
      const file = { dev: kernelDevice(dev), inode: ino };
      return runtimes.test(basename(path)) && isSystemFile(`/proc/${hostPid}/root`, path, file);
    } catch {
      continue;
    }
  }
  return false;
}
