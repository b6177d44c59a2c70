import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Readable } from 'node:stream';
import { canonicalJson } from 'tracee/artifact';
import { TraceeError } from 'tracee/errors';
import { sha256 } from '../../digest.js';
import type { Endpoint } from './endpoint.js';
import { unlessAborted } from './engine-errors.js';
import { packFiles } from './tar.js';

export interface ImageRequest {
  /** The image to start from; the Dockerfile's own where it is missing. */
  base?: string | undefined;
  /** Network of the image's build, as `docker build --network` has it; the engine's own where it is missing. */
  network?: string | undefined;
}

const dockerfile = fileURLToPath(new URL('../../../Dockerfile', import.meta.url));

/**
 * The toolchain's image, built unless the engine has it: its tag is the digest of what it is made from.
 * Returns the image's name. Throws `DOCKER_FAILED`, with the last words of the step that failed.
 */
export async function ensureImage(
  { docker }: Endpoint,
  { base, network }: ImageRequest,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<string> {
  const text = readFileSync(dockerfile);
  const buildArguments = base === undefined ? {} : { BASE: base };
  const digest = sha256(`${text.toString('utf8')}${canonicalJson(buildArguments)}`);
  const name = `tracee-builder:${digest.slice(0, 20)}`;
  const isThere = await unlessAborted(signal, docker.getImage(name).inspect()).then(
    () => true,
    (error: unknown) => {
      if (isStatus(error, 404)) return false;
      throw error;
    },
  );
  if (isThere) return name;
  onProgress(`building the toolchain's image ${name} (once)`);
  const context = await packFiles([{ name: 'Dockerfile', bytes: text }]);
  const stream = await docker.buildImage(Readable.from([context]), {
    t: name,
    buildargs: buildArguments,
    ...(network === undefined ? {} : { networkmode: network }),
    rm: true,
    forcerm: true,
    abortSignal: signal,
  });
  await followBuild(stream, signal, onProgress);
  return name;
}

/** Whether the engine answered with this HTTP status. */
export function isStatus(error: unknown, status: number): boolean {
  return error instanceof Error && 'statusCode' in error && error.statusCode === status;
}

/** Lines of JSON: `{"stream":"Step 1/8 : …\n"}`, `{"errorDetail":…,"error":"…"}`. */
async function followBuild(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
  onProgress: (line: string) => void,
): Promise<void> {
  const lastLines: string[] = [];
  let rest = '';
  let isDone = false;
  for await (const chunk of stream) {
    signal.throwIfAborted();
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((one) => one.trim() !== '')) {
      const said = JSON.parse(line) as { stream?: string; error?: string; aux?: unknown };
      if (said.error !== undefined) throw imageError(said.error, lastLines);
      for (const part of (said.stream ?? '').split('\n').filter((one) => one.trim() !== '')) {
        lastLines.push(part.trimEnd());
        if (lastLines.length > shownLines) lastLines.shift();
        if (/^(?:Step|Setting up) /.test(part)) onProgress(part.slice(0, progressWidth).trimEnd());
      }
      isDone ||= said.stream?.startsWith('Successfully tagged') === true;
    }
  }
  if (!isDone) throw new Error('the engine has gone while it built the image');
}

const shownLines = 6;
const progressWidth = 90;

function imageError(said: string, lastLines: readonly string[]): TraceeError {
  const hint = mends.find(({ symptom }) => symptom.test([said, ...lastLines].join('\n')))?.mend;
  const excerpt = lastLines.map((line) => `  ${line}`);
  return new TraceeError(
    'DOCKER_FAILED',
    [`the toolchain's image cannot be built: ${said.trim()}`, ...excerpt].join('\n'),
    {
      hint: hint ?? 'mend what the step says; --docker-base names another image to start from',
    },
  );
}

const mends: readonly { symptom: RegExp; mend: string }[] = [
  {
    symptom: /pull access denied|manifest unknown|lookup .* (?:no such host|server misbehaving)|registry/,
    mend: 'name a Debian image that the engine has or can pull with --docker-base',
  },
  {
    symptom: /Temporary failure resolving|Could not resolve|Unable to connect|Failed to fetch/,
    mend: 'building the image needs the network: --docker-network host uses that of the engine’s machine',
  },
  {
    symptom: /Unable to locate package/,
    mend: 'the base has no such compiler: name a Debian image that has with --docker-base',
  },
  { symptom: /No space left on device/, mend: 'free some room where the engine keeps its data' },
];
