import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { TraceeError } from 'tracee/errors';
import type { Inputs, Workplace } from '../../compile/workplace.js';
import { versionIn, type Tool, type Toolchain } from '../clang.js';
import { BuildContainer, buildRoot, sweep, workRoot } from './container.js';
import { openEndpoint, type EndpointSettings } from './endpoint.js';
import { engineError } from './engine-errors.js';
import { ensureImage, type ImageRequest } from './image.js';
import { closeIncludes } from './include-closure.js';
import { packFiles, unpackFiles } from './tar.js';
import { NameTranslation } from './translation.js';

export interface DockerRequest extends ImageRequest {
  endpoint: EndpointSettings;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

/** Compilers in a container. Closing it removes the container. */
export interface DockerToolchain {
  toolchain: Toolchain;
  workplace: Workplace;
  /** Copies the container's libbpf headers below `directory`, in its `bpf`. */
  copyLibbpfHeaders(directory: string): Promise<void>;
  close(): Promise<void>;
}

const libbpfHeaders = '/usr/include/bpf';
/** An object has 200 KB, the libbpf headers 400 KB. */
const limitBytes = 64 * 1024 ** 2;

/** Throws `DOCKER_UNAVAILABLE`, `DOCKER_FAILED`, and `TOOLCHAIN_UNUSABLE` for an image without the tools. */
export async function openDockerToolchain(request: DockerRequest): Promise<DockerToolchain> {
  const { signal, onProgress } = request;
  const endpoint = openEndpoint(request.endpoint);
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw engineError(error, endpoint.name, signal);
    }
  };
  try {
    const container = await ask(async () => {
      const swept = await sweep(endpoint, signal);
      if (swept > 0) onProgress(`removed ${swept} container(s) or volume(s) of builds that were killed`);
      const image = await ensureImage(endpoint, request, signal, onProgress);
      return BuildContainer.start(endpoint, image, signal);
    });
    const close = async (): Promise<void> => {
      try {
        await ask(() => container.remove());
      } finally {
        endpoint.close();
      }
    };
    try {
      return {
        toolchain: await ask(() => findTools(container, signal)),
        workplace: containerWorkplace(container, ask, request),
        copyLibbpfHeaders: (directory) =>
          ask(async () => {
            const files = await unpackFiles(await container.get(libbpfHeaders, signal), limitBytes);
            await mkdir(join(directory, 'bpf'), { recursive: true });
            for (const { name, bytes } of files) {
              await writeFile(join(directory, 'bpf', basename(name)), bytes);
            }
          }),
        close,
      };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    endpoint.close();
    throw error;
  }
}

async function findTools(container: BuildContainer, signal: AbortSignal): Promise<Toolchain> {
  const find = async (name: string): Promise<Tool> => {
    const { failed, stdout, stderr } = await container.run(name, ['--version'], signal);
    const version = versionIn(stdout);
    if (!failed && version !== undefined) return { path: name, version };
    throw new TraceeError(
      'TOOLCHAIN_UNUSABLE',
      `the toolchain's image has no working ${name}: ${stderr.trim()}`,
      {
        hint: 'remove the image tracee-builder, so that it is built again',
      },
    );
  };
  const [clang, llc, strip, objcopy] = await Promise.all([
    ...[find('clang'), find('llc'), find('llvm-strip'), find('llvm-objcopy')],
  ]);
  if (clang === undefined || strip === undefined || objcopy === undefined) throw new Error('no tools');
  return { clang, llc, strip, objcopy };
}

/**
 * Sources go in and the object comes out as archives, so that the engine may be anywhere. Names are
 * translated on both ways: to the user it looks as if the container saw this machine's files.
 */
function containerWorkplace(
  container: BuildContainer,
  ask: <T>(work: () => Promise<T>) => Promise<T>,
  { signal, onProgress }: DockerRequest,
): Workplace {
  let names = new NameTranslation([]);
  return {
    bring: (inputs) =>
      ask(async () => {
        names = namesOf(inputs);
        const files = closeIncludes(inputs).map(({ path, bytes }) => ({
          name: relative(buildRoot, names.there(path)),
          bytes,
        }));
        const archive = await packFiles(files, [relative(buildRoot, workRoot)]);
        onProgress(`${files.length} files to the container (${(archive.length / 1e6).toFixed(1)} MB)`);
        await container.put(archive, buildRoot, signal);
      }),
    send: (paths) =>
      ask(async () => {
        const files = await Promise.all(
          paths.map(async (path) => ({ name: basename(path), bytes: await readFile(path) })),
        );
        await container.put(await packFiles(files), workRoot, signal);
      }),
    run: (program, args, runSignal) =>
      ask(async () => {
        const result = await container.run(
          program,
          args.map((one) => names.there(one)),
          runSignal,
        );
        return { ...result, stdout: names.here(result.stdout), stderr: names.here(result.stderr) };
      }),
    fetch: (paths) =>
      ask(async () => {
        for (const path of paths) {
          const [file] = await unpackFiles(await container.get(names.there(path), signal), limitBytes);
          if (file === undefined) throw new Error(`the container has no ${names.there(path)}`);
          // The list of what was read names files of the container.
          const isText = path.endsWith('.d');
          await writeFile(
            path,
            isText ? names.hereInRule(Buffer.from(file.bytes).toString('utf8')) : file.bytes,
          );
        }
      }),
  };
}

function namesOf({ roots }: Inputs): NameTranslation {
  return new NameTranslation(
    Object.entries(roots).map(([role, path]) => [
      path,
      role === 'work' ? workRoot : `${buildRoot}/${directories[role] ?? role}`,
    ]),
  );
}

/** None begins like another: prefix maps of compilers do not stop at a slash. */
const directories: Record<string, string> = {
  sources: 'bpf',
  headersSource: 'headers-source',
  headersBuild: 'headers-build',
};
