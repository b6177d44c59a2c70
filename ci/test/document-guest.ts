import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Runs inside of the virtual machine: each command of a file of JSON, one after the other. One that goes on until
 * Ctrl-C gets it as soon as it says that it is at work. Prints a line of JSON for each.
 */

/** What became of a command. */
export interface GuestOutcome {
  readonly command: string;
  readonly status: number | null;
  /** The end of both streams. */
  readonly output: string;
}

const atWorkMs = 2000;
const keptCharacters = 3000;

/** Documents name process 1234 as an example of one to watch; here it is. */
function startExampleProcess(): void {
  for (let attempt = 0; attempt < 20; attempt++) {
    writeFileSync('/proc/sys/kernel/ns_last_pid', '1233');
    const child = spawn('sleep', ['100000'], { stdio: 'ignore' });
    child.unref();
    if (child.pid === 1234) return;
    child.kill();
  }
  throw new Error('there could be no process 1234');
}

async function perform(command: string): Promise<GuestOutcome> {
  const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const { pid } = child;
  let output = '';
  let isInterrupted = false;
  const take = (text: string): void => {
    output = (output + text).slice(-keptCharacters);
    if (isInterrupted || pid === undefined || !output.includes('Ctrl-C ends')) return;
    isInterrupted = true;
    setTimeout(() => process.kill(-pid, 'SIGINT'), atWorkMs);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (!isInterrupted) take(text);
  });
  child.stderr.setEncoding('utf8').on('data', take);
  const [status] = (await once(child, 'close')) as [number | null];
  return { command, status, output };
}

startExampleProcess();
for (const command of JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as string[])
  process.stdout.write(`${JSON.stringify(await perform(command))}\n`);
