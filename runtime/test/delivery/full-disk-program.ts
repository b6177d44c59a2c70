import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from '../../src/delivery/queue.js';
import { Spool } from '../../src/delivery/spool.js';
import { createEntry } from './entry-fixture.js';

/** `DIRECTORY`, on a file system of 1 MiB: more findings than fit, then room for them. Prints what came of it. */
const [directory = ''] = process.argv.slice(2);
const ballast = join(directory, 'ballast');
const spool = new Spool(directory);
writeFileSync(ballast, Buffer.alloc(500 * 1024));
let warning = '';
const queue = new Queue({ spool, onWarning: ({ message }) => (warning = message) });
const entries = Array.from({ length: 200 }, () => createEntry());
for (const entry of entries) queue.add(entry);
while (queue.head('a', 200).length < 200) await queue.change(new AbortController().signal);
const isSomeInMemory = queue.countInMemory > 0 && queue.countInMemory < 200;
const isInOrder = queue.head('a', 200).every((one, index) => queue.read(one)?.id === entries[index]?.id);
rmSync(ballast);
for (const one of queue.head('a', 150)) await queue.settle(one, 'a');
for (let index = 0; index < 150; index++) queue.add(createEntry());
await queue.flush();
const [name = ''] = readdirSync(directory);
const filesAfterRoom = readdirSync(join(directory, name)).filter((file) => file !== 'lock').length;
const inMemoryAfterRoom = queue.countInMemory;
process.stdout.write(
  JSON.stringify({
    dropped: queue.dropped,
    warning,
    isSomeInMemory,
    isInOrder,
    inMemoryAfterRoom,
    filesAfterRoom,
  }),
);
