import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex, type Readable, type Writable } from 'node:stream';

/**
 * Reaches an engine as the `docker` program does: the system's ssh, with the user's configuration, keys and
 * known hosts, runs `docker system dial-stdio` over there, which joins its standard streams to the engine's
 * socket. One ssh for each connection; connections are used again.
 */
export class SshAgent extends Agent {
  readonly #url: URL;
  readonly #open = new Set<Duplex>();

  constructor(url: URL) {
    super({ keepAlive: true });
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
    const connection = join(child);
    connection.on('close', () => this.#open.delete(connection));
    this.#open.add(connection);
    return connection;
  }

  override destroy(): void {
    for (const connection of this.#open) connection.destroy();
    super.destroy();
  }
}

/** The standard streams of a program as one; when it fails, what it said last is the error. */
function join(child: ChildProcessByStdio<Writable, Readable, Readable>): Duplex {
  const { stdin, stdout, stderr } = child;
  const connection = new Duplex({
    read: () => void stdout.resume(),
    write: (chunk, _, done) => void stdin.write(chunk, () => done()),
    final: (done) => void stdin.end(done),
    destroy(error, done) {
      child.kill();
      done(error);
    },
  });
  let said = '';
  // A broken pipe has a reason, which the program tells when it ends.
  stdin.on('error', () => undefined);
  stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-1000)));
  stdout.on('data', (chunk: Buffer) => {
    if (!connection.push(chunk)) stdout.pause();
  });
  child.on('error', (error) => connection.destroy(error));
  child.on('close', (status) => {
    if (status === 0) connection.push(null);
    else connection.destroy(new Error(`ssh: ${said.trim() === '' ? `status ${status}` : said.trim()}`));
  });
  return withSocketMethods(connection);
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
