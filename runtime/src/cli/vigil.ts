import { readFileSync } from 'node:fs';
import { say } from './report.js';

/** How often this process looks at itself. */
const tickMs = 1000;

/** No rule and no load keeps it from doing so for longer. */
const gapMs = 5000;

/** Tells when this process was stopped for a while, or is held by a debugger. Gives what ends the watch. */
export function keepVigil(): () => void {
  let last = performance.now();
  let tracer = 0;
  const timer = setInterval(() => {
    // This clock stands still while the machine sleeps, and nobody can set it.
    const gap = performance.now() - last;
    last += gap;
    if (gap > gapMs) {
      say(`nothing was read for ${Math.round(gap / 1000)} s: Tracee was stopped, or got no processor`);
    }
    const found = tracerOf(readFileSync('/proc/self/status', 'latin1'));
    if (found !== tracer && found !== 0) {
      say(`process ${found} (${nameOf(found)}) traces Tracee: it can hold it up, and change what it does`);
    }
    tracer = found;
  }, tickMs).unref();
  return () => clearInterval(timer);
}

/** `TracerPid:	42` -> 42; 0 for nobody. */
export function tracerOf(status: string): number {
  return Number(/^TracerPid:\s*(\d+)$/m.exec(status)?.[1] ?? 0);
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return 'it has ended';
  }
}
