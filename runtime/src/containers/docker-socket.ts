import { lstat } from 'node:fs/promises';
import { request } from 'node:http';

/** An engine that is busy answers late, and nobody waits for it longer than this. */
const timeoutMs = 2000;

const maxBytes = 1024 * 1024;

const writableByAll = 0o002;

/**
 * Asks a Docker engine for a container, over the socket that root has made; undefined where it does not answer. The
 * socket may be written to by root's group and by that of docker, as Docker has it: who can do that is root already.
 */
export async function inspectContainer(socketPath: string, id: string): Promise<string | undefined> {
  try {
    const status = await lstat(socketPath);
    if (!status.isSocket() || status.uid !== 0 || (status.mode & writableByAll) !== 0) return undefined;
  } catch {
    return undefined;
  }
  return new Promise((resolve) => {
    const call = request(
      {
        socketPath,
        path: `/containers/${id}/json`,
        host: 'docker',
        // No connection is kept: the engine may be another by the next time.
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          body += part;
          if (body.length > maxBytes) call.destroy();
        });
        response.on('end', () => resolve(response.statusCode === 200 ? body : undefined));
        response.on('error', () => resolve(undefined));
        response.on('close', () => resolve(undefined));
      },
    );
    call.on('error', () => resolve(undefined));
    call.end();
  });
}
