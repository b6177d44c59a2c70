import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Entry } from '../../src/delivery/entry.js';
import { testPayload } from '../../src/delivery/payload.js';

export function createEntry(waitingFor: readonly string[] = ['a'], bodies: Entry['bodies'] = {}): Entry {
  const id = randomUUID();
  return { id, payload: testPayload(id, 'host', new Date()), bodies, waitingFor };
}

/** A private directory, gone at the end of the test. */
export function createQueueDirectory(context: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tracee-queue-'));
  context.after(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return join(directory, 'queue');
}
