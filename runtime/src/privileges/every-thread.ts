import { readdirSync } from 'node:fs';
import { arch } from 'node:os';
import { TraceeError } from '../errors.js';
import { addressOf, callKernel, mapCode } from '../libbpf/index.js';

/** A system call: its number, and up to five arguments; bytes are passed by their address. */
export interface SystemCall {
  readonly number: number;
  readonly arguments: readonly (number | bigint | Uint8Array)[];
}

/** Numbers of system calls, by architecture. */
export const callNumbers =
  arch() === 'x64'
    ? { capset: 126, prctl: 157, prlimit64: 302, rt_sigaction: 13, rt_tgsigqueueinfo: 297 }
    : { capset: 91, prctl: 167, prlimit64: 261, rt_sigaction: 134, rt_tgsigqueueinfo: 240 };

/** `every-thread.S`, assembled; where its part for returning from the signal begins, where there is one. */
export const machineCode = {
  x64: {
    bytes: Buffer.from(
      '53488b5e18488b034885c0781c488b7b08488b7310488b53184c8b53204c8b43280f054883c330ebdc5bc3cccccccccc' +
        'b80f0000000f05cccccccccccccccccc',
      'hex',
    ),
    restorer: 48,
  },
  arm64: {
    bytes: Buffer.from(
      '290c40f9280140f9e800f8b7208540a9228d41a9241540f9010000d429c10091f9ffff17c0035fd6',
      'hex',
    ),
    restorer: undefined,
  },
} as const;

/** The GNU C library has its setuid() use it for the same end, and lets no thread block it: nptl, SIGSETXID. */
const signal = 33;

/** SA_SIGINFO, SA_RESTART, SA_RESTORER; SI_QUEUE. */
const actionFlags = { info: 4n, restart: 0x1000_0000n, restorer: 0x0400_0000n };
const queued = -1;

/** The table's entries, `struct sigaction` and `siginfo_t` as the kernel has them, and the bytes of a signal set. */
const entrySize = 48;
const actionSize = 32;
const infoSize = 128;
const setSize = 8;

/** A thread that was given up may come to its table at any time. */
const tables: Buffer[] = [];

/** Threads need microseconds; one that is stuck in the kernel for longer is given up. */
const patienceMs = 2000;

/**
 * Makes system calls in every thread of this process, in the order of the list: some of what a process is
 * allowed belongs to each thread by itself, and threads are there before a line of JavaScript runs.
 *
 * @param isDone Whether a thread is as it should be; asked again until all are.
 * @throws TraceeError `RUN_FAILED` where a thread does not come to it.
 */
export function onEveryThread(calls: readonly SystemCall[], isDone: (tid: number) => boolean): void {
  const table = makeTable(calls);
  tables.push(table);
  const previous = setAction(makeAction());
  try {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    const deadline = performance.now() + patienceMs;
    const asked = new Set<number>();
    for (;;) {
      const behind = readdirSync('/proc/self/task')
        .map(Number)
        .filter((tid) => !isDone(tid));
      if (behind.length === 0) return;
      for (const tid of behind) {
        if (!asked.has(tid) && queueSignal(tid, table)) asked.add(tid);
      }
      if (performance.now() > deadline) {
        throw new TraceeError('RUN_FAILED', `threads ${behind.join(', ')} do not answer`);
      }
      Atomics.wait(pause, 0, 0, 1);
    }
  } finally {
    setAction(previous);
  }
}

function makeTable(calls: readonly SystemCall[]): Buffer {
  const table = Buffer.alloc((calls.length + 1) * entrySize);
  for (const [index, call] of calls.entries()) {
    table.writeBigInt64LE(BigInt(call.number), index * entrySize);
    for (const [position, argument] of call.arguments.entries()) {
      const value = argument instanceof Uint8Array ? addressOf(argument) : BigInt(argument);
      table.writeBigUInt64LE(value, index * entrySize + 8 * (position + 1));
    }
  }
  table.writeBigInt64LE(-1n, calls.length * entrySize);
  return table;
}

function makeAction(): Buffer {
  const { bytes, restorer } = arch() === 'x64' ? machineCode.x64 : machineCode.arm64;
  const code = mapCode(bytes);
  const action = Buffer.alloc(actionSize);
  action.writeBigUInt64LE(code, 0);
  action.writeBigUInt64LE(actionFlags.info | actionFlags.restart, 8);
  if (restorer !== undefined) {
    action.writeBigUInt64LE(action.readBigUInt64LE(8) | actionFlags.restorer, 8);
    action.writeBigUInt64LE(code + BigInt(restorer), 16);
  }
  return action;
}

/** The C library refuses to change the action of its own signals; the kernel does not. Gives the previous one. */
function setAction(action: Uint8Array): Buffer {
  const previous = Buffer.alloc(actionSize);
  const result = callKernel(
    callNumbers.rt_sigaction,
    BigInt(signal),
    addressOf(action),
    addressOf(previous),
    setSize,
  );
  if (result !== 0) throw new TraceeError('RUN_FAILED', `signal ${signal} cannot be caught`);
  return previous;
}

/** False where it has ended meanwhile, or where too many signals wait: the next round tries again. */
function queueSignal(tid: number, table: Buffer): boolean {
  const info = Buffer.alloc(infoSize);
  info.writeInt32LE(signal, 0);
  info.writeInt32LE(queued, 8);
  info.writeInt32LE(process.pid, 16);
  info.writeBigUInt64LE(addressOf(table), 24);
  const result = callKernel(
    callNumbers.rt_tgsigqueueinfo,
    BigInt(process.pid),
    BigInt(tid),
    BigInt(signal),
    Number(addressOf(info)),
  );
  return result === 0;
}
