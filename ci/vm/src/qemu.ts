import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Accelerator, findAccelerator } from '../../../builder/dist/vm/accelerator.js';
import { VmError } from './errors.js';

/** A machine to start. */
export interface Machine {
  readonly vmlinuz: string;
  readonly initramfs: string;
  readonly image: string;
  readonly memoryMiB: number;
  readonly processors: number;
  /** Appended to the kernel's command line. */
  readonly kernelArguments: readonly string[];
  /** One nanosecond of the guest's time for each instruction, on one processor: its clocks count instructions. */
  readonly countsInstructions: boolean;
  readonly timeoutMs: number;
  /** An existing directory for sockets and the console's log; its path must be short (sockets: 107 bytes). */
  readonly workDir: string;
  readonly signal?: AbortSignal | undefined;
  readonly onOutput?: ((chunk: Buffer, stream: 'stdout' | 'stderr') => void) | undefined;
}

/** What a machine said until it went off. */
export interface MachineOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: string;
  readonly consoleLog: string;
}

const ports = ['stdout', 'stderr', 'status'] as const;

/** Boots a machine and returns when it has powered itself off. */
export async function bootMachine(machine: Machine): Promise<MachineOutput> {
  const console = join(machine.workDir, 'console');
  const collectors = await Promise.all(
    ports.map((port) =>
      listen(join(machine.workDir, port), (chunk) => {
        if (port !== 'status') machine.onOutput?.(chunk, port);
      }),
    ),
  );
  try {
    const result = await execa('qemu-system-x86_64', machineArguments(machine, console), {
      stdin: 'ignore',
      reject: false,
      timeout: machine.timeoutMs,
      killSignal: 'SIGKILL',
      ...(machine.signal === undefined ? {} : { cancelSignal: machine.signal }),
    });
    machine.signal?.throwIfAborted();
    const consoleLog = await readFile(console, 'latin1').catch(() => '');
    if (result.timedOut) {
      const said = await Promise.all(collectors.slice(0, 2).map(({ text }) => text()));
      throw new VmError(
        `the VM did not end within ${machine.timeoutMs / 1000} s; its console:\n${lastLines(consoleLog)}\n` +
          `its command said:\n${lastLines(said.join('\n'))}`,
        'raise the time limit, or look for what the command waits for',
      );
    }
    if (result.failed)
      throw new VmError(`qemu failed: ${result.stderr || result.shortMessage}`, undefined, result.cause);
    const [stdout = '', stderr = '', status = ''] = await Promise.all(collectors.map(({ text }) => text()));
    return { stdout, stderr, status, consoleLog };
  } finally {
    for (const { server } of collectors) server.close();
  }
}

/** The end of a log, for an error message. */
export function lastLines(consoleLog: string, count = 40): string {
  return consoleLog.trimEnd().split(/\r*\n/).slice(-count).join('\n');
}

function machineArguments(machine: Machine, console: string): string[] {
  const { options, kernelArguments } = machine.countsInstructions ? countInstructions() : findAccelerator();
  const commandLine = [
    ...['console=ttyS0', 'quiet', 'panic=-1', 'mitigations=off'],
    ...kernelArguments,
    ...machine.kernelArguments,
  ];
  return [
    ...options,
    ...['-nodefaults', '-nographic', '-no-reboot', '-no-user-config'],
    ...['-m', `${machine.memoryMiB}M`, '-smp', machine.countsInstructions ? '1' : String(machine.processors)],
    ...['-kernel', machine.vmlinuz, '-initrd', machine.initramfs, '-append', commandLine.join(' ')],
    ...['-drive', `file=${machine.image},format=raw,if=virtio,cache=unsafe`],
    ...['-device', 'virtio-rng-pci', '-device', 'virtio-serial-pci'],
    ...['-chardev', `file,id=console,path=${console}`, '-serial', 'chardev:console'],
    ...ports.flatMap((port) => [
      ...['-chardev', `socket,id=${port},path=${join(machine.workDir, port)}`],
      ...['-device', `virtserialport,chardev=${port},name=${port}`],
    ]),
  ];
}

/** `shift=0`: 2^0 ns an instruction. Idle time passes at once, or a sleeping guest would wait for real seconds. */
function countInstructions(): Accelerator {
  return {
    options: ['-accel', 'tcg,thread=single', '-cpu', 'max', '-icount', 'shift=0,sleep=off'],
    kernelArguments: ['no_timer_check'],
  };
}

/** A socket that takes one connection and keeps what arrives; `text` waits for the connection's end. */
async function listen(
  path: string,
  onChunk: (chunk: Buffer) => void,
): Promise<{ server: Server; text: () => Promise<string> }> {
  const chunks: Buffer[] = [];
  let ended: Promise<void> = Promise.resolve();
  const server = createServer((connection) => {
    connection.on('data', (chunk) => {
      chunks.push(chunk);
      onChunk(chunk);
    });
    ended = new Promise((resolve) => {
      connection.once('close', () => resolve());
      connection.once('error', () => resolve());
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    server,
    async text() {
      await ended;
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}
