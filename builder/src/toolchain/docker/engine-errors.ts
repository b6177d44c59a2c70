import { TraceeError } from 'tracee/errors';

/** What a call to the engine failed with, in words for people. Our own errors and aborts stay what they are. */
export function engineError(error: unknown, engine: string, signal?: AbortSignal): unknown {
  if (error instanceof TraceeError || signal?.aborted === true) return error;
  const message = error instanceof Error ? error.message.trim() : String(error);
  const reason = reasons.find(({ symptom }) => symptom.test(`${codeOf(error)} ${message}`));
  if (error instanceof Error && 'statusCode' in error && reason === undefined) {
    const [, cause = message] = /^\(HTTP code \d+\) .*? - (.*)$/s.exec(message) ?? [];
    return new TraceeError('DOCKER_FAILED', `the Docker engine at ${engine} refuses: ${cause}`, {
      hint: 'see the log of the engine, or build without --docker',
      cause: error,
    });
  }
  return new TraceeError(
    'DOCKER_UNAVAILABLE',
    `the Docker engine at ${engine} cannot be reached: ${reason?.words ?? oneLine(message)}`,
    { hint: reason?.mend ?? otherMend, cause: error },
  );
}

const otherMend = 'start it, or say where it is with DOCKER_HOST';

const reasons: readonly { symptom: RegExp; words: string; mend: string }[] = [
  {
    symptom: /^ENOENT spawn ssh/,
    words: 'there is no ssh on PATH',
    mend: 'apt-get install openssh-client',
  },
  {
    symptom: /^ENOENT/,
    words: 'there is no such socket',
    mend: 'install and start Docker (apt-get install docker.io), or say where the engine is with DOCKER_HOST',
  },
  {
    symptom: /^EACCES/,
    words: 'you may not use its socket',
    mend: 'run as a member of the group docker, or as root',
  },
  { symptom: /^ECONNREFUSED/, words: 'nothing listens there', mend: otherMend },
  {
    symptom: /^(?:ECONNRESET|EPIPE)|socket hang up|has gone/,
    words: 'it closed the connection',
    mend: 'start it again; nothing was written, so build again then',
  },
  { symptom: /^(?:ENOTFOUND|EAI_AGAIN)/, words: 'its host has no address', mend: otherMend },
  {
    symptom:
      /^(?:ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_SSL|ERR_OSSL)|wrong version number|alert/,
    words: 'its certificate or ours is not accepted',
    mend: 'set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the directory with ca.pem, cert.pem and key.pem',
  },
  {
    symptom: /to an HTTPS server|malformed HTTP|Parse Error|HPE_/,
    words: 'what answers is no Docker engine, or speaks TLS',
    mend: 'check DOCKER_HOST; for TLS set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH',
  },
];

/** The outcome of a call that the library cannot abort, or the abort. */
export async function unlessAborted<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([call, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, '; ');
}
