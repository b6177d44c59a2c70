import { entryToBytes } from '../../src/delivery/entry.js';
import { Spool } from '../../src/delivery/spool.js';
import { createEntry } from './entry-fixture.js';

/**
 * `QUEUE COUNT KEY...` writes findings that wait for the keys, prints their ids and waits to be killed;
 * `QUEUE adopt KEY...` prints the ids of what it takes over, and ends without giving its own spool back.
 */
const [queue = '', count = '', ...keys] = process.argv.slice(2);
const spool = new Spool(queue);
if (count === 'adopt') {
  for (const { entry } of spool.adopt(new Set(keys)).adopted) process.stdout.write(`${entry.id}\n`);
} else {
  const entries = Array.from({ length: Number(count) }, () => createEntry(keys));
  for (const entry of entries) await spool.write(spool.nameOf(entry), entryToBytes(entry));
  process.stdout.write(`${entries.map(({ id }) => id).join('\n')}\n`);
  setInterval(() => undefined, 1000);
}
