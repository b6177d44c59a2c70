import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { TraceeError } from '../errors.js';

/** What `make selftest` writes beside the program: which acts there are, and what each must come to. */
const actSchema = z.object({
  id: z.string(),
  rule: z.string(),
  class: z.enum(['plain', 'evasive', 'signal', 'benign']),
  isOnce: z.boolean(),
  /** There is an /etc/ld.so.preload before it begins. */
  hasPreload: z.boolean(),
  /** For the stage: `sock-stdio dup2`. */
  words: z.string(),
});

/** One act that the shipped program can perform. */
export type SelftestAct = z.infer<typeof actSchema>;

/** The acts that come with the program in `directory`; throws SELFTEST_MISSING where they were not built. */
export function readActs(directory: string): SelftestAct[] {
  try {
    return z.array(actSchema).parse(JSON.parse(readFileSync(join(directory, 'acts.json'), 'utf8')));
  } catch (cause) {
    throw new TraceeError('SELFTEST_MISSING', `the selftest's program is not in ${directory}`, {
      hint: 'make selftest builds it; packages and images bring it',
      cause,
    });
  }
}
