import { lstatSync, realpathSync, statSync } from 'node:fs';
import { Engine } from '../../src/detection/engine.js';
import type { Finding, Rule } from '../../src/detection/rule.js';
import { recordedEvent, type RecordContent } from '../events/record-encoder.js';

type Fields = NonNullable<RecordContent['fields']>;

/** Device number of a file as the kernel has it: major << 20 | minor. */
export function deviceOf(path: string): bigint {
  const { dev } = lstatSync(path, { bigint: true });
  return (((dev >> 8n) & 0xfffn) << 20n) | (dev & 0xffn) | ((dev >> 12n) & 0xfff00n);
}

/** What the kernel says of a process that runs this program, in this process's mount namespace. */
export function runs(path: string, more: Fields = {}): Pick<RecordContent, 'executable' | 'fields'> {
  const real = realpathSync(path);
  const file = lstatSync(real, { bigint: true });
  return {
    executable: { bytes: real },
    fields: {
      mnt_ns: statSync('/proc/self/ns/mnt').ino,
      executable_inode: file.ino,
      executable_dev: deviceOf(real),
      executable_uid: file.uid,
      executable_mode: file.mode & 0xffffn,
      executable_links: file.nlink,
      ...more,
    },
  };
}

/** What a rule finds in these events, and in the moments after them. `unserved` are events of no use here. */
export async function findingsOf(
  rule: Rule,
  records: readonly RecordContent[],
  { withSignals = false, unserved = [] }: { withSignals?: boolean; unserved?: readonly string[] } = {},
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const engine = new Engine({
    rules: [rule],
    withSignals,
    onFinding: (finding) => findings.push(finding),
    onRuleError: (error) => {
      throw error;
    },
  });
  engine.choose(({ name }) =>
    unserved.includes(name) ? { is: 'unserved', reason: 'not in this test' } : { is: 'served' },
  );
  for (const record of records) engine.handle(recordedEvent(record));
  await engine.finish();
  return findings;
}
