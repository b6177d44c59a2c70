import type { Match, RuleContext, Sight } from '../../detection/rule.js';
import { stdioCauses, storages } from '../../events/layout.js';
import type { TracedEvent } from '../../events/record.js';
import { isPlainApplet } from '../support/applet.js';
import { isInterpreter } from '../support/interpreter.js';
import { isSystemFile, isSystemProgram, rootOf } from '../support/system-program.js';
import { matchOf, socketOf, type StdioSocket } from './socket.js';

/**
 * A shell that somebody far away speaks with. Which programs are told of:
 *
 * - Where this host opened the connection (a reverse shell): each, except programs of the system that are no
 *   interpreters. Such a one moves a connection for reasons of its own (exim hands it to itself); where it
 *   starts a shell there (nc -e), the shell is told of.
 * - Where the connection was accepted (a bind shell): interpreters, and programs that have no file on disk.
 *   Servers of inetd, systemd and sshd stand there by design, and so do the scripts among them: a shell that
 *   runs a script of the system takes no orders from its standard input; nor does the file that is a shell and
 *   `cat` as `cat`.
 */
export const shellSight: Sight = {
  id: 'shell',
  description: 'standard input, output or error is a network connection that is made by, or leads to a shell',
  ways: [
    {
      events: [{ event: 'stdio_socket' }],
      blindTo:
        'sockets other than IP; one that a seccomp supervisor or an io_uring kernel thread puts there, until a program is executed',
    },
  ],
  detect(event, context) {
    const socket = socketOf(event);
    if (socket === undefined) return undefined;
    const isOrdinary = socket.isConnected
      ? isSystemProgram(event) && isInterpreter(event) === false
      : isServer(event, socket, context);
    return isOrdinary ? undefined : matchOf(socket);
  },
};

function isServer(event: TracedEvent, socket: StdioSocket, context: RuleContext): boolean {
  if (event.executableFile?.storage !== storages.disk) return false;
  if (isInterpreter(event) === false || isServedScript(event, socket, context)) return true;
  return socket.cause === stdioCauses.exec && isPlainApplet(event, socket.argv);
}

/**
 * A script of the system that serves a connection, or a command that it runs there: both have their orders
 * from the script. Commands count only below the process of the script.
 */
function isServedScript(event: TracedEvent, socket: StdioSocket, context: RuleContext): boolean {
  if (socket.cause !== stdioCauses.exec || !isSystemProgram(event)) return false;
  const scripts = context.state<number>('scripts', { expiryMs: 3_600_000, capacity: 1024 });
  const root = rootOf(event);
  const script = scriptIn(socket.argv);
  if (root !== undefined && script !== undefined && isSystemFile(root, script)) {
    scripts.set(socket.inode, event.hostPid);
    return true;
  }
  const server = scripts.get(socket.inode);
  return (
    server !== undefined &&
    socket.argv[1] === '-c' &&
    event.ancestors.some(({ hostPid }) => hostPid === server)
  );
}

/**
 * `/usr/bin/agent` of `sh -e /usr/bin/agent`. Undefined where options would have the shell take orders from
 * its standard input all the same (-i, -s), or are ones that this does not know.
 */
function scriptIn(argv: readonly string[]): string | undefined {
  const rest = argv.slice(1);
  const at = rest.findIndex((word) => !/^-[a-zA-Z]+$/.test(word));
  if (rest.slice(0, Math.max(at, 0)).some((word) => /[is]/.test(word))) return undefined;
  const script = rest[at];
  return script?.startsWith('/') === true ? script : undefined;
}

/** How long a process has to execute the program that the connection is for. */
const handoverMs = 250;

/**
 * Weak: it looks like what many servers do. A process that has an accepted connection on its standard
 * descriptors and goes on itself can be a shell of its own making.
 */
export const servedSight: Sight = {
  id: 'served',
  description: 'a program that is none of the system has an accepted connection as its standard input',
  ways: [{ events: [{ event: 'stdio_socket' }], blindTo: 'sockets other than IP' }],
  isSignal: true,
  detect(event, context) {
    const socket = socketOf(event);
    if (socket === undefined || socket.isConnected || isInterpreter(event) !== false) return undefined;
    const executed = context.state<true>('executed', { expiryMs: 60_000, capacity: 1024 });
    const key = `${socket.inode} ${event.hostPid}`;
    if (socket.cause === stdioCauses.exec) executed.set(key, true);
    if (isSystemProgram(event)) return undefined;
    if (socket.cause === stdioCauses.exec) return matchOf(socket);
    context.later(handoverMs, (): Match | undefined =>
      executed.get(key) === undefined ? matchOf(socket, ['it executed no other program there']) : undefined,
    );
    return undefined;
  },
};
