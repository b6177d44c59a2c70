import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kernelVersion } from '../check/kernel-version.js';

/** Members of `struct task_struct` that newer headers no longer have, but code for older kernels names. */
const retiredMembers: readonly { until: string; declaration: string }[] = [
  { until: '4.19', declaration: 'struct { struct pid *pid; } pids[4];' },
  { until: '5.5', declaration: '__u64 real_start_time;' },
];

/**
 * Puts headers that pretend an older version into an include directory that is searched first: a
 * `linux/version.h`, and a `linux/sched.h` with the members of that time. Only to see whether the sources
 * compile and what the static check says; all layouts stay those of the tree.
 */
export async function assumeVersion(include: string, version: string, source: string): Promise<void> {
  const [major = '', minor = ''] = version.split('.');
  const directory = join(include, 'linux');
  await mkdir(directory);
  await writeFile(
    join(directory, 'version.h'),
    [
      '#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))',
      `#define LINUX_VERSION_CODE KERNEL_VERSION(${major}, ${minor}, 0)`,
      '',
    ].join('\n'),
  );
  const members = retiredMembers
    .filter(({ until }) => kernelVersion(version) < kernelVersion(until))
    .map(({ declaration }) => declaration);
  const schedule = await readFile(join(source, 'include/linux/sched.h'), 'latin1');
  await writeFile(
    join(directory, 'sched.h'),
    schedule.replace(/^struct task_struct \{$/m, ['$&', ...members].join(' ')),
    'latin1',
  );
}
