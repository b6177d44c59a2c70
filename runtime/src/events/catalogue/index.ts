import type { EventDefinition } from '../types.js';
import { cgroupEvents } from './cgroups.js';
import { fileEvents } from './files.js';
import { ioUringEvents } from './io-uring.js';
import { memoryEvents } from './memory.js';
import { processEvents } from './process.js';
import { socketEvents } from './sockets.js';
import { syscallEvents } from './syscalls/index.js';
import { writeEvents } from './writes.js';

/**
 * Every event, by ascending id. This is the single source for ids, names, sets, arguments and hooks:
 * `bpf/generated/events.h` is generated from it, and its digest is the ABI of an object.
 */
export const catalogue: readonly EventDefinition[] = [
  ...syscallEvents,
  ...processEvents,
  ...fileEvents,
  ...memoryEvents,
  ...socketEvents,
  ...writeEvents,
  ...cgroupEvents,
  ...ioUringEvents,
].toSorted((a, b) => a.id - b.id);

const byName = new Map(catalogue.map((event) => [event.name, event]));
const byId = new Map(catalogue.map((event) => [event.id, event]));

export function findEvent(name: string): EventDefinition | undefined {
  return byName.get(name);
}

export function findEventById(id: number): EventDefinition | undefined {
  return byId.get(id);
}

/** Events of a set, by ascending id; empty where no such set exists. */
export function eventsOfSet(set: string): readonly EventDefinition[] {
  return catalogue.filter((event) => event.sets.includes(set));
}

/** Names of all sets, sorted. */
export function setNames(): readonly string[] {
  return [...new Set(catalogue.flatMap((event) => event.sets))].toSorted();
}
