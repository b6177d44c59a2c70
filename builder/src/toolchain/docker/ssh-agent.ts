import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';

/**
 * Reaches an engine as the `docker` program does: the system's ssh, with the user's configuration, keys and
 * known hosts, runs `docker system dial-stdio` over there, which joins its standard streams to the engine's
 * socket. One ssh for each connection.
 */
export class SshAgent extends Agent {
  readonly #url: URL;
  readonly #open = new Set<Duplex>();

  constructor(url: URL) {
    super({ keepAlive: false });
    this.#url = url;
  }

  override createConnection(): Duplex {
    const { hostname, port, username } = this.#url;
    const child = spawn(
      'ssh',
      [
        // Asking for a password has no one to answer; a dead peer is noticed after half a minute.
        ...['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15', '-o', 'ServerAliveInterval=10', '-T'],
        ...(username === '' ? [] : ['-l', decodeURIComponent(username)]),
        ...(port === '' ? [] : ['-p', port]),
        ...['--', hostname, 'docker', 'system', 'dial-stdio'],
      ],
      { stdio: ['pipe', 'pipe', 'pipe'] },
    );
    const connection = withSocketMethods(Duplex.from({ readable: child.stdout, writable: child.stdin }));
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-1000)));
    child.on('error', (error) => connection.destroy(error));
    child.on('close', (status) => {
      if (status === 0 || connection.destroyed) connection.destroy();
      else connection.destroy(new Error(`ssh: ${said.trim() === '' ? `status ${status}` : said.trim()}`));
    });
    connection.on('close', () => {
      child.kill();
      this.#open.delete(connection);
    });
    this.#open.add(connection);
    return connection;
  }

  override destroy(): void {
    for (const connection of this.#open) connection.destroy();
    super.destroy();
  }
}

/** What node:http calls on every connection, and a pair of pipes does not have. */
function withSocketMethods(connection: Duplex): Duplex {
  const same = (): Duplex => connection;
  return Object.assign(connection, {
    setKeepAlive: same,
    setNoDelay: same,
    setTimeout: same,
    ref: same,
    unref: same,
  });
}
