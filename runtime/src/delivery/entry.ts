import { z } from 'zod';
import { priorities, type Payload } from './payload.js';

/** A finding on its way: what falcosidekick reads, and what templates made of it. */
export interface Entry {
  /** Also in the payload's `tracee.finding.id`. */
  readonly id: string;
  readonly payload: Payload;
  /** Bodies by key of the destination; all others get the payload. */
  readonly bodies: Readonly<Record<string, string>>;
  /** Keys of the destinations that do not have it yet. */
  readonly waitingFor: readonly string[];
}

/** A finding is cut to a few KiB by its payload; a template may print more of it. */
export const maxEntryBytes = 1 << 20;

const entrySchema = z.strictObject({
  version: z.literal(1),
  id: z.uuid(),
  payload: z.strictObject({
    output: z.string(),
    priority: z.enum(priorities),
    rule: z.string(),
    time: z.iso.datetime(),
    source: z.literal('syscall'),
    hostname: z.string(),
    tags: z.array(z.string()),
    output_fields: z.record(z.string(), z.string()),
  }),
  bodies: z.record(z.string(), z.string()),
  waitingFor: z.array(z.string()).min(1),
});

export function entryToBytes(entry: Entry): Buffer {
  return Buffer.from(JSON.stringify({ version: 1, ...entry }));
}

/** Throws an Error that says in a clause what is wrong with a file of the queue. */
export function parseEntry(bytes: Uint8Array): Entry {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Error('it is not JSON, or not all of it');
  }
  const parsed = entrySchema.safeParse(json);
  if (parsed.success) {
    const { id, payload, bodies, waitingFor } = parsed.data;
    return { id, payload, bodies, waitingFor };
  }
  const [issue] = parsed.error.issues;
  throw new Error(`it is no finding: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}
