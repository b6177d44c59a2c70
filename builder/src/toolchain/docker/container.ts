import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { PassThrough, Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import type { ToolResult } from '../../compile/workplace.js';
import type { Endpoint } from './endpoint.js';
import { unlessAborted } from './engine-errors.js';
import { isStatus } from './image.js';

/** Where sources are put, and the one directory below it that the container's user may write to. */
export const buildRoot = '/build';
export const workRoot = '/build/work';

const label = 'tracee-builder';
const timeLimitSeconds = 900;
const beatSeconds = 5;
const silenceSeconds = 30;
/** From creation to start is a moment; what stands longer was left by a client that died. */
const startSeconds = 15;

/**
 * The container's main process. It ends, and everything in the container with it, when its input ends (the
 * client died), when nothing comes for a while (the client's machine or the network did), or at the limit.
 */
const main = `while ((SECONDS < ${timeLimitSeconds})) && read -r -t ${silenceSeconds}; do :; done`;

const labels = { [label]: 'compile' };
const volumeOptions = { NoCopy: false, Labels: labels, DriverConfig: { Name: 'local', Options: {} } };
const limits = { memoryBytes: 2 * 1024 ** 3, processes: 128, processors: 2 };

/** A running container without network and capabilities, in which tools are run one by one. */
export class BuildContainer {
  readonly #container: Docker.Container;
  readonly #input: Duplex;
  readonly #beats: NodeJS.Timeout;

  private constructor(container: Docker.Container, input: Duplex) {
    this.#container = container;
    this.#input = input;
    input.on('error', () => undefined);
    this.#beats = setInterval(() => input.write('\n'), beatSeconds * 1000);
  }

  static async start({ docker }: Endpoint, image: string, signal: AbortSignal): Promise<BuildContainer> {
    const name = `tracee-build-${randomBytes(6).toString('hex')}`;
    const options = describe(name, image, await engineInfo(docker, signal));
    // Asked for to the end even when the user gives up, so that what was created can be removed.
    await docker.createContainer(options);
    const container = docker.getContainer(name);
    try {
      signal.throwIfAborted();
      const attached = await container.attach({
        stream: true,
        stdin: true,
        hijack: true,
        abortSignal: signal,
      });
      await container.start({ abortSignal: signal });
      return new BuildContainer(container, attached as Duplex);
    } catch (error) {
      await remove(container);
      throw error;
    }
  }

  /** Runs a program to its end. Aborting ends the wait, not the program: the container is removed then. */
  async run(program: string, args: readonly string[], signal: AbortSignal): Promise<ToolResult> {
    const exec = await this.#container.exec({
      Cmd: [program, ...args],
      AttachStdout: true,
      AttachStderr: true,
      Env: ['LC_ALL=C', `TMPDIR=${workRoot}`],
      WorkingDir: workRoot,
      abortSignal: signal,
    });
    const stream = await exec.start({ hijack: true, abortSignal: signal });
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    this.#container.modem.demuxStream(stream, stdout, stderr);
    const output = Promise.all([text(stdout), text(stderr)]);
    const stop = (): void => void stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await finished(stream, { writable: false }).catch(() => undefined);
    } finally {
      signal.removeEventListener('abort', stop);
      stdout.end();
      stderr.end();
    }
    signal.throwIfAborted();
    const { ExitCode: status, Running: isRunning } = await unlessAborted(signal, exec.inspect());
    if (isRunning || status === null) throw new Error('the engine has gone while a tool ran');
    const [said, failure] = await output;
    return { failed: status !== 0, stdout: said, stderr: failure === '' ? `status ${status}` : failure };
  }

  /** Unpacks a tar archive in a directory. */
  async put(archive: Buffer, directory: string, signal: AbortSignal): Promise<void> {
    await this.#container.putArchive(Readable.from([archive]), { path: directory, abortSignal: signal });
  }

  /** A file or directory as a tar archive. */
  async get(path: string, signal: AbortSignal): Promise<NodeJS.ReadableStream> {
    return await this.#container.getArchive({ path, abortSignal: signal });
  }

  async remove(): Promise<void> {
    clearInterval(this.#beats);
    this.#input.destroy();
    await remove(this.#container);
  }
}

/**
 * Removes what clients and engines that died have left; containers of live clients are never touched. Returns
 * how many containers and volumes there were.
 */
export async function sweep({ docker }: Endpoint, signal: AbortSignal): Promise<number> {
  const filters = { label: [label] };
  const all = await docker.listContainers({ all: true, filters, abortSignal: signal });
  // The engine's clock, not ours.
  const nowSeconds = Date.parse(String((await engineInfo(docker, signal))['SystemTime'])) / 1000;
  const containers = all.filter(({ State: state, Created: created }) => {
    const age = nowSeconds - created;
    return state === 'running' ? age > timeLimitSeconds + silenceSeconds : age > startSeconds;
  });
  await Promise.all(containers.map(({ Id: id }) => remove(docker.getContainer(id))));
  // An engine that starts again removes containers that died with it, but not their volumes.
  const { Volumes: unused } = await docker.listVolumes({
    filters: { ...filters, dangling: ['true'] },
    abortSignal: signal,
  });
  const volumes = ((unused ?? []) as { Name: string; CreatedAt?: string }[]).filter(
    ({ CreatedAt: created }) => nowSeconds - Date.parse(created ?? '') / 1000 > startSeconds,
  );
  await Promise.all(volumes.map(({ Name: name }) => ignoreGone(docker.getVolume(name).remove())));
  return containers.length + volumes.length;
}

function engineInfo(docker: Docker, signal: AbortSignal): Promise<Record<string, unknown>> {
  return unlessAborted(signal, docker.info() as Promise<Record<string, unknown>>);
}

function describe(
  name: string,
  image: string,
  engine: Record<string, unknown>,
): Docker.ContainerCreateOptions {
  // An engine refuses a limit that its kernel cannot keep.
  const processors = Math.min(limits.processors, Number(engine['NCPU'] ?? 1));
  return {
    name,
    Image: image,
    Entrypoint: ['bash', '-c', main],
    Cmd: [],
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    NetworkDisabled: true,
    Labels: labels,
    HostConfig: {
      NetworkMode: 'none',
      AutoRemove: true,
      ReadonlyRootfs: true,
      // Filled from the image, to be written to although the rest is read-only.
      Mounts: [{ Type: 'volume', Source: '', Target: buildRoot, VolumeOptions: volumeOptions }],
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Memory: limits.memoryBytes,
      MemorySwap: limits.memoryBytes,
      PidsLimit: limits.processes,
      LogConfig: { Type: 'none', Config: {} },
      ...(engine['CpuCfsQuota'] === true ? { NanoCpus: processors * 1e9 } : {}),
    },
  };
}

const removalTimeoutMs = 15_000;

/** With its volume. That it is gone already, or that the engine is, is no news: both end it. */
function remove(container: Docker.Container): Promise<void> {
  const abortSignal = AbortSignal.timeout(removalTimeoutMs);
  return ignoreGone(container.remove({ force: true, v: true, abortSignal }));
}

async function ignoreGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    // 409: the engine is removing it by itself, or another client is.
    if (isStatus(error, 404) || isStatus(error, 409)) return;
    if (error instanceof Error && 'statusCode' in error) throw error;
  }
}
