import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { say } from './report.js';

/** How often the file says that the program still runs. */
const beatMs = 5000;
/** Several beats may be missed: on a busy machine a process can wait for long. */
const staleMs = 30_000;

const nothing: Disposable = { [Symbol.dispose]: () => undefined };

/**
 * Writes the file of `TRACEE_READY_FILE` while everything is armed: `{"pid":7,"startTicks":"91234"}`, which tells
 * this process from a later one of the same number. The loop that reads records keeps its time fresh. Removed at
 * the end. One tracee for each file: a second one in the container leaves that of the first alone.
 */
export function announceReady(path: string | undefined): Disposable {
  if (path === undefined || path === '' || findTrouble(path) === undefined) return nothing;
  let file: number;
  try {
    rmSync(path, { force: true });
    const { O_WRONLY, O_CREAT, O_EXCL } = constants;
    file = openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o644);
    writeSync(file, `${JSON.stringify({ pid: process.pid, startTicks: startTicksOf(process.pid) })}\n`);
  } catch (error) {
    // Detection does not depend on it; whoever checks will be told that nothing is ready.
    say(
      `TRACEE_READY_FILE ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
    return nothing;
  }
  const timer = setInterval(() => futimesSync(file, new Date(), new Date()), beatMs).unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      closeSync(file);
      rmSync(path, { force: true });
    },
  };
}

/** What keeps the tracee of this file from being armed and alive; undefined where it is. */
export function findTrouble(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return `not armed: ${path} is not there`;
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile() || ![0, process.getuid?.()].includes(status.uid))
      return `${path} is somebody else's`;
    const ready = parse(readFileSync(file, 'utf8'));
    if (ready === undefined) return `${path} cannot be understood`;
    if (startTicksOf(ready.pid) !== ready.startTicks)
      return `process ${ready.pid}, which was armed, has ended`;
    const silentMs = Date.now() - status.mtimeMs;
    if (silentMs <= staleMs) return undefined;
    return `process ${ready.pid} has been silent for ${Math.round(silentMs / 1000)} s`;
  } finally {
    closeSync(file);
  }
}

function parse(text: string): { pid: number; startTicks: string } | undefined {
  const groups = /^\{"pid":(?<pid>\d{1,10}),"startTicks":"(?<ticks>\d{1,20})"\}\n$/.exec(text)?.groups;
  return groups === undefined ? undefined : { pid: Number(groups['pid']), startTicks: groups['ticks'] ?? '' };
}

/** When a process started, in ticks since boot: field 22 of `/proc/PID/stat`, counted from the last parenthesis. */
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined; // it has ended
  }
}
