import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Integrations } from '../integrations.js';
import { parseLogLine, type LogLine } from './log.js';
import type { Evidence } from './metrics.js';
import { programAt } from './binary.js';

export interface ChildOptions {
  readonly binary: string;
  readonly integrations: Integrations;
  /** Private; nothing else is in it. */
  readonly directory: string;
  /** The caller's environment, of which little is passed on. */
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (line: LogLine) => void;
}

/**
 * Falcosidekick takes settings from variables without a prefix, before those of the file: `DEBUG`, `SLACK_…`, and
 * what Kubernetes sets for services. So only these are passed on: where programs, certificates and proxies are,
 * and how clouds let a program prove who it is.
 */
const passedOn = [
  ...['PATH', 'HOME', 'TZ', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_ROLE_ARN'],
  ...['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
  ...['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'GOOGLE_APPLICATION_CREDENTIALS'],
  ...['KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT'],
];

/** CAP_SETPCAP, which lowering the bounding set takes. */
const setpcap = 1n << 8n;

/** One run of falcosidekick. */
export class SidekickChild {
  readonly #program: ChildProcess;
  readonly #logged = new Map<string, { ok: number; error: number }>();
  /** Ends it with the reason in a clause. */
  readonly ended: Promise<string>;
  #isAlive = true;
  /** What it said of the outputs that it understood. */
  enabled: string | undefined;
  readonly #complaints = new Map<string, string>();

  /** What the kernel ends with this process ends with it, however this process ends. */
  static get diesWithParent(): boolean {
    return confinement().length > 0;
  }

  constructor({ binary, integrations, directory, env, onLine }: ChildOptions) {
    // The name must end so; viper would prefer a `.json` or `.toml` of the same name beside it.
    const config = join(directory, 'config.yaml');
    writeFileSync(config, integrations.text, { mode: 0o600 });
    const [program = binary, ...args] = commandOf(binary, config);
    const { address, port, clearPort } = integrations.listen;
    this.#program = spawn(program, args, {
      env: {
        ...Object.fromEntries(
          passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
        ),
        LISTENADDRESS: address,
        LISTENPORT: String(port),
        ...(clearPort === undefined ? {} : { TLSSERVER_NOTLSPORT: String(clearPort) }),
      },
      // A group of its own: Ctrl-C is for Tracee, which still has things to deliver.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.ended = this.#waitForEnd();
    if (this.#program.stderr !== null) {
      createInterface(this.#program.stderr).on('line', (line) => {
        this.#take(parseLogLine(line.slice(0, 4096)), onLine);
      });
    }
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get pid(): number | undefined {
    return this.#program.pid;
  }

  /** Of outputs that falcosidekick does not count, by name: what it logged. */
  logged(name: string): Evidence {
    const { ok, error } = this.#logged.get(plainName(name)) ?? { ok: 0, error: 0 };
    return { ok, error };
  }

  /** The last thing that an output complained of. */
  complaint(name: string): string | undefined {
    return this.#complaints.get(plainName(name));
  }

  /** SIGTERM, which ends it at once and with all that it has in hand; SIGKILL where that is not enough. */
  async stop(patienceMs = 5000): Promise<void> {
    if (!this.#isAlive) return;
    this.#program.kill('SIGTERM');
    const timer = setTimeout(() => this.#program.kill('SIGKILL'), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Whether it is this process that listens on the port, not one that was faster. Undefined where /proc does not say. */
  listensOn(port: number): boolean | undefined {
    if (this.pid === undefined) return false;
    try {
      const tables = ['tcp', 'tcp6'].map((name) => readFileSync(`/proc/${this.pid}/net/${name}`, 'utf8'));
      const inodes = new Set(tables.flatMap((table) => listenersOn(table, port)));
      const descriptors = `/proc/${this.pid}/fd`;
      return readdirSync(descriptors).some((descriptor) => inodes.has(linkOf(join(descriptors, descriptor))));
    } catch {
      return this.#isAlive ? undefined : false;
    }
  }

  async #waitForEnd(): Promise<string> {
    try {
      const [status, signal] = (await once(this.#program, 'exit')) as [number | null, string | null];
      return signal === null ? `ended with status ${status}` : `was ended by ${signal}`;
    } catch (error) {
      return `cannot be started: ${error instanceof Error ? error.message : String(error)}`;
    } finally {
      this.#isAlive = false;
    }
  }

  #take(line: LogLine, onLine: (line: LogLine) => void): void {
    if (line.is === 'enabled') this.enabled = line.names;
    if ((line.is === 'delivered' || line.is === 'error') && line.output !== undefined) {
      const name = plainName(line.output);
      const counts = this.#logged.get(name) ?? { ok: 0, error: 0 };
      counts[line.is === 'error' ? 'error' : 'ok'] += 1;
      this.#logged.set(name, counts);
      if (line.is === 'error') this.#complaints.set(name, line.text);
    }
    onLine(line);
  }
}

/** An output is `AWSSQS` where outputs are listed, and `AWS SQS` in the log. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(' ', '');
}

/** Without privileges that it could give back to an attacker, and ended by the kernel when Tracee is killed. */
function commandOf(binary: string, config: string): string[] {
  return [...confinement(), binary, '--config-file', config];
}

let confining: readonly string[] | undefined;

/** What stands before the command; nothing where there is no setpriv, or one that cannot do all of it. */
function confinement(): readonly string[] {
  confining ??= findConfinement();
  return confining;
}

function findConfinement(): readonly string[] {
  const program = programAt('/usr/bin/setpriv') ?? programAt('/bin/setpriv');
  if (program === undefined) return [];
  const plain = [program, '--pdeathsig', 'KILL', '--no-new-privs'];
  const bounded = [...plain, '--inh-caps=-all', '--bounding-set=-all,+net_bind_service'];
  const isUsable = ([, ...flags]: readonly string[]): boolean =>
    spawnSync(program, [...flags, '--', program, '--version'], { stdio: 'ignore' }).status === 0;
  const usable = [...(hasSetpcap() ? [bounded] : []), plain].find(isUsable);
  return usable === undefined ? [] : [...usable, '--'];
}

function hasSetpcap(): boolean {
  const effective = /^CapEff:\s*(?<bits>[\da-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'));
  return (BigInt(`0x${effective?.groups?.['bits'] ?? '0'}`) & setpcap) !== 0n;
}

/** Lines of `/proc/PID/net/tcp`: `0: 0100007F:0AF1 00000000:0000 0A … 0 0 12345 …` -> `socket:[12345]`. */
function listenersOn(table: string, port: number): string[] {
  const listening = '0A';
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return fields[3] === listening && fields[1]?.endsWith(suffix) === true ? [`socket:[${fields[9]}]`] : [];
  });
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed meanwhile
  }
}
