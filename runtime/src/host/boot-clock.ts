import { readFileSync } from 'node:fs';

/** `/proc/uptime` has hundredths of a second. */
const stepNs = 10_000_000n;

/**
 * Now by the clock that processes' start times are in, nanoseconds since boot: unlike the monotonic clock it went on
 * while the host was suspended. As exact as that clock where the host never was, else to a hundredth of a second.
 */
export function bootClockNow(uptime = readFileSync('/proc/uptime', 'latin1')): bigint {
  const monotonic = process.hrtime.bigint();
  const sinceBoot = BigInt(Math.round(Number(uptime.split(' ')[0]) * 100)) * stepNs;
  return sinceBoot - monotonic > 2n * stepNs ? sinceBoot : monotonic;
}
