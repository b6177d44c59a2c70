/* A program: gives up all but the capabilities of its argument, a mask, and prints what it is then. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { confine, forbidInspection } from '../../src/privileges/confine.js';

const statusOf = (task: string): string => readFileSync(`/proc/${task}/status`, 'latin1');

await Promise.all(Array.from({ length: 8 }, () => readFile('/proc/self/stat')));
const before = statusOf('self');
confine(BigInt(process.argv[2] ?? '0'));
forbidInspection();
process.stdout.write(
  JSON.stringify({
    before,
    threads: readdirSync('/proc/self/task').map((tid) => statusOf(`self/task/${tid}`)),
    child: execFileSync('cat', ['/proc/self/status'], { encoding: 'latin1' }),
    core: /^Max core.*$/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[0],
    descriptors: readdirSync('/proc/self/fdinfo').length,
  }),
);
