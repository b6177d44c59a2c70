import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { TraceeError } from 'tracee/errors';
import { SshAgent } from './ssh-agent.js';

/** Docker's own variables that say where the engine is; the same as for the `docker` program. */
export interface EndpointSettings {
  /** `DOCKER_HOST`: `unix:///run/docker.sock`, `tcp://host:2376`, `ssh://user@host`; empty for the default. */
  host: string;
  /** `DOCKER_TLS_VERIFY` is set. */
  verifiesTls: boolean;
  /** `DOCKER_CERT_PATH`: directory with `ca.pem`, `cert.pem` and `key.pem`. */
  certificates: string;
}

/** An engine and the words for it in messages. */
export interface Endpoint {
  docker: Docker;
  name: string;
  /** Ends connections that would keep the process alive. */
  close(): void;
}

const defaultSocket = '/var/run/docker.sock';
const tlsPort = 2376;
const plainPort = 2375;

/** Connects to nothing yet. Throws `DOCKER_UNAVAILABLE` for settings that cannot work. */
export function openEndpoint(settings: EndpointSettings): Endpoint {
  const name = settings.host === '' ? `unix://${defaultSocket}` : settings.host;
  const url = parse(name);
  const nothing = (): void => undefined;
  // Every field is given, since the library fills those that are not from the environment.
  const none = { host: undefined, port: undefined, socketPath: undefined, ...noTls };
  switch (url.protocol) {
    case 'unix:': {
      const socketPath = decodeURIComponent(url.pathname);
      return { docker: open({ ...none, socketPath }), name, close: nothing };
    }
    case 'tcp:':
    case 'http:':
    case 'https:': {
      const usesTls = settings.verifiesTls || url.protocol === 'https:';
      const port = url.port === '' ? (usesTls ? tlsPort : plainPort) : Number(url.port);
      const place = { ...none, host: url.hostname.replaceAll(/[[\]]/g, ''), port };
      return usesTls
        ? { docker: open({ ...place, protocol: 'https', ...readTls(settings) }), name, close: nothing }
        : { docker: open({ ...place, protocol: 'http' }), name, close: nothing };
    }
    case 'ssh:': {
      const agent = new SshAgent(url);
      const docker = open({ ...none, protocol: 'http', host: 'docker.invalid', port: 80, agent });
      return { docker, name, close: () => agent.destroy() };
    }
    default:
      throw new TraceeError('DOCKER_UNAVAILABLE', `DOCKER_HOST "${name}" has a scheme that is not known`, {
        hint: forms,
      });
  }
}

const forms = 'write unix:///path/of/docker.sock, tcp://host:port or ssh://user@host';

const noTls = { ca: undefined, cert: undefined, key: undefined };

/** The library reads DOCKER_HOST even when everything is given; its types know no `undefined`. */
function open(options: Record<string, unknown>): Docker {
  return new Docker(options);
}

function parse(host: string): URL {
  const text = host.includes('://') ? host : `tcp://${host}`;
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (url.protocol === 'unix:' ? url.pathname.startsWith('/') : url.hostname !== '') return url;
  }
  throw new TraceeError('DOCKER_UNAVAILABLE', `DOCKER_HOST "${host}" is no address of an engine`, {
    hint: forms,
  });
}

function readTls({ certificates }: EndpointSettings): Record<'ca' | 'cert' | 'key', Buffer | undefined> {
  if (certificates === '') return noTls;
  const read = (file: string): Buffer => {
    const path = join(certificates, file);
    try {
      return readFileSync(path);
    } catch (cause) {
      throw new TraceeError('DOCKER_UNAVAILABLE', `${path} cannot be read, which TLS to the engine needs`, {
        hint: 'set DOCKER_CERT_PATH to the directory with ca.pem, cert.pem and key.pem',
        cause,
      });
    }
  };
  return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
}
