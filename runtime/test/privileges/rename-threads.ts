/* A program: has each of its threads take another name, and prints the names before and after. */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { callNumbers, onEveryThread } from '../../src/privileges/every-thread.js';

const setName = 15;
const name = 'was-here';

const nameOf = (tid: number | string): string =>
  readFileSync(`/proc/self/task/${tid}/comm`, 'latin1').trimEnd();
const names = (): string[] => readdirSync('/proc/self/task').map(nameOf);
const caught = (): string => /^SigCgt:.*$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[0] ?? '';

await Promise.all(Array.from({ length: 8 }, () => readFile('/proc/self/stat')));
const worker = new Worker('require("node:worker_threads").parentPort.on("message", () => undefined)', {
  eval: true,
});
await new Promise((resolve) => worker.once('online', resolve));

const [before, caughtBefore] = [names(), caught()];
onEveryThread(
  [{ number: callNumbers.prctl, arguments: [setName, Buffer.from(`${name}\0`)] }],
  (tid) => nameOf(tid) === name,
);
process.stdout.write(JSON.stringify({ before, after: names(), isSignalFree: caught() === caughtBefore }));
await worker.terminate();
