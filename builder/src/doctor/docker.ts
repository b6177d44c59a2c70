import { request, type RequestOptions } from 'node:http';

const defaultHost = 'unix:///var/run/docker.sock';
/** A daemon that is there answers at once. */
const timeoutMs = 3000;

/** Asks Docker's daemon whether it is there; without encryption, so only a plain `unix:` or `tcp:` is tried. */
export async function pingDocker(named: string | undefined): Promise<{ where: string; error?: string }> {
  const where = named ?? defaultHost;
  const target = targetOf(where);
  if (target === undefined) return { where: `${where} (not tried: neither unix: nor tcp:)` };
  return new Promise((resolve) => {
    const asked = request({ ...target, path: '/_ping', timeout: timeoutMs }, (response) => {
      response.resume();
      const { statusCode } = response;
      resolve(statusCode === 200 ? { where } : { where, error: `it answers with HTTP status ${statusCode}` });
    });
    asked.on('timeout', () => asked.destroy(new Error(`connect ETIMEDOUT (${timeoutMs / 1000} s)`)));
    asked.on('error', ({ message }) => resolve({ where, error: message }));
    asked.end();
  });
}

function targetOf(host: string): RequestOptions | undefined {
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) };
  const match = /^tcp:\/\/([^:/]+|\[[0-9a-f:]+\])(?::(\d+))?\/?$/.exec(host);
  return match === null ? undefined : { host: match[1], port: Number(match[2] ?? 2375) };
}
